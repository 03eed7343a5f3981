/* SPDX-License-Identifier: ISC */
/* nearest.c - which entry came nearest to letting the client in? */
#include "config.h"

#include "policy/nearest.h"

#include "policy/header.h"

/* How far an entry is from letting in. */
struct distance {
	size_t failed; /* conditions */
	enum condition_key key;
	enum match match; /* of that condition */
};

static bool
is_no(enum match match)
{
	return match == MATCH_CONTRADICTED || match == MATCH_ABSENT;
}

static bool
is_earlier(enum condition_key a, enum condition_key b)
{
	if (condition_stage(a) != condition_stage(b))
		return condition_stage(a) < condition_stage(b);

	return a < b;
}

static struct distance
entry_distance(const struct rules *rules, const struct entry *entry,
    const struct facts *facts)
{
	struct distance distance = { 0, CONDITION_COUNT, MATCH_YES };

	for (size_t i = 0; i < entry->count; i++) {
		const struct condition *condition = &entry->conditions[i];

		enum match match = condition_match(rules, condition, facts);

		if (!is_no(match))
			continue;
		if (distance.failed++ > 0 &&
		    !is_earlier(condition->key, distance.key))
			continue;
		distance.key = condition->key;
		distance.match = match;
	}

	return distance;
}

static bool
is_nearer(struct distance a, struct distance b)
{
	if (a.failed != b.failed)
		return a.failed < b.failed;

	return condition_stage(a.key) > condition_stage(b.key);
}

/* Where the new one goes among those that are as near or nearer. */
static size_t
place_of(const struct rules *rules, const struct decision *decision,
    struct distance distance, const struct facts *facts)
{
	size_t place = decision->count;

	while (place > 0 &&
	    is_nearer(distance,
		entry_distance(
		    rules, decision->failing[place - 1].entry, facts)))
		place--;

	return place;
}

static void
insert(struct decision *decision, size_t place, struct failing failing)
{
	size_t last = decision->count;

	if (place == FAILING_MAX)
		return;
	if (decision->count < FAILING_MAX)
		decision->count++;
	else
		last = FAILING_MAX - 1;
	for (size_t i = last; i > place; i--)
		decision->failing[i] = decision->failing[i - 1];
	decision->failing[place] = failing;
}

static enum reason
reason_of(const struct failing *failing, const struct facts *facts)
{
	if (failing->key == CONDITION_TENANT &&
	    evidence_conflicts(facts->evidence))
		return REASON_TENANT_CONFLICT;

	return condition_reason(failing->key, failing->match);
}

void
nearest_find(const struct rules *rules, const struct policy *policy,
    const struct facts *facts, struct decision *decision)
{
	for (size_t i = 0; i < policy->count; i++) {
		const struct entry *entry = &policy->entries[i];
		struct distance distance = entry_distance(rules, entry, facts);

		if (distance.failed == 0)
			continue;
		insert(decision, place_of(rules, decision, distance, facts),
		    (struct failing){ entry, distance.key, distance.match });
	}
	if (decision->count > 0)
		decision->reason = reason_of(&decision->failing[0], facts);
}

bool
nearest_is_nearer(const struct rules *rules, const struct decision *a,
    const struct decision *b, const struct facts *facts)
{
	if (a->count == 0 || b->count == 0)
		return a->count > b->count;

	return is_nearer(entry_distance(rules, a->failing[0].entry, facts),
	    entry_distance(rules, b->failing[0].entry, facts));
}
