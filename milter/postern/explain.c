/* SPDX-License-Identifier: ISC */
/* explain.c - would this client be let in, and why? */
#include "config.h"

#include "postern/explain.h"

#include <string.h>
#include <sysexits.h>

#include "base/diag.h"
#include "base/mem.h"
#include "postern/client.h"
#include "postern/command.h"
#include "postern/options.h"
#include "postern/say.h"
#include "postern/term.h"
#include "postern/today.h"

struct request {
	const char *path;
	const char *texts[CLIENT_WORDS]; /* as given; NULL: not told */
	bool flags[CLIENT_WORDS];        /* of words without a value */
	struct texts daemons;            /* a name, a port, or both */
	struct texts headers;
	struct texts rcpts;
	bool json;
	struct client client;
};

static int
explain_facts(const struct request *request,
    const struct generation *generation, const struct facts *facts,
    const struct seen *seen)
{
	struct explanation explanation;
	struct buf out;
	int status;

	buf_init(&out);
	explanation_init(
	    &explanation, generation, facts, seen, &request->rcpts);
	if (request->json)
		explain_json(&explanation, &out);
	else
		explain_text(&explanation, term_has_colour(), &out);
	status = print_result(&out,
	    explanation.verdict == VERDICT_ACCEPT ? EX_OK : EXIT_NEGATIVE);
	explanation_done(&explanation);
	buf_done(&out);

	return status;
}

static int
explain_client(
    const struct request *request, const struct generation *generation)
{
	struct facts facts;
	struct seen seen;
	struct err err;
	int status;

	seen_init(&seen, generation_rules(generation));
	status =
	    client_facts(&request->client, generation, &seen, &facts, &err);
	if (status == EX_OK)
		status = explain_facts(request, generation, &facts, &seen);
	else
		say("%s", err.text);
	seen_done(&seen);

	return status;
}

static int
explain(const struct request *request)
{
	struct generation *generation;
	struct diags diags;
	int status;

	diags_init(&diags);
	generation = generation_load(request->path, today(), &diags);
	if (generation == NULL) {
		say_diags(&diags);
		status = conf_status(request->path);
	} else {
		status = explain_client(request, generation);
	}
	generation_unref(generation);
	diags_done(&diags);

	return status;
}

static int
tell(const struct command *command, struct request *request,
    enum client_word word, const char *value)
{
	struct err err;

	if (client_tell(&request->client, word, value, &err))
		return EX_OK;
	if (word == CLIENT_ADDRESS)
		return say_usage(command, "%s", err.text);

	return say_usage(command, "--%s: %s", client_word_text(word), err.text);
}

static int
tell_each(const struct command *command, struct request *request,
    enum client_word word, const struct texts *values)
{
	int status = EX_OK;

	for (size_t i = 0; i < values->count && status == EX_OK; i++)
		status = tell(command, request, word, values->items[i]);

	return status;
}

static bool
is_input(const char *path)
{
	return path != NULL && strcmp(path, "-") == 0;
}

/* What the operand and the options say, or EX_USAGE. */
static int
read_values(const struct command *command, const struct texts *operands,
    struct request *request)
{
	int status = EX_OK;

	if (operands->count == 0)
		return say_usage(command, "the client's IP address is missing");
	request->texts[CLIENT_ADDRESS] = operands->items[0];
	for (enum client_word word = 0; word < CLIENT_WORDS; word++) {
		const char *value = request->texts[word];

		if (status == EX_OK && (value != NULL || request->flags[word]))
			status = tell(command, request, word, value);
	}
	if (status == EX_OK)
		status = tell_each(
		    command, request, CLIENT_DAEMON, &request->daemons);
	if (status == EX_OK)
		status = tell_each(
		    command, request, CLIENT_HEADER, &request->headers);
	if (request->path == NULL)
		request->path = DEFAULT_CONF;
	if (status == EX_OK && is_input(request->path) &&
	    is_input(request->texts[CLIENT_EML]))
		return say_usage(command, "standard input is one file only");

	return status;
}

int
command_explain(const struct command *command, char **argv)
{
	struct request request = { .path = NULL };
	const char **texts = request.texts;
	bool *flags = request.flags;
	const struct option options[] = {
		{ .name = "-c", .text = &request.path },
		{ .name = "--rcpt", .texts = &request.rcpts },
		{ .name = "--from", .text = &texts[CLIENT_FROM] },
		{ .name = "--host", .text = &texts[CLIENT_HOST] },
		{ .name = "--helo", .text = &texts[CLIENT_HELO] },
		{ .name = "--cert", .text = &texts[CLIENT_CERT] },
		{ .name = "--issuer", .text = &texts[CLIENT_ISSUER] },
		{ .name = "--tls", .flag = &flags[CLIENT_TLS] },
		{ .name = "--auth", .flag = &flags[CLIENT_AUTH] },
		{ .name = "--daemon", .texts = &request.daemons },
		{ .name = "--at", .text = &texts[CLIENT_AT] },
		{ .name = "--header", .texts = &request.headers },
		{ .name = "--eml", .text = &texts[CLIENT_EML] },
		{ .name = "--json", .flag = &request.json },
	};
	struct texts operands;
	int status;

	texts_init(&operands);
	texts_init(&request.rcpts);
	texts_init(&request.daemons);
	texts_init(&request.headers);
	client_init(&request.client, today());
	if (options_read(command, options, NITEMS(options), &operands, 1, argv,
		&status)) {
		status = read_values(command, &operands, &request);
		if (status == EX_OK)
			status = explain(&request);
	}
	client_done(&request.client);
	texts_done(&request.headers);
	texts_done(&request.daemons);
	texts_done(&request.rcpts);
	texts_done(&operands);

	return status;
}
