/* SPDX-License-Identifier: ISC */
/* audit.c - where and how is written down what happens? */
#include "config.h"

#include <string.h>

#include "conf/read.h"

/* The setting's text in place of *text; it must be a file's path. */
static void
read_path(struct reader *reader, const config_setting_t *setting, char **text)
{
	const char *path;
	char shown[QUOTED];

	read_text(setting, text);
	path = *text;
	if (path[0] != '/' || path[strlen(path) - 1] == '/')
		read_error(reader, setting,
		    "%s is no file; write its path from / on",
		    quoted(path, shown));
}

void
top_metrics(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_path(reader, setting, &reader->conf->metrics);
}

void
top_audit(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	(void)read_group(reader, setting, PLACE_AUDIT);
}

void
audit_path(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_path(reader, setting, &reader->conf->audit.path);
}

void
audit_sync(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->conf->audit.sync = (enum conf_sync)value;
}

void
audit_on_failure(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	reader->conf->audit.on_failure = (enum answer)value;
	if (reader->conf->audit.on_failure == ANSWER_ACCEPT)
		read_warning(reader, setting,
		    "\"accept\" lets in, without evidence, what cannot be "
		    "recorded; taken as it is");
}

void
audit_accepted(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->conf->audit.accepted = value == 1;
}
