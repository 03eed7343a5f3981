/* SPDX-License-Identifier: ISC */
/* options.c - what holds for all of it: modes, socket, user, hosts? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/read.h"
#include "conf/socket.h"

static void
default_words(struct words *words, const char *file, const char *const *texts,
    size_t count)
{
	for (size_t i = 0; i < count; i++)
		words_add(words, (struct word){ mem_text(texts[i]), file, 0 });
}

/* The contract's, with the directories of ./configure. */
void
conf_defaults(struct conf *conf, const char *file)
{
	static const char *const rules[] = { POSTERN_SYSCONFDIR "/rules.d",
		POSTERN_RULESDIR };
	static const char *const trusted[] = { "127.0.0.0/8", "::1" };
	static const char *const originating[] = { "ORIGINATING", "MSA" };

	conf->mode = MODE_ENFORCE;
	conf->socket = mem_text("unix:" POSTERN_RUNDIR "/postern.sock");
	conf->socket_mode = 0660;
	conf->user = mem_text("_postern");
	conf->control = mem_text(CONF_CONTROL);
	default_words(&conf->rules, file, rules, NITEMS(rules));
	conf->feeds =
	    (struct word){ mem_text(POSTERN_STATEDIR "/feeds"), file, 0 };
	conf->on_error = ANSWER_DEFER;
	default_words(&conf->trusted, file, trusted, NITEMS(trusted));
	default_words(
	    &conf->originating, file, originating, NITEMS(originating));
	audit_defaults(&conf->audit);
}

void
top_mode(struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->conf->mode = (enum mode)value;
}

void
top_socket(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	char shown[QUOTED];
	struct err err;

	(void)value;
	read_text(setting, &reader->conf->socket);
	if (!socket_check(reader->conf->socket, &err))
		read_error(reader, setting, "%s: %s",
		    quoted(reader->conf->socket, shown), err.text);
}

void
top_socket_mode(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	const char *text = config_setting_get_string(setting);
	char shown[QUOTED];

	(void)value;
	if (strlen(text) == 4 && text[0] == '0' &&
	    strspn(text, "01234567") == 4)
		reader->conf->socket_mode = (unsigned)strtoul(text, NULL, 8);
	else
		read_error(reader, setting,
		    "%s is no mode; write \"0000\" to \"0777\", as in "
		    "\"0660\"",
		    quoted(text, shown));
}

/* A text that must not be empty. */
static void
read_filled(struct reader *reader, const config_setting_t *setting, char **text)
{
	read_text(setting, text);
	if ((*text)[0] == '\0')
		read_error(reader, setting, "is empty; fill it or remove it");
}

void
top_socket_group(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_filled(reader, setting, &reader->conf->socket_group);
}

void
top_user(struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_filled(reader, setting, &reader->conf->user);
}

/* Where it is none, control stays NULL: see conf.c. */
void
top_control(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	const char *path = config_setting_get_string(setting);
	char shown[QUOTED];
	struct err err;

	(void)value;
	reader->conf->control_given = true;
	if (socket_check_path(path, &err))
		read_text(setting, &reader->conf->control);
	else
		read_error(
		    reader, setting, "%s: %s", quoted(path, shown), err.text);
}

void
top_control_group(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_filled(reader, setting, &reader->conf->control_group);
}

void
top_rules(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_words(reader, setting, &reader->conf->rules);
	(void)read_check_filled(reader, setting, &reader->conf->rules);
}

void
top_feeds(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct word *feeds = &reader->conf->feeds;
	struct scan_line where = read_where(reader, setting);

	(void)value;
	read_filled(reader, setting, &feeds->text);
	feeds->file = where.file;
	feeds->line = where.line;
}

void
top_on_error(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->conf->on_error = (enum answer)value;
}

void
top_reject_at(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->conf->reject_at_connect = value == 1;
}

void
top_near_miss(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->conf->reject_near_miss = value == 1;
}

void
top_unlisted(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->conf->refuse_unlisted = value == 1;
	reader->conf->unlisted_given = true;
}

void
top_trusted(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_networks(reader, setting, &reader->conf->trusted);
}

void
top_probes(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_networks(reader, setting, &reader->conf->probes);
}

void
top_authenticated(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->conf->judge_authenticated = value == 1;
}

void
top_originating(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_words(reader, setting, &reader->conf->originating);
	if (reader->conf->originating.count > 0)
		(void)read_check_filled(
		    reader, setting, &reader->conf->originating);
}
