/* SPDX-License-Identifier: ISC */
/* log.c - what do the records say? */
#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/ulid.h"
#include "conf/conf.h"
#include "postern/command.h"
#include "postern/options.h"
#include "postern/records.h"
#include "postern/say.h"
#include "postern/term.h"

enum {
	SECOND_US = 1000000
};

/* What the configuration says of its log; an exit code. */
static int
ask_conf(const char *path, struct log_request *request)
{
	struct diags diags;
	struct conf *conf;
	int status = EX_OK;

	diags_init(&diags);
	conf = conf_load(path, &diags);
	if (conf != NULL && diags.errors == 0) {
		request->path = mem_text(conf->audit.path);
		request->keep_us = conf->audit.keep_s > 0
		    ? (int64_t)conf->audit.keep_s * SECOND_US
		    : INT64_MAX; /* for ever */
		request->seal_us = (int64_t)conf->audit.seal_s * SECOND_US;
	} else {
		say_diags(&diags);
		status = conf_status(path);
	}
	conf_free(conf);
	diags_done(&diags);

	return status;
}

static const struct form {
	const char *name;
	int (*run)(struct log_request *request);
	bool id;      /* takes an ID */
	size_t files; /* and so many files */
	bool proof;   /* takes --key and --head */
} forms[] = {
	{ "show", records_show, true, 1, false },
	{ "tail", records_tail, false, 1, false },
	{ "verify", records_verify, false, SIZE_MAX, true },
	{ "key", records_key, false, 0, false },
};

/* Settles which log is read.  Of one that is named the configuration says how
 * long it is kept, if it is named, too. */
static int
find_path(const struct form *form, struct log_request *request)
{
	int status;

	if (request->files.count > 0 && (request->conf == NULL || !form->proof))
		return EX_OK;
	status = ask_conf(
	    request->conf == NULL ? DEFAULT_CONF : request->conf, request);
	if (status == EX_OK && request->files.count > 0) {
		free(request->path);
		request->path = NULL;
	}

	return status;
}

static const struct form *
find_form(const struct command *command, const struct texts *operands)
{
	const char *names[NITEMS(forms)];
	struct buf text;

	if (operands->count == 0) {
		(void)say_usage(command, "show, tail, verify or key?");
		return NULL;
	}
	for (size_t i = 0; i < NITEMS(forms); i++) {
		names[i] = forms[i].name;
		if (strcmp(operands->items[0], names[i]) == 0)
			return &forms[i];
	}
	buf_init(&text);
	add_unknown(&text, operands->items[0], names, NITEMS(names));
	(void)say_usage(command, "there is no log %s", buf_text(&text));
	buf_done(&text);

	return NULL;
}

static int
check_id(const struct command *command, const char *id)
{
	struct buf text;

	if (ulid_is(id))
		return EX_OK;
	buf_init(&text);
	buf_add_quoted(&text, id, SAY_SHOWN);
	(void)say_usage(command,
	    "show: %s is no ID; it is the 26 characters behind \"ref\" in the "
	    "reply, event.id in the record",
	    buf_text(&text));
	buf_done(&text);

	return EX_USAGE;
}

/* What stands behind the form's name. */
static int
take_operands(const struct command *command, const struct form *form,
    const struct texts *operands, struct log_request *request)
{
	size_t next = 1;

	if (form->id && operands->count < 2)
		return say_usage(command, "%s: which ID?", form->name);
	if (form->id)
		request->id = operands->items[next++];
	if (operands->count - next > form->files)
		return form->files == 0
		    ? say_usage(command, "%s takes no FILE", form->name)
		    : say_usage(command, "%s: one FILE only", form->name);
	for (; next < operands->count; next++)
		texts_add(&request->files, operands->items[next]);
	if (form->id)
		return check_id(command, request->id);
	if (!form->proof &&
	    (request->key_text != NULL || request->head_text != NULL))
		return say_usage(
		    command, "--key and --head are for verify only");

	return EX_OK;
}

static int
run(const struct command *command, const struct texts *operands,
    struct log_request *request)
{
	const struct form *form = find_form(command, operands);
	int status;

	if (form == NULL)
		return EX_USAGE;
	status = take_operands(command, form, operands, request);
	if (status == EX_OK && form->proof)
		status = proof_options(command, request);
	if (status == EX_OK)
		status = find_path(form, request);
	if (status == EX_OK)
		status = form->run(request);
	free(request->path);

	return status;
}

int
command_log(const struct command *command, char **argv)
{
	struct log_request request = { .colour = term_has_colour() };
	const struct option options[] = {
		{ .name = "-c", .text = &request.conf },
		{ .name = "--json", .flag = &request.json },
		{ .name = "--key", .text = &request.key_text },
		{ .name = "--head", .text = &request.head_text },
	};
	struct texts operands;
	int status;

	texts_init(&operands);
	texts_init(&request.files);
	if (options_read(command, options, NITEMS(options), &operands, SIZE_MAX,
		argv, &status))
		status = run(command, &operands, &request);
	texts_done(&request.files);
	texts_done(&operands);

	return status;
}
