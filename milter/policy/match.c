/* SPDX-License-Identifier: ISC */
/* match.c - does an entry, a policy hold? */
#include "config.h"

#include <stddef.h>

#include "policy/decide.h"

/* All conditions of an entry must hold; a no is a no whatever is unknown. */
enum match
entry_match(const struct rules *rules, const struct entry *entry,
    const struct facts *facts)
{
	bool absent = false;
	bool open = false;
	bool unknown = false;

	for (size_t i = 0; i < entry->count; i++) {
		switch (condition_match(rules, &entry->conditions[i], facts)) {
		case MATCH_YES:
			break;
		case MATCH_CONTRADICTED:
			return MATCH_CONTRADICTED;
		case MATCH_ABSENT:
			absent = true;
			break;
		case MATCH_OPEN:
			open = true;
			break;
		case MATCH_UNKNOWN:
			unknown = true;
			break;
		}
	}
	if (absent)
		return MATCH_ABSENT;
	if (open)
		return MATCH_OPEN;

	return unknown ? MATCH_UNKNOWN : MATCH_YES;
}

/* Of an anchor: does it hold, or was only its name not looked up? */
static bool
is_anchored(enum condition_key key, enum match match)
{
	if (!condition_is_anchor(key))
		return false;
	if (match == MATCH_ABSENT)
		return key == CONDITION_SOURCE || key == CONDITION_HOSTS;

	return match == MATCH_YES;
}

bool
entry_is_near_miss(const struct rules *rules, const struct entry *entry,
    const struct facts *facts)
{
	if (entry_match(rules, entry, facts) != MATCH_ABSENT)
		return false;
	for (size_t i = 0; i < entry->count; i++) {
		const struct condition *condition = &entry->conditions[i];

		if (is_anchored(condition->key,
			condition_match(rules, condition, facts)))
			return true;
	}

	return false;
}

/* One entry that holds lets the client in; all must fail to keep it out. */
enum match
policy_match(const struct rules *rules, const struct policy *policy,
    const struct facts *facts)
{
	enum match all = MATCH_CONTRADICTED;

	for (size_t i = 0; i < policy->count; i++) {
		enum match one = entry_match(rules, &policy->entries[i], facts);

		if (one == MATCH_YES)
			return MATCH_YES;
		if (one == MATCH_OPEN)
			all = MATCH_OPEN;
		if (one == MATCH_UNKNOWN && all != MATCH_OPEN)
			all = MATCH_UNKNOWN;
	}

	return all;
}
