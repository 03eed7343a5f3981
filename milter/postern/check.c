/* SPDX-License-Identifier: ISC */
/* check.c - is a configuration right? */
#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "lists/generation.h"
#include "postern/command.h"
#include "postern/options.h"
#include "postern/say.h"
#include "postern/today.h"

struct request {
	const char *path;
	bool strict;
	bool json;
};

static int
check(const struct request *request)
{
	struct generation *generation;
	struct diags diags;
	struct buf out;
	int status = EX_OK;

	diags_init(&diags);
	buf_init(&out);
	generation = generation_load(request->path, today(), &diags);
	if (generation == NULL)
		status = conf_status(request->path);
	else if (request->strict && diags.warnings > 0)
		status = EXIT_NEGATIVE;

	if (request->json)
		diags_json(&diags, &out);
	else {
		say_diags(&diags);
		if (generation != NULL)
			generation_summary(generation, diags.warnings, &out);
	}
	status = print_result(&out, status);
	generation_unref(generation);
	buf_done(&out);
	diags_done(&diags);

	return status;
}

int
command_check(const struct command *command, char **argv)
{
	struct request request = { NULL, false, false };
	const struct option options[] = {
		{ .name = "-c", .text = &request.path },
		{ .name = "--strict", .flag = &request.strict },
		{ .name = "--json", .flag = &request.json },
		{ .name = "--print" },
		{ .name = "--cases" },
	};
	struct texts operands;
	int status;

	texts_init(&operands);
	if (!options_read(
		command, options, NITEMS(options), &operands, 1, argv, &status))
		goto done;
	if (operands.count > 0 && request.path != NULL) {
		status = say_usage(command, "-c FILE and FILE are the same");
		goto done;
	}
	if (operands.count > 0)
		request.path = operands.items[0];
	else if (request.path == NULL)
		request.path = DEFAULT_CONF;
	status = check(&request);

done:
	texts_done(&operands);

	return status;
}
