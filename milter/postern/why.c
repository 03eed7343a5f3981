/* SPDX-License-Identifier: ISC */
/* why.c - why is a client refused, and what would it have taken? */
#include "config.h"

#include "postern/explain.h"

/* "certificate, issuer": the conditions of an entry that do not hold; their
 * number is returned. */
static size_t
add_failing(const struct explanation *explanation, const struct explained *item,
    const struct entry *entry, struct buf *out)
{
	size_t count = 0;

	for (size_t i = 0; i < entry->count; i++) {
		const struct condition *condition = &entry->conditions[i];

		if (condition_match(explanation->rules, condition,
			&item->facts) == MATCH_YES)
			continue;
		buf_addf(out, "%s%s", count++ == 0 ? "" : ", ",
		    condition_text(condition->key));
	}

	return count;
}

/* Every entry that only lacks what is not there. */
static void
add_near_misses(const struct explanation *explanation,
    const struct explained *item, struct buf *out)
{
	const char *before = "";

	for (size_t i = 0; i < item->policy->count; i++) {
		const struct entry *entry = &item->policy->entries[i];

		if (!entry_is_near_miss(
			explanation->rules, entry, &item->facts))
			continue;
		buf_addf(out, "%sin %s nothing contradicts and only ", before,
		    entry->name);
		buf_add_text(out,
		    add_failing(explanation, item, entry, out) == 1
			? " is missing"
			: " are missing");
		before = ", and ";
	}
}

void
why_add(const struct explanation *explanation, const struct explained *item,
    struct buf *out)
{
	const struct decision *decision = &item->decision;

	if (decision->near_miss) {
		if (decision->verdict == VERDICT_DEFER)
			buf_add_text(out, "deferred, because ");
		else
			buf_add_text(
			    out, "rejected as near_miss says, although ");
		add_near_misses(explanation, item, out);
		if (decision->verdict == VERDICT_DEFER)
			buf_add_text(out, "; the sender will try again");
	} else if (decision->count > 0) {
		const struct entry *nearest = decision->failing[0].entry;

		buf_addf(out, "%s came nearest, but fails by ", nearest->name);
		(void)add_failing(explanation, item, nearest, out);
	} else {
		buf_add_text(out, ground_text(decision->ground));
	}
}
