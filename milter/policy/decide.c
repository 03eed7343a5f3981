/* SPDX-License-Identifier: ISC */
/* decide.c - may this one in? */
#include "config.h"

#include "policy/decide.h"

#include <stdint.h>
#include <string.h>

#include "policy/nearest.h"

static bool
is_one_of(const char *text, char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(text, texts[i]) == 0)
			return true;

	return false;
}

enum ground
policy_exempt(const struct rules *rules, const struct facts *facts)
{
	if (facts->local || setlist_has(facts->sets, rules->trusted))
		return GROUND_TRUSTED;
	if (facts->daemon != NULL &&
	    is_one_of(facts->daemon, rules->originating, rules->noriginating))
		return GROUND_ORIGINATING;
	if (facts->stage >= STAGE_MAIL && !rules->judge_authenticated &&
	    facts->login != NULL && facts->login[0] != '\0')
		return GROUND_AUTHENTICATED;

	return GROUND_JUDGED;
}

bool
policy_is_monitored(const struct rules *rules, const struct facts *facts,
    const struct policy *policy)
{
	if (rules->mode == MODE_MONITOR)
		return true;
	if (policy != NULL && policy->mode == MODE_MONITOR)
		return true;
	if (!facts->open)
		return false;
	if (facts->open_policy == NULL)
		return true;

	return policy != NULL && strcmp(policy->name, facts->open_policy) == 0;
}

static struct decision
decision_of(const struct rules *rules, const struct facts *facts,
    const struct policy *policy, enum verdict verdict, enum ground ground)
{
	struct decision decision;

	memset(&decision, 0, sizeof(decision));
	decision.verdict = verdict;
	decision.ground = ground;
	decision.policy = policy;
	decision.monitor = policy_is_monitored(rules, facts, policy);
	decision.stage = facts->stage;
	decision.domain = facts->domain;

	return decision;
}

static struct decision
refuse_unlisted(const struct rules *rules, const struct facts *facts)
{
	struct decision decision =
	    decision_of(rules, facts, NULL, VERDICT_REJECT, GROUND_UNLISTED);

	decision.reason = REASON_UNLISTED;
	decision.reply = &rules->unlisted_reply;

	return decision;
}

static bool
has_near_miss(const struct rules *rules, const struct policy *policy,
    const struct facts *facts)
{
	for (size_t i = 0; i < policy->count; i++)
		if (entry_is_near_miss(rules, &policy->entries[i], facts))
			return true;

	return false;
}

/* What is merely absent today may be there when the sender tries again. */
static void
refuse(const struct rules *rules, const struct facts *facts,
    const struct policy *policy, struct decision *decision)
{
	decision->near_miss = has_near_miss(rules, policy, facts);
	decision->verdict = decision->near_miss && !rules->reject_near_miss
	    ? VERDICT_DEFER
	    : VERDICT_REJECT;
	decision->reply = &policy->reply;
	nearest_find(rules, policy, facts, decision);
}

void
policy_decide_one(const struct rules *rules, const struct facts *facts,
    const struct policy *policy, struct decision *decision)
{
	*decision =
	    decision_of(rules, facts, policy, VERDICT_ACCEPT, GROUND_JUDGED);
	switch (policy_match(rules, policy, facts)) {
	case MATCH_YES:
		return;
	case MATCH_UNKNOWN:
		decision->verdict = VERDICT_OPEN;
		return;
	case MATCH_CONTRADICTED:
	case MATCH_ABSENT:
		refuse(rules, facts, policy, decision);
		return;
	}
}

/* How much worse off is the sender?  What is only written down comes last. */
static int
severity(const struct decision *decision)
{
	if (decision->verdict == VERDICT_ACCEPT || decision->monitor)
		return (int)decision->verdict;

	return (int)VERDICT_REJECT + (int)decision->verdict;
}

static void
keep_worse(struct decision *worst, const struct decision *other)
{
	/* Of what is let in, under which policy? */
	bool under = worst->policy == NULL && other->policy != NULL &&
	    other->verdict == VERDICT_ACCEPT &&
	    worst->verdict == VERDICT_ACCEPT;

	if (under || severity(other) > severity(worst))
		*worst = *other;
}

static bool
is_always(const struct policy *policy, const char *local)
{
	return is_one_of(local, policy->always, policy->nalways);
}

/* An odd spelling is no way round: it must satisfy every policy. */
static void
decide_everywhere(const struct rules *rules, const struct facts *facts,
    const struct recipient *recipient, struct decision *decision)
{
	for (size_t i = 0; recipient->postmaster && i < rules->npolicies; i++)
		if (is_always(&rules->policies[i], recipient->local)) {
			*decision = decision_of(rules, facts,
			    &rules->policies[i], VERDICT_ACCEPT, GROUND_ALWAYS);
			return;
		}

	policy_decide_one(rules, facts, &rules->policies[0], decision);
	for (size_t i = 1; i < rules->npolicies; i++) {
		struct decision one;

		policy_decide_one(rules, facts, &rules->policies[i], &one);
		keep_worse(decision, &one);
	}
}

/*
 * The domain of a recipient that facts->domain says; the first is no hidden
 * one.
 */
static struct decision
decide_domain(const struct rules *rules, const struct facts *facts)
{
	const struct recipient *recipient = facts->recipient;
	const char *name = recipient->domains[facts->domain];
	uint32_t found = domains_find(rules->domains, name);
	struct decision decision;

	/* "50%off@...": one label that nobody names hides no domain. */
	if (facts->domain > 0 && strchr(name, '.') == NULL &&
	    !domains_name(rules->domains, name))
		return decision_of(
		    rules, facts, NULL, VERDICT_ACCEPT, GROUND_UNLISTED);
	if (found == DOMAIN_NONE && rules->refuse_unlisted)
		return refuse_unlisted(rules, facts);
	if (found == DOMAIN_NONE)
		return decision_of(
		    rules, facts, NULL, VERDICT_ACCEPT, GROUND_UNLISTED);
	if (facts->domain == 0 &&
	    is_always(&rules->policies[found], recipient->local))
		return decision_of(rules, facts, &rules->policies[found],
		    VERDICT_ACCEPT, GROUND_ALWAYS);

	policy_decide_one(rules, facts, &rules->policies[found], &decision);

	return decision;
}

/*
 * One label that no policy names: the MTA may complete it with its own domain
 * (append_dot_mydomain), so that nobody can tell where it leads.
 */
static bool
is_unfinished(const struct rules *rules, const struct recipient *recipient)
{
	const char *name = recipient->domains[0];

	return strchr(name, '.') == NULL && !domains_name(rules->domains, name);
}

void
policy_decide(const struct rules *rules, const struct facts *session,
    const struct recipient *recipient, struct decision *decision)
{
	enum ground exempt = policy_exempt(rules, session);
	struct facts facts = *session;

	facts.recipient = recipient;
	facts.domain = 0;
	if (exempt != GROUND_JUDGED) {
		*decision =
		    decision_of(rules, &facts, NULL, VERDICT_ACCEPT, exempt);
		return;
	}
	if (recipient->everywhere || is_unfinished(rules, recipient)) {
		decide_everywhere(rules, &facts, recipient, decision);
		return;
	}

	*decision = decide_domain(rules, &facts);
	while (++facts.domain < recipient->count) {
		struct decision one = decide_domain(rules, &facts);

		keep_worse(decision, &one);
	}
}

const char *
decision_domain(const struct decision *decision, const struct rules *rules,
    const struct recipient *recipient)
{
	for (size_t i = 0; i < recipient->count; i++) {
		uint32_t found =
		    domains_find(rules->domains, recipient->domains[i]);

		if (found != DOMAIN_NONE &&
		    &rules->policies[found] == decision->policy)
			return recipient->domains[i];
	}

	return recipient->count > 0 ? recipient->domains[0] : NULL;
}
