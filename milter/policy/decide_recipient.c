/* SPDX-License-Identifier: ISC */
/* decide_recipient.c - may mail for this recipient in? */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "policy/class.h"
#include "policy/decide.h"
#include "policy/decision.h"

/* No policy names it. */
static struct decision
decide_unlisted(const struct rules *rules, const struct facts *facts)
{
	struct decision decision =
	    decision_of(rules, facts, NULL, VERDICT_ACCEPT, GROUND_UNLISTED);

	if (!rules->refuse_unlisted)
		return decision;
	decision.verdict = VERDICT_REJECT;
	decision.reason = REASON_UNLISTED;
	decision.reply = &rules->unlisted_reply;

	return decision;
}

enum {
	WATCHED = VERDICT_REJECT, /* the worst that is only written down */
	BLIND,                    /* on_error = "accept" */
	MARKED,
	HELD,
	NOT_LET_IN, /* and the verdict */
	WORST = NOT_LET_IN + VERDICT_REJECT
};

/* How much worse off is the sender?  What is only written down comes last. */
static int
severity(const struct rules *rules, const struct decision *decision)
{
	if (decision->verdict == VERDICT_ACCEPT || decision->monitor)
		return (int)decision->verdict;
	if (decision->verdict == VERDICT_UNKNOWN &&
	    rules->on_error == ANSWER_ACCEPT)
		return BLIND;
	if (decision_refuses(decision) && decision_waits(decision))
		return decision->measure == MEASURE_MARK ? MARKED : HELD;

	return NOT_LET_IN + (int)decision->verdict;
}

static void
keep_worse(const struct rules *rules, struct decision *worst,
    const struct decision *other)
{
	uint64_t class = class_join(worst->class, other->class);
	/* Of what is let in, under which policy? */
	bool under = worst->policy == NULL && other->policy != NULL &&
	    other->verdict == VERDICT_ACCEPT &&
	    worst->verdict == VERDICT_ACCEPT;

	if (under || severity(rules, other) > severity(rules, worst))
		*worst = *other;
	worst->class = class;
}

static bool
is_always(const struct policy *policy, const char *local)
{
	for (size_t i = 0; i < policy->nalways; i++)
		if (strcmp(local, policy->always[i]) == 0)
			return true;

	return false;
}

/* "<postmaster>": anyone may write to it if any policy says so. */
static const struct policy *
find_always(const struct rules *rules, const struct recipient *recipient)
{
	for (size_t i = 0; recipient->postmaster && i < rules->npolicies; i++)
		if (is_always(&rules->policies[i], recipient->local))
			return &rules->policies[i];

	return NULL;
}

/* An odd spelling is no way round: it must satisfy every policy. */
static struct decision
decide_everywhere(const struct rules *rules, const struct facts *facts)
{
	const struct policy *always = find_always(rules, facts->recipient);
	struct decision decision = decide_unlisted(rules, facts);
	bool first = true;

	if (always != NULL)
		return decision_of(
		    rules, facts, always, VERDICT_ACCEPT, GROUND_ALWAYS);

	for (uint32_t i = 0; i < rules->npolicies + rules->nrows; i++) {
		const struct policy *policy = rules_policy(rules, i);
		struct decision one;

		/* its rows say more */
		if (policy->table)
			continue;
		policy_decide_one(rules, facts, policy, &one);
		if (first)
			decision = one;
		else
			keep_worse(rules, &decision, &one);
		first = false;
		/* a table may have 100,000 rows */
		if (severity(rules, &decision) == WORST)
			break;
	}

	return decision;
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
	if (found == DOMAIN_NONE)
		return decide_unlisted(rules, facts);
	if (facts->domain == 0 &&
	    is_always(rules_policy(rules, found), recipient->local))
		return decision_of(rules, facts, rules_policy(rules, found),
		    VERDICT_ACCEPT, GROUND_ALWAYS);

	policy_decide_one(rules, facts, rules_policy(rules, found), &decision);

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
		*decision = decide_everywhere(rules, &facts);
		return;
	}

	*decision = decide_domain(rules, &facts);
	while (++facts.domain < recipient->count) {
		struct decision one = decide_domain(rules, &facts);

		keep_worse(rules, decision, &one);
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
		    rules_policy(rules, found) == decision->policy)
			return recipient->domains[i];
	}

	return recipient->count > 0 ? recipient->domains[0] : NULL;
}
