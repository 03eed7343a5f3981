/* SPDX-License-Identifier: ISC */
/* outlook.c - what can a client still hope for, whoever it writes to? */
#include "config.h"

#include <stddef.h>

#include "policy/decide.h"
#include "policy/nearest.h"

/* Does it let in by an entry that no day ends in the middle of a session? */
static bool
lets_in_for_good(const struct rules *rules, const struct policy *policy,
    const struct facts *facts)
{
	for (size_t i = 0; i < policy->count; i++) {
		const struct entry *entry = &policy->entries[i];
		bool ends = false;

		for (size_t j = 0; j < entry->count; j++)
			if (entry->conditions[j].key == CONDITION_UNTIL)
				ends = true;
		if (!ends && entry_match(rules, entry, facts) == MATCH_YES)
			return true;
	}

	return false;
}

bool
policy_is_free(const struct rules *rules, const struct facts *facts)
{
	if (policy_exempt(rules, facts) != GROUND_JUDGED)
		return true;
	/* What a policy lets in is on the record, where that is asked for. */
	if (rules->refuse_unlisted || rules->record_accepted)
		return false;
	for (size_t i = 0; i < rules->npolicies; i++)
		if (rules->policies[i].table ||
		    !lets_in_for_good(rules, &rules->policies[i], facts))
			return false;

	return true;
}

enum outlook
policy_outlook(const struct rules *rules, const struct facts *facts)
{
	if (policy_is_free(rules, facts))
		return OUTLOOK_FREE;
	for (size_t i = 0; i < rules->npolicies; i++) {
		enum match match =
		    policy_match(rules, &rules->policies[i], facts);

		if (match != MATCH_CONTRADICTED && match != MATCH_ABSENT)
			return OUTLOOK_OPEN;
	}

	return OUTLOOK_HOPELESS;
}

void
policy_decide_client(const struct rules *rules, const struct facts *facts,
    struct decision *decision)
{
	policy_decide_one(rules, facts, &rules->policies[0], decision);
	for (size_t i = 1; i < rules->npolicies; i++) {
		struct decision one;

		policy_decide_one(rules, facts, &rules->policies[i], &one);
		if (nearest_is_nearer(rules, &one, decision, facts))
			*decision = one;
	}
}

/* Would every policy refuse it for good, and in earnest? */
static bool
all_reject(const struct rules *rules, const struct facts *facts)
{
	for (size_t i = 0; i < rules->npolicies; i++) {
		struct decision one;

		policy_decide_one(rules, facts, &rules->policies[i], &one);
		if (one.monitor || one.verdict != VERDICT_REJECT ||
		    one.measure != MEASURE_REJECT)
			return false;
	}

	return true;
}

bool
policy_refuses_client(const struct rules *rules, const struct facts *facts,
    struct decision *decision)
{
	/* A balancer would take the refusal for a server that is down. */
	if (!rules->reject_at_connect ||
	    setlist_has(facts->sets, rules->probes) ||
	    policy_exempt(rules, facts) != GROUND_JUDGED ||
	    !all_reject(rules, facts))
		return false;
	policy_decide_client(rules, facts, decision);

	return true;
}
