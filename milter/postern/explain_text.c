/* SPDX-License-Identifier: ISC */
/* explain_text.c - how does a person read a verdict? */
#include "config.h"

#include <string.h>

#include "postern/explain.h"
#include "postern/term.h"

enum {
	SHOWN = 1024, /* bytes of a text that is not our own */
	COPIES = 96   /* of copies of headers, which are listed above */
};

static enum ink
match_ink(enum match match)
{
	return match == MATCH_YES ? INK_GOOD : INK_BAD;
}

static void
add_outside(struct buf *out, const char *text)
{
	term_add_outside(out, text, strlen(text), SHOWN);
}

static void
add_cell(struct grid *grid, const struct buf *text, size_t max)
{
	struct buf clean;

	buf_init(&clean);
	term_add_outside(&clean, buf_text(text), text->len, max);
	grid_add(grid, INK_NONE, buf_text(&clean));
	buf_done(&clean);
}

/* "yes  source  has in head-office  wants in mimecast-eu" */
static void
add_condition(const struct explanation *explanation,
    const struct explained *item, const struct entry *entry,
    const struct condition *condition, struct grid *grid)
{
	enum match match =
	    condition_match(explanation->rules, condition, &item->facts);
	struct buf got, wanted;

	buf_init(&got);
	buf_init(&wanted);
	buf_add_text(&got, "has ");
	got_add(explanation, &item->facts, condition, &got);
	buf_add_text(&wanted, "wants ");
	wanted_add(explanation, entry, item->policy, condition, &wanted);
	grid_add(grid, match_ink(match), match_text(match));
	grid_add(grid, INK_NONE, condition_text(condition->key));
	add_cell(grid, &got,
	    condition_stage(condition->key) == STAGE_HEADERS ? COPIES : SHOWN);
	add_cell(grid, &wanted, SHOWN);
	buf_done(&wanted);
	buf_done(&got);
}

static void
add_entry(const struct explanation *explanation, const struct explained *item,
    const struct entry *entry, bool colour, struct buf *out)
{
	enum match match = entry_match(explanation->rules, entry, &item->facts);
	struct grid grid;

	buf_add_text(out, "  ");
	term_add(out, colour, match_ink(match), match_text(match));
	buf_add_text(out, match == MATCH_CONTRADICTED ? "  " : " ");
	add_outside(out, entry->name);
	if (entry->note != NULL) {
		buf_add_text(out, "  (");
		add_outside(out, entry->note);
		buf_add_text(out, ")");
	}
	buf_add_text(out, "\n");

	grid_init(&grid, 4);
	for (size_t i = 0; i < entry->count; i++)
		add_condition(
		    explanation, item, entry, &entry->conditions[i], &grid);
	grid_text(&grid, colour, "      ", out);
	grid_done(&grid);
}

/* What becomes of a refusal that refuses nothing; NULL: it is one. */
static const char *
what_becomes(const struct explained *item)
{
	const struct decision *decision = &item->decision;

	if (decision->verdict == VERDICT_ACCEPT)
		return NULL;
	if (decision->monitor)
		return ", monitored only: it is let in and recorded";
	switch (decision->measure) {
	case MEASURE_REJECT:
	case MEASURE_DEFER:
		break;
	case MEASURE_QUARANTINE:
		return ", action quarantine: it is taken and held";
	case MEASURE_MARK:
		return ", action mark: it is let in with a mark";
	}

	return NULL;
}

/* "ceo@contoso.example: reject, policy hybrid, monitored only: ..." */
static void
add_heading(const struct explained *item, bool colour, struct buf *out)
{
	const struct decision *decision = &item->decision;
	const char *becomes = what_becomes(item);

	if (!item->has_address)
		buf_add_text(out, "any recipient");
	else if (item->recipient.address[0] == '\0')
		buf_add_text(out, "(empty address)");
	else
		add_outside(out, item->recipient.address);
	buf_add_text(out, ": ");
	term_add(out, colour,
	    decision->verdict == VERDICT_ACCEPT ? INK_GOOD : INK_BAD,
	    verdict_text(decision->verdict));
	if (decision->ground != GROUND_JUDGED)
		buf_addf(out, " (%s)", ground_text(decision->ground));
	if (item->policy != NULL) {
		buf_add_text(out, ", policy ");
		add_outside(out, item->policy->name);
	}
	if (becomes != NULL)
		term_add(out, colour, INK_WARN, becomes);
	buf_add_text(out, "\n");
}

static void
add_refusal(const struct explanation *explanation, const struct explained *item,
    struct buf *out)
{
	struct buf why;

	buf_init(&why);
	why_add(explanation, item, &why);
	buf_addf(out, "  reason  %s: ", explained_reason(item));
	add_outside(out, buf_text(&why));
	buf_add_text(out, "\n");
	if (item->reply[0] != '\0') {
		buf_add_text(out, "  reply   ");
		add_outside(out, item->reply);
		buf_add_text(out, "\n");
	}
	buf_done(&why);
}

static void
add_item(const struct explanation *explanation, const struct explained *item,
    bool colour, struct buf *out)
{
	add_heading(item, colour, out);
	if (item->decision.reason != REASON_NONE)
		add_refusal(explanation, item, out);
	for (size_t i = 0; explained_is_judged(item) && i < item->policy->count;
	     i++)
		add_entry(
		    explanation, item, &item->policy->entries[i], colour, out);
}

/* "X-OriginatorOrg: 2 copies", and each of them */
static void
add_header(const struct copies *copies, struct buf *out)
{
	add_outside(out, copies->name);
	if (copies->count == 0)
		buf_add_text(out, ": none\n");
	else
		buf_addf(out, ": %zu cop%s\n", copies->count,
		    copies->count == 1 ? "y" : "ies");
	for (size_t i = 0; i < copies->kept; i++) {
		buf_add_text(out, "  ");
		add_outside(out, copies->values[i]);
		buf_add_text(out, "\n");
	}
	if (copies->count > copies->kept)
		buf_addf(out, "  and %zu more\n", copies->count - copies->kept);
}

/* Which copies were seen of each header that counts. */
static void
add_headers(const struct seen *seen, struct buf *out)
{
	buf_add_text(out, "\n");
	for (size_t i = 0; i < seen->count; i++)
		add_header(&seen->headers[i], out);
}

/* ", in AS64500 (Example Networks), DE": as far as databases tell */
static void
add_place(const struct geo *geo, struct buf *out)
{
	struct buf asn;

	if (geo->asn_state == GEO_FOUND) {
		buf_init(&asn);
		asn_add(geo, &asn);
		buf_add_text(out, ", in ");
		add_outside(out, buf_text(&asn));
		buf_done(&asn);
	}
	if (geo->country_state == GEO_FOUND) {
		buf_add_text(out, ", in ");
		add_outside(out, geo->country);
	}
}

void
explain_text(
    const struct explanation *explanation, bool colour, struct buf *out)
{
	const struct facts *facts = &explanation->facts;
	char addr[ADDR_TEXT];

	buf_add_text(out, addr_text(&facts->addr, addr));
	if (facts->name != NULL) {
		buf_add_text(out, " (");
		add_outside(out, facts->name);
		buf_add_text(out, ")");
	}
	buf_add_text(out, " is ");
	sources_add(explanation, facts, out);
	add_place(&facts->geo, out);
	buf_add_text(out, "\n");
	if (explanation->seen->told)
		add_headers(explanation->seen, out);
	for (size_t i = 0; i < explanation->count; i++) {
		buf_add_text(out, "\n");
		add_item(explanation, &explanation->items[i], colour, out);
	}
}
