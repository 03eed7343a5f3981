/* SPDX-License-Identifier: ISC */
/* audit.c - where and how is written down what happens? */
#include "config.h"

#include <string.h>

#include "base/duration.h"
#include "base/mem.h"
#include "base/size.h"
#include "conf/read.h"

/* The choices of "syslog" in keywords.def, which has RFC 5424's order. */
enum {
	CHOICE_FTP = 11,
	CHOICE_LOCAL0 = 12,
	CHOICE_JOURNALD = 20,
	CHOICE_NONE = 21,
	FACILITY_LOCAL0 = 16,
	FACILITY_MAIL = 2
};

static const uint64_t mib = UINT64_C(1) << 20;
static const uint64_t most_bytes = UINT64_C(1) << 50;
/* A shorter file would hold no record of the greatest length. */
static const uint64_t least_file = UINT64_C(8) << 10;

static const uint32_t hour_s = 3600;
static const uint32_t day_s = 86400;
static const uint32_t most_s = 86400U * 36500U; /* a hundred years */

/* The contract's. */
void
audit_defaults(struct conf_audit *audit)
{
	*audit = (struct conf_audit){
		.path = mem_text(POSTERN_LOGDIR "/audit.jsonl"),
		.sync = CONF_SYNC_ALWAYS,
		.on_failure = ANSWER_DEFER,
		.facility = FACILITY_MAIL,
		.privacy = PRIVACY_FULL,
		.flood = 600,
		.flood_total = 20000,
		.reserve = 64 * mib,
		.rotate_size = 100 * mib,
		.rotate_age_s = day_s,
		.keep_s = 400 * day_s,
		.seal_s = hour_s,
	};
}

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

/* A file goes as a whole, once its last record is old enough. */
static void
check_keep(struct reader *reader, const config_setting_t *audit)
{
	const struct conf_audit *said = &reader->conf->audit;
	const config_setting_t *at = config_setting_get_member(audit, "keep");
	char age[DURATION_TEXT], keep[DURATION_TEXT];

	if (said->keep_s == 0 || said->keep_s >= said->rotate_age_s)
		return;
	if (at == NULL)
		at = config_setting_get_member(audit, "rotate_age");
	read_warning(reader, at,
	    "only whole files are deleted: with rotate_age \"%s\" some "
	    "records stay much longer than keep \"%s\"; taken as it is",
	    duration_text(said->rotate_age_s, age),
	    duration_text(said->keep_s, keep));
}

void
top_audit(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	if (read_group(reader, setting, PLACE_AUDIT))
		check_keep(reader, setting);
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

void
audit_syslog(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct conf_audit *audit = &reader->conf->audit;

	(void)setting;
	audit->journald = value == CHOICE_JOURNALD;
	if (value <= CHOICE_FTP)
		audit->facility = (int)value;
	else if (value < CHOICE_JOURNALD)
		audit->facility = (int)value - CHOICE_LOCAL0 + FACILITY_LOCAL0;
	else
		audit->facility = -1;
}

unsigned
audit_syslog_choice(const struct conf_audit *audit)
{
	if (audit->journald)
		return CHOICE_JOURNALD;
	if (audit->facility < 0)
		return CHOICE_NONE;
	if (audit->facility <= CHOICE_FTP)
		return (unsigned)audit->facility;

	return (unsigned)audit->facility - FACILITY_LOCAL0 + CHOICE_LOCAL0;
}

void
audit_privacy(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->conf->audit.privacy = (enum privacy_kind)value;
}

void
audit_flood(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->conf->audit.flood = value;
}

void
audit_flood_total(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)setting;
	reader->conf->audit.flood_total = value;
}

/* "0", or least and more. */
static void
read_size(struct reader *reader, const config_setting_t *setting,
    uint64_t least, uint64_t *bytes)
{
	const char *text = config_setting_get_string(setting);
	char from[SIZE_TEXT], shown[QUOTED];
	uint64_t value;
	struct err err;

	if (!size_parse(text, 0, most_bytes, &value, &err))
		read_error(
		    reader, setting, "%s: %s", quoted(text, shown), err.text);
	else if (value > 0 && value < least)
		read_error(reader, setting,
		    "%s is too little; write \"%s\" or more, or \"0\" for "
		    "never",
		    quoted(text, shown), size_text(least, from));
	else
		*bytes = value;
}

void
audit_reserve(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_size(reader, setting, 1, &reader->conf->audit.reserve);
}

void
audit_rotate_size(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_size(
	    reader, setting, least_file, &reader->conf->audit.rotate_size);
}

/* False: it is none, which is told. */
static bool
read_duration(
    struct reader *reader, const config_setting_t *setting, uint32_t *seconds)
{
	const char *text = config_setting_get_string(setting);
	char shown[QUOTED];
	struct err err;

	if (duration_parse(text, 0, most_s, seconds, &err))
		return true;
	read_error(reader, setting, "%s: %s", quoted(text, shown), err.text);

	return false;
}

void
audit_rotate_age(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	(void)read_duration(reader, setting, &reader->conf->audit.rotate_age_s);
}

void
audit_keep(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	(void)read_duration(reader, setting, &reader->conf->audit.keep_s);
}

void
audit_seal(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct conf_audit *audit = &reader->conf->audit;

	(void)value;
	if (read_duration(reader, setting, &audit->seal_s) &&
	    audit->seal_s == 0)
		read_warning(reader, setting,
		    "without seals whoever owns the machine can write the "
		    "log anew and nobody can tell; taken as it is");
}
