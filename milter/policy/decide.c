/* SPDX-License-Identifier: ISC */
/* decide.c - may this one in? */
#include "config.h"

#include "policy/decide.h"

#include <stdint.h>
#include <string.h>

#include "policy/class.h"
#include "policy/decision.h"
#include "policy/nearest.h"

/* Does this listener take submissions? */
static bool
is_originating(const struct rules *rules, const char *daemon)
{
	for (size_t i = 0; i < rules->noriginating; i++)
		if (strcmp(daemon, rules->originating[i]) == 0)
			return true;

	return false;
}

enum ground
policy_exempt(const struct rules *rules, const struct facts *facts)
{
	if (facts->local || setlist_has(facts->sets, rules->trusted))
		return GROUND_TRUSTED;
	if (facts->daemon != NULL && is_originating(rules, facts->daemon))
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

struct decision
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
static enum verdict
refusal(const struct rules *rules, const struct policy *policy, bool near_miss)
{
	if (policy->measure == MEASURE_DEFER)
		return VERDICT_DEFER;
	if (policy->measure == MEASURE_REJECT && near_miss &&
	    !rules->reject_near_miss)
		return VERDICT_DEFER;

	return VERDICT_REJECT;
}

static void
refuse(const struct rules *rules, const struct facts *facts,
    const struct policy *policy, struct decision *decision)
{
	decision->near_miss = has_near_miss(rules, policy, facts);
	decision->verdict = refusal(rules, policy, decision->near_miss);
	nearest_find(rules, policy, facts, decision);
}

/*
 * A policy is decided at the first stage at which it is known: what it says
 * without the header it says with it, whatever else that may contradict.
 */
static struct facts
first_known(const struct rules *rules, const struct facts *facts,
    const struct policy *policy)
{
	struct facts first = *facts;

	if (facts->stage != STAGE_HEADERS)
		return first;
	first.stage = STAGE_RCPT;
	if (policy_match(rules, policy, &first) == MATCH_OPEN)
		first.stage = STAGE_HEADERS;

	return first;
}

void
policy_decide_one(const struct rules *rules, const struct facts *facts,
    const struct policy *policy, struct decision *decision)
{
	const struct facts first = first_known(rules, facts, policy);

	*decision =
	    decision_of(rules, facts, policy, VERDICT_ACCEPT, GROUND_JUDGED);
	decision->stage = first.stage;
	decision->measure = policy->measure;
	decision->reply = &policy->reply;
	switch (policy_match(rules, policy, &first)) {
	case MATCH_YES:
		return;
	case MATCH_UNKNOWN:
		decision->verdict = VERDICT_UNKNOWN;
		decision->reason = REASON_UNDECIDABLE;
		return;
	case MATCH_OPEN:
		decision->verdict = VERDICT_OPEN;
		break;
	case MATCH_CONTRADICTED:
	case MATCH_ABSENT:
		refuse(rules, &first, policy, decision);
		break;
	}
	/* What is only watched passes whatever the header says. */
	if (decision_waits(decision) && !decision->monitor)
		decision->class = class_of(rules, policy, facts);
}

bool
decision_refuses(const struct decision *decision)
{
	return decision->verdict >= VERDICT_DEFER && !decision->monitor;
}

bool
decision_waits(const struct decision *decision)
{
	return decision->verdict == VERDICT_OPEN ||
	    (decision_refuses(decision) &&
		decision->measure >= MEASURE_QUARANTINE);
}
