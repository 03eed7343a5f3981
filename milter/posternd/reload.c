/* SPDX-License-Identifier: ISC */
/* reload.c - how does a new generation come into force? */
#include "config.h"

#include "posternd/reload.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/diag.h"
#include "base/mem.h"
#include "lists/databases.h"
#include "lists/generation.h"
#include "posternd/audit.h"
#include "posternd/clock.h"
#include "posternd/force.h"
#include "posternd/notify.h"
#include "posternd/pseudonym.h"
#include "posternd/say.h"

enum {
	MODE_TEXT = 16,
	NOTE = 512 /* of an error, in the record */
};

/* Does a text that only a start can take up differ?  NULL: none. */
static void
hold(struct diags *diags, const char *file, const char *key, const char *old,
    const char *new)
{
	struct buf words;

	if (old == NULL ? new == NULL : new != NULL && strcmp(old, new) == 0)
		return;
	buf_init(&words);
	buf_addf(&words, "%s: is ", key);
	if (old == NULL)
		buf_add_text(&words, "not set");
	else
		buf_add_quoted(&words, old, NOTE);
	buf_add_text(&words, " as it runs, and ");
	if (new == NULL)
		buf_add_text(&words, "not set");
	else
		buf_add_quoted(&words, new, NOTE);
	diags_error(
	    diags, file, 0, "%s here: that needs a restart", buf_text(&words));
	buf_done(&words);
}

/* What was made before the user was changed, or is locked. */
static void
hold_all(struct diags *diags, const struct conf *old, const struct conf *new)
{
	const char *file = new->path;
	char old_mode[MODE_TEXT], new_mode[MODE_TEXT];

	(void)snprintf(old_mode, sizeof(old_mode), "%04o", old->socket_mode);
	(void)snprintf(new_mode, sizeof(new_mode), "%04o", new->socket_mode);
	hold(diags, file, "socket", old->socket, new->socket);
	hold(diags, file, "socket_mode", old_mode, new_mode);
	hold(diags, file, "socket_group", old->socket_group, new->socket_group);
	hold(diags, file, "user", old->user, new->user);
	hold(diags, file, "control", old->control, new->control);
	hold(diags, file, "control_group", old->control_group,
	    new->control_group);
	hold(diags, file, "audit.path", old->audit.path, new->audit.path);
}

/* A generation that may take the place of current; NULL: diags say why. */
static struct generation *
build(const char *path, const struct generation *current, struct diags *diags)
{
	struct generation *next;
	struct err err;

	if (strcmp(path, "-") == 0) {
		diags_error(diags, path, 0,
		    "the configuration came from standard input, which can "
		    "be read once; start posternd with -c FILE");
		return NULL;
	}
	next = generation_load(path, clock_today(), diags);
	if (next == NULL)
		return NULL;
	hold_all(diags, generation_conf(current), generation_conf(next));
	if (diags->errors == 0 &&
	    !pseudonym_load(generation_conf(next), (uid_t)-1, (gid_t)-1, &err))
		diags_error(diags, path, 0, "%s", err.text);
	if (diags->errors > 0) {
		generation_unref(next);
		return NULL;
	}
	databases_inherit(
	    generation_databases(next), generation_databases(current));

	return next;
}

static void
tell_systemd_ready(void)
{
	char state[64];

	(void)snprintf(state, sizeof(state),
	    "READY=1\nSTATUS=Generation %" PRIu64 " is in force",
	    force_number());
	notify_send(state);
}

static void
record_or_say(const struct operation *operation, struct buf *words)
{
	static const char lost[] =
	    "the record of this reload could not be written (posternd says "
	    "why); the next record that can be will tell of it";

	if (audit_operation(operation))
		return;
	say_error("%s", lost);
	buf_addf(words, "warning: %s\n", lost);
}

/* A line each, with what diags found. */
static void
say_all(const struct diags *diags)
{
	struct buf text;
	char *line, *rest;

	buf_init(&text);
	diags_text(diags, &text);
	for (line = text.data; line != NULL && *line != '\0'; line = rest) {
		rest = line + strcspn(line, "\n");
		if (*rest != '\0')
			*rest++ = '\0';
		if (diags->errors > 0)
			say_error("%s", line);
		else
			say_warning("%s", line);
	}
	buf_done(&text);
}

static void
note_first_error(const struct diags *diags, char note[NOTE])
{
	const struct diag *first = diags->items;

	/* there is one: the caller has an error */
	while (first->warning)
		first++;
	if (first->line > 0)
		(void)snprintf(note, NOTE, "%s:%u: %s", first->file,
		    first->line, first->message);
	else
		(void)snprintf(
		    note, NOTE, "%s: %s", first->file, first->message);
}

static void
fail(uid_t asker, const struct diags *diags, struct buf *words)
{
	char note[NOTE];
	const struct operation operation = {
		.action = ACTION_RELOAD_FAILED,
		.uid = asker,
		.note = note,
	};
	uint64_t number = force_number();

	note_first_error(diags, note);
	say_all(diags);
	say_error("reload failed; keeping generation %" PRIu64, number);
	diags_text(diags, words);
	buf_addf(
	    words, "reload failed; keeping generation %" PRIu64 "\n", number);
	record_or_say(&operation, words);
}

/* Puts next in force: from here on there is no way back. */
static void
take_over(struct generation *next, const char *previous, uid_t asker,
    const struct diags *diags, struct buf *words)
{
	const struct operation operation = {
		.action = ACTION_RELOADED,
		.uid = asker,
		.previous_version = previous,
	};

	force_swap(next);
	say_all(diags);
	say_notice(
	    "reloaded; generation %" PRIu64 " is in force", force_number());
	diags_text(diags, words);
	record_or_say(&operation, words);
}

int
reload(const char *path, uid_t asker, struct buf *words)
{
	struct generation *current = force_generation();
	char previous[sizeof(((struct rules *)NULL)->version)];
	struct generation *next;
	struct diags diags;

	notify_reloading();
	diags_init(&diags);
	(void)snprintf(previous, sizeof(previous), "%s",
	    generation_rules(current)->version);
	next = build(path, current, &diags);
	generation_unref(current);
	if (next == NULL)
		fail(asker, &diags, words);
	else
		take_over(next, previous, asker, &diags, words);
	diags_done(&diags);
	tell_systemd_ready();

	return next == NULL ? EX_CONFIG : EX_OK;
}
