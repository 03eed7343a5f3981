/* SPDX-License-Identifier: ISC */
/* why.c - why is a client refused, and what would it have taken? */
#include "config.h"

#include "postern/explain.h"

static bool
is_no(enum match match)
{
	return match == MATCH_CONTRADICTED || match == MATCH_ABSENT;
}

/* "certificate, issuer": the conditions of an entry that do not hold; their
 * number is returned. */
static size_t
add_failing(const struct rules *rules, const struct facts *facts,
    const struct entry *entry, struct buf *out)
{
	size_t count = 0;

	for (size_t i = 0; i < entry->count; i++) {
		const struct condition *condition = &entry->conditions[i];

		if (!is_no(condition_match(rules, condition, facts)))
			continue;
		buf_addf(out, "%s%s", count++ == 0 ? "" : ", ",
		    condition_text(condition->key));
	}

	return count;
}

/* Every entry that only lacks what is not there. */
static void
add_near_misses(const struct rules *rules, const struct facts *facts,
    const struct policy *policy, struct buf *out)
{
	const char *before = "";

	for (size_t i = 0; i < policy->count; i++) {
		const struct entry *entry = &policy->entries[i];

		if (!entry_is_near_miss(rules, entry, facts))
			continue;
		buf_addf(out, "%sin %s nothing contradicts and only ", before,
		    entry->name);
		buf_add_text(out,
		    add_failing(rules, facts, entry, out) == 1
			? " is missing"
			: " are missing");
		before = ", and ";
	}
}

/* What stands in the header comes too late to matter. */
static const char *
before_header(
    const struct explanation *explanation, const struct explained *item)
{
	return item->decided == STAGE_RCPT && explanation->seen->told
	    ? " before its header"
	    : "";
}

void
why_add(const struct explanation *explanation, const struct explained *item,
    struct buf *out)
{
	const struct decision *decision = &item->decision;
	const struct rules *rules = explanation->rules;
	struct facts facts = item->facts;

	facts.stage = item->decided;
	if (decision->reason == REASON_UNDECIDABLE) {
		buf_add_text(out,
		    "what is asked for cannot be told, so on_error answers");
	} else if (decision->near_miss && decision->measure == MEASURE_REJECT) {
		if (decision->verdict == VERDICT_DEFER)
			buf_addf(out, "deferred%s, because ",
			    before_header(explanation, item));
		else
			buf_add_text(
			    out, "rejected as near_miss says, although ");
		add_near_misses(rules, &facts, item->policy, out);
		if (decision->verdict == VERDICT_DEFER)
			buf_add_text(out, "; the sender will try again");
	} else if (decision->count > 0) {
		const struct entry *nearest = decision->failing[0].entry;

		buf_addf(out, "%s came nearest, but fails by ", nearest->name);
		(void)add_failing(rules, &facts, nearest, out);
	} else {
		buf_add_text(out, ground_text(decision->ground));
	}
}
