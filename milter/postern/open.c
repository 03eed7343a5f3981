/* SPDX-License-Identifier: ISC */
/* open.c - is nothing to be refused, for a time? */
#include "config.h"

#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/duration.h"
#include "base/mem.h"
#include "postern/ask.h"
#include "postern/command.h"
#include "postern/options.h"
#include "postern/say.h"
#include "postern/term.h"

/* As the admin wrote it. */
struct wanted {
	const char *path;
	const char *time;
	const char *reason;
	const char *policy; /* NULL: all */
};

static int
read_wanted(const struct command *command, const struct wanted *wanted,
    struct request *request)
{
	struct err err;

	if (wanted->time == NULL)
		return say_usage(
		    command, "how long?  write --for DURATION, as in --for 2h");
	if (wanted->reason == NULL)
		return say_usage(command, "why?  write --reason TEXT");
	if (!duration_parse(
		wanted->time, 1, REQUEST_SECONDS, &request->seconds, &err))
		return say_usage(command, "--for: %s", err.text);
	if (!request_set_reason(request, wanted->reason, &err))
		return say_usage(command, "--reason: %s", err.text);
	if (wanted->policy != NULL &&
	    !request_set_policy(request, wanted->policy, &err))
		return say_usage(command, "--policy: %s", err.text);

	return EX_OK;
}

static void
add_opened(const struct request *request, struct buf *out)
{
	char time[DURATION_TEXT];

	buf_addf(out, "open for %s: nothing is refused",
	    duration_text(request->seconds, time));
	if (request->policy[0] != '\0') {
		buf_add_text(out, " of policy \"");
		term_add_outside(out, request->policy, strlen(request->policy),
		    REQUEST_POLICY);
		buf_add_text(out, "\"");
	}
	buf_add_text(out, "; postern close ends it\n");
}

static int
open_gate(const struct command *command, const struct wanted *wanted)
{
	struct request request = { .verb = VERB_OPEN };
	struct buf done;
	int status = read_wanted(command, wanted, &request);

	if (status != EX_OK)
		return status;
	buf_init(&done);
	add_opened(&request, &done);
	status = ask_to_do(command, wanted->path, &request, buf_text(&done));
	buf_done(&done);

	return status;
}

int
command_open(const struct command *command, char **argv)
{
	struct wanted wanted = { .path = NULL };
	const struct option options[] = {
		{ .name = "--for", .text = &wanted.time },
		{ .name = "--reason", .text = &wanted.reason },
		{ .name = "--policy", .text = &wanted.policy },
		{ .name = "-c", .text = &wanted.path },
	};
	struct texts operands;
	int status;

	texts_init(&operands);
	if (options_read(
		command, options, NITEMS(options), &operands, 0, argv, &status))
		status = open_gate(command, &wanted);
	texts_done(&operands);

	return status;
}
