/* SPDX-License-Identifier: ISC */
/* log.c - what do the records say? */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/ulid.h"
#include "conf/conf.h"
#include "log/read.h"
#include "postern/command.h"
#include "postern/input.h"
#include "postern/options.h"
#include "postern/records.h"
#include "postern/say.h"
#include "postern/term.h"

/* The log that the configuration at path writes; NULL with *status. */
static char *
path_of_conf(const char *path, int *status)
{
	struct diags diags;
	struct conf *conf;
	char *found = NULL;

	diags_init(&diags);
	conf = conf_load(path, &diags);
	if (conf != NULL && diags.errors == 0) {
		found = mem_text(conf->audit.path);
	} else {
		say_diags(&diags);
		*status = conf_status(path);
	}
	conf_free(conf);
	diags_done(&diags);

	return found;
}

/* Settles which file is read; an exit code where there is none. */
static int
find_path(struct log_request *request)
{
	int status = EX_OK;
	struct err err;

	if (request->file == NULL) {
		request->path = path_of_conf(
		    request->conf == NULL ? DEFAULT_CONF : request->conf,
		    &status);
	} else if (strcmp(request->file, "-") == 0) {
		request->input = input_keep(&request->path, &err);
		if (request->input < 0) {
			say("log: %s", err.text);
			status = EX_IOERR;
		}
	} else {
		request->path = mem_text(request->file);
	}

	return status;
}

static int
run(struct log_request *request)
{
	int status = find_path(request);
	struct log_reader *reader = NULL;
	struct err err;

	if (status == EX_OK) {
		reader = log_reader_open(request->path, &err);
		if (reader == NULL) {
			say("log: %s", err.text);
			status = EX_NOINPUT;
		}
	}
	if (reader != NULL)
		status = request->id != NULL ? records_show(request, reader)
					     : records_tail(request, reader);
	log_reader_close(reader);
	if (request->input >= 0)
		(void)close(request->input); /* a copy, thrown away */
	free(request->path);

	return status;
}

static int
say_what(const struct command *command, const char *what)
{
	static const char *const forms[] = { "show", "tail" };
	static const char *const later[] = { "verify", "key" };
	struct buf text;

	if (what == NULL)
		return say_usage(command, "show or tail?");
	for (size_t i = 0; i < NITEMS(later); i++)
		if (strcmp(what, later[i]) == 0) {
			say("log %s: not in this version", what);
			return EX_USAGE;
		}
	buf_init(&text);
	add_unknown(&text, what, forms, NITEMS(forms));
	(void)say_usage(command, "there is no log %s", buf_text(&text));
	buf_done(&text);

	return EX_USAGE;
}

/* show ID [FILE], tail [FILE] */
static int
take_operands(const struct command *command, const struct texts *operands,
    struct log_request *request)
{
	const char *what = operands->count > 0 ? operands->items[0] : NULL;
	size_t next = 1;
	struct buf text;

	if (what == NULL ||
	    (strcmp(what, "show") != 0 && strcmp(what, "tail") != 0))
		return say_what(command, what);
	if (strcmp(what, "show") == 0) {
		if (operands->count < 2)
			return say_usage(command, "show: which ID?");
		request->id = operands->items[next++];
	}
	if (operands->count > next + 1)
		return say_usage(command, "%s: one FILE only", what);
	if (operands->count > next)
		request->file = operands->items[next];
	if (request->id == NULL || ulid_is(request->id))
		return EX_OK;

	buf_init(&text);
	buf_add_quoted(&text, request->id, SAY_SHOWN);
	(void)say_usage(command,
	    "show: %s is no ID; it is the 26 characters behind \"ref\" in the "
	    "reply, event.id in the record",
	    buf_text(&text));
	buf_done(&text);

	return EX_USAGE;
}

int
command_log(const struct command *command, char **argv)
{
	struct log_request request = { .input = -1,
		.colour = term_has_colour() };
	const struct option options[] = {
		{ .name = "-c", .text = &request.conf },
		{ .name = "--json", .flag = &request.json },
		{ .name = "--key" },
		{ .name = "--head" },
	};
	struct texts operands;
	int status;

	texts_init(&operands);
	if (options_read(command, options, NITEMS(options), &operands, 3, argv,
		&status)) {
		status = take_operands(command, &operands, &request);
		if (status == EX_OK)
			status = run(&request);
	}
	texts_done(&operands);

	return status;
}
