/* SPDX-License-Identifier: ISC */
/* print.c - which cases came out otherwise than wanted? */
#include "config.h"

#include <string.h>

#include "postern/cases/cases.h"
#include "postern/term.h"

enum {
	SHOWN = 1024 /* bytes of a text that is not our own */
};

static size_t
count_failed(const struct cases *cases)
{
	size_t failed = 0;

	for (size_t i = 0; i < cases->count; i++)
		failed += cases->items[i].failed;

	return failed;
}

void
wanted_text(const struct wanted *wanted, struct buf *out)
{
	static const char *const kinds[] = { "", "policy ", "mode ", "action ",
		"entry " };

	buf_addf(out, "%s%s", kinds[wanted->kind], wanted->first);
	if (wanted->second != NULL && *wanted->second != '\0')
		buf_addf(out, " %s", wanted->second);
}

static void
add_outside(struct buf *out, const char *text)
{
	term_add_outside(out, text, strlen(text), SHOWN);
}

/* "mail.cases:12: the partner: got reject tls-missing, want accept" */
static void
add_difference(
    const struct test_case *item, const struct wanted *wanted, struct buf *out)
{
	struct buf want;

	buf_init(&want);
	wanted_text(wanted, &want);
	buf_addf(out, "%s:%u: ", item->file, wanted->line);
	add_outside(out, item->name);
	buf_add_text(out, ": got ");
	add_outside(out, wanted->got);
	buf_add_text(out, ", want ");
	add_outside(out, buf_text(&want));
	buf_add_text(out, "\n");
	buf_done(&want);
}

void
cases_text(const struct cases *cases, bool colour, struct buf *out)
{
	size_t failed = count_failed(cases);
	struct buf summary;

	for (size_t i = 0; i < cases->count; i++) {
		const struct test_case *item = &cases->items[i];

		for (size_t j = 0; j < item->count; j++)
			if (item->wanted[j].got != NULL)
				add_difference(item, &item->wanted[j], out);
	}
	buf_init(&summary);
	buf_addf(
	    &summary, "%zu passed, %zu failed", cases->count - failed, failed);
	term_add(
	    out, colour, failed > 0 ? INK_BAD : INK_GOOD, buf_text(&summary));
	buf_add_text(out, "\n");
	buf_done(&summary);
}

static void
add_json_difference(
    const struct wanted *wanted, const char *before, struct buf *out)
{
	struct buf want;

	buf_init(&want);
	wanted_text(wanted, &want);
	buf_addf(out, "%s{\"line\":%u,\"got\":", before, wanted->line);
	buf_add_json_text(out, wanted->got);
	buf_add_text(out, ",\"want\":");
	buf_add_json_text(out, buf_text(&want));
	buf_add_text(out, "}");
	buf_done(&want);
}

static void
add_json_case(const struct test_case *item, struct buf *out)
{
	const char *before = "";

	buf_add_text(out, "{\"file\":");
	buf_add_json_text(out, item->file);
	buf_addf(out, ",\"line\":%u,\"case\":", item->line);
	buf_add_json_text(out, item->name);
	buf_addf(out, ",\"passed\":%s,\"differences\":[",
	    item->failed ? "false" : "true");
	for (size_t i = 0; i < item->count; i++) {
		if (item->wanted[i].got == NULL)
			continue;
		add_json_difference(&item->wanted[i], before, out);
		before = ",";
	}
	buf_add_text(out, "]}");
}

void
cases_json(const struct cases *cases, struct buf *out)
{
	size_t failed = count_failed(cases);

	buf_add_text(out, "\"cases\":[");
	for (size_t i = 0; i < cases->count; i++) {
		buf_add_text(out, i == 0 ? "" : ",");
		add_json_case(&cases->items[i], out);
	}
	buf_addf(out, "],\"passed\":%zu,\"failed\":%zu", cases->count - failed,
	    failed);
}
