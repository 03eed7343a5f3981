/* SPDX-License-Identifier: ISC */
/* status.c - how is the daemon? */
#include "config.h"

#include "postern/status.h"

#include <sysexits.h>
#include <time.h>

#include "base/mem.h"
#include "postern/ask.h"
#include "postern/command.h"
#include "postern/options.h"
#include "postern/say.h"
#include "postern/term.h"

struct wanted {
	const char *path;
	bool json;
	bool prometheus;
};

/* Puts out what is to be printed; false where the answer makes no sense. */
static bool
shape(const struct wanted *wanted, const struct buf *answer, struct buf *out)
{
	const char *text = buf_text(answer);

	if (!wanted->json && !wanted->prometheus)
		return status_text(text, answer->len,
		    (int64_t)time(NULL) * INT64_C(1000000), term_has_colour(),
		    out);
	buf_add(out, text, answer->len);

	return wanted->json ? status_is_one(text, answer->len)
			    : answer->len > 0;
}

static int
status(const struct command *command, const struct wanted *wanted)
{
	const struct request request = {
		.verb = wanted->prometheus ? VERB_METRICS : VERB_STATUS,
	};
	struct buf answer, out;
	int got;

	buf_init(&answer);
	buf_init(&out);
	got = ask(command, wanted->path, &request, &answer);
	if (got == EX_OK && shape(wanted, &answer, &out)) {
		got = print_result(&out, got);
	} else if (got == EX_OK) {
		say("%s: the daemon's answer is no status; are postern and "
		    "posternd of one version?",
		    command->name);
		got = EX_UNAVAILABLE;
	}
	buf_done(&out);
	buf_done(&answer);

	return got;
}

int
command_status(const struct command *command, char **argv)
{
	struct wanted wanted = { .path = NULL };
	const struct option options[] = {
		{ .name = "--json", .flag = &wanted.json },
		{ .name = "--prometheus", .flag = &wanted.prometheus },
		{ .name = "-c", .text = &wanted.path },
	};
	struct texts operands;
	int got;

	texts_init(&operands);
	if (options_read(
		command, options, NITEMS(options), &operands, 0, argv, &got))
		got = wanted.json && wanted.prometheus
		    ? say_usage(command, "--json or --prometheus, not both")
		    : status(command, &wanted);
	texts_done(&operands);

	return got;
}
