/* SPDX-License-Identifier: ISC */
/* ask.c - what does the running daemon say? */
#include "config.h"

#include "postern/ask.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "control/channel.h"
#include "postern/say.h"
#include "postern/term.h"

enum {
	LINE_SHOWN = 8192, /* bytes of a line of the daemon's */
	/* A record waits for its disk no longer than 8 s. */
	ANSWER_MS = 10000,
	SILENT_MS = 2000 /* then a person wants to know why */
};

/* Whoever may ask need not be allowed to read the configuration. */
static bool
is_hidden(const char *path)
{
	return access(path, R_OK) != 0 && errno == EACCES;
}

/*
 * Errors in other keys do not keep us from asking; one in this key does:
 * the default place may be that of another instance.
 */
static int
find_control(const struct command *command, const char *path, char **control)
{
	struct diags diags;
	struct conf *conf;
	int status = EX_OK;

	if (path == NULL && is_hidden(DEFAULT_CONF)) {
		*control = mem_text(CONF_CONTROL);
		return EX_OK;
	}
	if (path == NULL)
		path = DEFAULT_CONF;
	diags_init(&diags);
	conf = conf_load(path, &diags);
	if (conf != NULL && conf->control != NULL) {
		*control = mem_text(conf->control);
	} else {
		say_diags(&diags);
		say("%s: where the daemon listens (control) cannot be read "
		    "from %s; it was not asked",
		    command->name, path);
		status = conf_status(path);
	}
	conf_free(conf);
	diags_done(&diags);

	return status;
}

/* Adds a line of the daemon's, its quotes as they are. */
static void
add_line(struct buf *out, const char *line, size_t len)
{
	const char *end = line + len;

	while (line < end) {
		const char *next = line;

		while (next < end && *next != '"' && *next != '\\')
			next++;
		term_add_outside(out, line, (size_t)(next - line), LINE_SHOWN);
		if (next < end)
			buf_add(out, next++, 1);
		line = next;
	}
}

/* To standard error, before at each line; nothing reaches a terminal raw. */
static void
say_words(const char *before, const struct buf *words)
{
	const char *at = buf_text(words);
	const char *end = at + words->len;
	struct buf out;

	buf_init(&out);
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (stop == NULL)
			stop = end;
		buf_add_text(&out, before);
		add_line(&out, at, (size_t)(stop - at));
		buf_add_text(&out, "\n");
		at = stop + 1;
	}
	(void)fwrite(buf_text(&out), 1, out.len, stderr);
	buf_done(&out);
}

/* Errors of files name their place themselves. */
static void
say_refused(const struct command *command, int status, const struct buf *words)
{
	struct buf before;

	buf_init(&before);
	if (status != EX_CONFIG)
		buf_addf(&before, "postern: %s: ", command->name);
	say_words(buf_text(&before), words);
	buf_done(&before);
	if (words->len == 0)
		say("%s: the daemon refuses and does not say why; see what it "
		    "says itself",
		    command->name);
}

static void
tell_loading(void)
{
	say("reload: still loading; large lists take a while");
}

/* A reload takes what it takes; all else is done at once, or not at all. */
static struct patience
patience_for(enum verb verb)
{
	struct patience patience = { .answer_ms = ANSWER_MS };

	if (verb == VERB_RELOAD) {
		patience.answer_ms = -1;
		patience.silent_ms = SILENT_MS;
		patience.tell =
		    isatty(STDERR_FILENO) == 1 ? tell_loading : NULL;
	}

	return patience;
}

int
ask(const struct command *command, const char *path,
    const struct request *request, struct buf *out)
{
	char *control = NULL;
	const struct patience patience = patience_for(request->verb);
	struct err err;
	int status = find_control(command, path, &control);

	if (status != EX_OK)
		return status;
	status = channel_ask(control, request, &patience, out, &err);
	if (err.text[0] != '\0')
		say("%s: %s", command->name, err.text);
	else if (status != EX_OK)
		say_refused(command, status, out);
	free(control);

	return status;
}

int
ask_to_do(const struct command *command, const char *path,
    const struct request *request, const char *done)
{
	struct buf words;
	int status;

	buf_init(&words);
	status = ask(command, path, request, &words);
	if (status == EX_OK) {
		say_words("", &words);
		buf_clear(&words);
		buf_add_text(&words, done);
		status = print_result(&words, status);
	}
	buf_done(&words);

	return status;
}
