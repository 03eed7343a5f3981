/* SPDX-License-Identifier: ISC */
/* decide.c - may this one in? */
#include "config.h"

#include "policy/decide.h"

#include <stdint.h>
#include <string.h>

#include "policy/nearest.h"

/* No address is in no set. */
static bool
is_in_any(const struct condition *condition, const struct facts *facts)
{
	for (size_t i = 0; i < condition->nsets; i++)
		if (setlist_has(facts->sets, condition->sets[i]))
			return true;

	return false;
}

static enum match
match_of(bool holds)
{
	return holds ? MATCH_YES : MATCH_CONTRADICTED;
}

enum match
condition_match(const struct condition *condition, const struct facts *facts)
{
	if (facts->stage < condition_stage(condition->key))
		return MATCH_UNKNOWN;

	switch (condition->key) {
	case CONDITION_SOURCE:
	case CONDITION_NETWORKS:
		return match_of(is_in_any(condition, facts));
	case CONDITION_EXCEPT:
		return match_of(!is_in_any(condition, facts));
	case CONDITION_UNTIL:
		return match_of(facts->today < condition->day);
	case CONDITION_COUNT:
		break;
	}

	return MATCH_UNKNOWN;
}

/* All conditions of an entry must hold; a no is a no whatever is unknown. */
enum match
entry_match(const struct entry *entry, const struct facts *facts)
{
	bool absent = false;
	bool unknown = false;

	for (size_t i = 0; i < entry->count; i++) {
		switch (condition_match(&entry->conditions[i], facts)) {
		case MATCH_YES:
			break;
		case MATCH_CONTRADICTED:
			return MATCH_CONTRADICTED;
		case MATCH_ABSENT:
			absent = true;
			break;
		case MATCH_UNKNOWN:
			unknown = true;
			break;
		}
	}
	if (absent)
		return MATCH_ABSENT;

	return unknown ? MATCH_UNKNOWN : MATCH_YES;
}

/* One entry that holds lets the client in; all must fail to keep it out. */
enum match
policy_match(const struct policy *policy, const struct facts *facts)
{
	enum match all = MATCH_CONTRADICTED;

	for (size_t i = 0; i < policy->count; i++) {
		enum match one = entry_match(&policy->entries[i], facts);

		if (one == MATCH_YES)
			return MATCH_YES;
		if (one == MATCH_UNKNOWN)
			all = MATCH_UNKNOWN;
	}

	return all;
}

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

static struct decision
decision_of(const struct rules *rules, const struct facts *facts,
    enum verdict verdict, enum ground ground)
{
	struct decision decision;

	memset(&decision, 0, sizeof(decision));
	decision.verdict = verdict;
	decision.ground = ground;
	decision.monitor = rules->mode == MODE_MONITOR;
	decision.stage = facts->stage;

	return decision;
}

static struct decision
refuse_unlisted(const struct rules *rules, const struct facts *facts)
{
	struct decision decision =
	    decision_of(rules, facts, VERDICT_REJECT, GROUND_UNLISTED);

	decision.reason = REASON_UNLISTED;
	decision.reply = &rules->unlisted_reply;

	return decision;
}

void
policy_decide_one(const struct rules *rules, const struct facts *facts,
    const struct policy *policy, struct decision *decision)
{
	*decision = decision_of(rules, facts, VERDICT_ACCEPT, GROUND_JUDGED);
	decision->policy = policy;
	if (policy->mode == MODE_MONITOR)
		decision->monitor = true;

	switch (policy_match(policy, facts)) {
	case MATCH_YES:
		return;
	case MATCH_UNKNOWN:
		decision->verdict = VERDICT_OPEN;
		return;
	case MATCH_CONTRADICTED:
	case MATCH_ABSENT:
		decision->verdict = VERDICT_REJECT;
		decision->reply = &policy->reply;
		nearest_find(policy, facts, decision);
		return;
	}
}

/* How much worse off is the sender?  What is only written down comes last. */
static int
severity(const struct decision *decision)
{
	if (decision->verdict == VERDICT_ACCEPT)
		return 0;

	return decision->monitor ? 1 : 1 + (int)decision->verdict;
}

static void
keep_worse(struct decision *worst, const struct decision *other)
{
	if (severity(other) > severity(worst))
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
	*decision = decision_of(rules, facts, VERDICT_ACCEPT, GROUND_ALWAYS);
	for (size_t i = 0; recipient->postmaster && i < rules->npolicies; i++)
		if (is_always(&rules->policies[i], recipient->local))
			return;

	decision->ground = GROUND_JUDGED;
	for (size_t i = 0; i < rules->npolicies; i++) {
		struct decision one;

		policy_decide_one(rules, facts, &rules->policies[i], &one);
		keep_worse(decision, &one);
	}
}

/* One of the domains that a recipient reaches; the first is no hidden one. */
static struct decision
decide_domain(const struct rules *rules, const struct facts *facts,
    const struct recipient *recipient, size_t i)
{
	const char *name = recipient->domains[i];
	uint32_t found = domains_find(rules->domains, name);
	struct decision decision;

	/* "50%off@...": one label that nobody names hides no domain. */
	if (i > 0 && strchr(name, '.') == NULL &&
	    !domains_name(rules->domains, name))
		return decision_of(
		    rules, facts, VERDICT_ACCEPT, GROUND_UNLISTED);
	if (found == DOMAIN_NONE && rules->refuse_unlisted)
		return refuse_unlisted(rules, facts);
	if (found == DOMAIN_NONE)
		return decision_of(
		    rules, facts, VERDICT_ACCEPT, GROUND_UNLISTED);
	if (i == 0 && is_always(&rules->policies[found], recipient->local))
		return decision_of(rules, facts, VERDICT_ACCEPT, GROUND_ALWAYS);

	policy_decide_one(rules, facts, &rules->policies[found], &decision);

	return decision;
}

void
policy_decide(const struct rules *rules, const struct facts *facts,
    const struct recipient *recipient, struct decision *decision)
{
	enum ground exempt = policy_exempt(rules, facts);

	if (exempt != GROUND_JUDGED) {
		*decision = decision_of(rules, facts, VERDICT_ACCEPT, exempt);
		return;
	}
	if (recipient->everywhere) {
		decide_everywhere(rules, facts, recipient, decision);
		return;
	}

	*decision = decide_domain(rules, facts, recipient, 0);
	for (size_t i = 1; i < recipient->count; i++) {
		struct decision one = decide_domain(rules, facts, recipient, i);

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

enum outlook
policy_outlook(const struct rules *rules, const struct facts *facts)
{
	bool free = !rules->refuse_unlisted;
	bool hopeless = true;

	if (policy_exempt(rules, facts) != GROUND_JUDGED)
		return OUTLOOK_FREE;
	for (size_t i = 0; i < rules->npolicies; i++) {
		enum match match = policy_match(&rules->policies[i], facts);

		if (match != MATCH_YES)
			free = false;
		if (match == MATCH_YES || match == MATCH_UNKNOWN)
			hopeless = false;
	}
	if (free)
		return OUTLOOK_FREE;

	return hopeless ? OUTLOOK_HOPELESS : OUTLOOK_OPEN;
}

void
policy_decide_client(const struct rules *rules, const struct facts *facts,
    struct decision *decision)
{
	policy_decide_one(rules, facts, &rules->policies[0], decision);
	for (size_t i = 1; i < rules->npolicies; i++) {
		struct decision one;

		policy_decide_one(rules, facts, &rules->policies[i], &one);
		if (nearest_is_nearer(&one, decision, facts))
			*decision = one;
	}
}
