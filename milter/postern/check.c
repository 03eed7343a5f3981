/* SPDX-License-Identifier: ISC */
/* check.c - is a configuration right? */
#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "lists/generation.h"
#include "postern/cases/cases.h"
#include "postern/command.h"
#include "postern/options.h"
#include "postern/say.h"
#include "postern/term.h"
#include "postern/today.h"

struct request {
	const char *path;
	bool path_given;
	struct texts cases; /* files; none: the configuration is checked */
	bool strict;
	bool json;
	bool print;
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
		if (generation != NULL && request->print)
			conf_print(generation_conf(generation), &out);
		else if (generation != NULL)
			generation_summary(generation, diags.warnings, &out);
	}
	status = print_result(&out, status);
	generation_unref(generation);
	buf_done(&out);
	diags_done(&diags);

	return status;
}

/* {"errors":[...],"warnings":[...],"cases":[...],...}; cases NULL: unjudged */
static void
add_json(const struct diags *diags, const struct cases *cases, struct buf *out)
{
	diags_json(diags, out);
	if (cases == NULL)
		return;
	out->len -= strlen("}\n"); /* its end is further on */
	buf_add_text(out, ",");
	cases_json(cases, out);
	buf_add_text(out, "}\n");
}

static int
read_cases(
    const struct request *request, struct cases *cases, struct diags *diags)
{
	int status = EX_OK;

	for (size_t i = 0; i < request->cases.count; i++) {
		int one = cases_read(cases, request->cases.items[i], diags);

		if (status == EX_OK)
			status = one;
	}

	return status;
}

static int
check_cases(const struct request *request)
{
	struct cases cases;
	struct diags diags;
	struct buf out;
	bool judged;
	int status;

	cases_init(&cases);
	diags_init(&diags);
	buf_init(&out);
	status = read_cases(request, &cases, &diags);
	if (status == EX_OK)
		status = cases_run(
		    &cases, request->path, request->path_given, &diags);
	judged = status == EX_OK || status == EXIT_NEGATIVE;
	if (status == EX_OK && request->strict && diags.warnings > 0)
		status = EXIT_NEGATIVE;

	if (request->json)
		add_json(&diags, judged ? &cases : NULL, &out);
	else {
		say_diags(&diags);
		if (judged)
			cases_text(&cases, term_has_colour(), &out);
	}
	status = print_result(&out, status);
	buf_done(&out);
	diags_done(&diags);
	cases_done(&cases);

	return status;
}

/* Wrong together: said, and EX_USAGE. */
static int
check_request(const struct command *command, const struct request *request)
{
	size_t inputs = strcmp(request->path, "-") == 0;

	for (size_t i = 0; i < request->cases.count; i++)
		inputs += strcmp(request->cases.items[i], "-") == 0;
	if (request->print && request->json)
		return say_usage(
		    command, "--print and --json both want standard output");
	if (request->print && request->cases.count > 0)
		return say_usage(
		    command, "--print and --cases both want standard output");
	if (inputs > 1)
		return say_usage(command, "standard input is one file only");

	return EX_OK;
}

int
command_check(const struct command *command, char **argv)
{
	struct request request = { .path = NULL };
	const struct option options[] = {
		{ .name = "-c", .text = &request.path },
		{ .name = "--strict", .flag = &request.strict },
		{ .name = "--json", .flag = &request.json },
		{ .name = "--print", .flag = &request.print },
		{ .name = "--cases", .texts = &request.cases },
	};
	struct texts operands;
	int status;

	texts_init(&operands);
	texts_init(&request.cases);
	if (!options_read(
		command, options, NITEMS(options), &operands, 1, argv, &status))
		goto done;
	if (operands.count > 0 && request.path != NULL) {
		status = say_usage(command, "-c FILE and FILE are the same");
		goto done;
	}
	if (operands.count > 0)
		request.path = operands.items[0];
	request.path_given = request.path != NULL;
	if (!request.path_given)
		request.path = DEFAULT_CONF;
	status = check_request(command, &request);
	if (status == EX_OK)
		status = request.cases.count > 0 ? check_cases(&request)
						 : check(&request);

done:
	texts_done(&request.cases);
	texts_done(&operands);

	return status;
}
