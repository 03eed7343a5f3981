/* SPDX-License-Identifier: ISC */
/* read.c - what does each key of a group say, and where does it stand? */
#include "config.h"

#include "conf/read.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "conf/keyword.h"

enum {
	MESSAGE = 1024
};

struct scan_line
read_where(const struct reader *reader, const config_setting_t *setting)
{
	return scan_where(reader->scan, config_setting_source_line(setting));
}

const char *
quoted(const char *text, char out[QUOTED])
{
	struct buf buf;

	buf_init(&buf);
	buf_add_quoted(&buf, text, QUOTED_SHOWN);
	memcpy(out, buf_text(&buf), buf.len + 1);
	buf_done(&buf);

	return out;
}

/*
 * "policies[0].allow[1].networks"; a text in a list is named by its list,
 * as the message shows which one it is.
 */
static void
add_path(const config_setting_t *setting, struct buf *out)
{
	const config_setting_t *parent = config_setting_parent(setting);

	if (parent == NULL)
		return;
	add_path(parent, out);
	if (config_setting_name(setting) != NULL)
		buf_addf(out, "%s%s", out->len > 0 ? "." : "",
		    config_setting_name(setting));
	else if (config_setting_type(setting) != CONFIG_TYPE_STRING)
		buf_addf(out, "[%d]", config_setting_index(setting));
}

static void
say(struct reader *reader, const config_setting_t *at, bool warning,
    const char *message)
{
	struct scan_line where = read_where(reader, at);
	struct buf text;

	buf_init(&text);
	add_path(at, &text);
	if (text.len > 0)
		buf_add_text(&text, ": ");
	buf_add_text(&text, message);
	if (warning)
		diags_warning(reader->diags, where.file, where.line, "%s",
		    buf_text(&text));
	else
		diags_error(reader->diags, where.file, where.line, "%s",
		    buf_text(&text));
	buf_done(&text);
}

void
read_error(
    struct reader *reader, const config_setting_t *at, const char *format, ...)
{
	char message[MESSAGE];
	va_list args;

	if (reader->errors++ == READ_ERRORS)
		diags_error(reader->diags, reader->scan->files[0], 0,
		    "more than %d errors; the rest is not shown", READ_ERRORS);
	if (reader->errors > READ_ERRORS)
		return;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	say(reader, at, false, message);
}

void
read_warning(
    struct reader *reader, const config_setting_t *at, const char *format, ...)
{
	char message[MESSAGE];
	va_list args;

	if (reader->warnings++ >= READ_ERRORS)
		return;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	say(reader, at, true, message);
}

static void
report_unknown(
    struct reader *reader, const config_setting_t *setting, enum place place)
{
	const char *nearest =
	    keyword_nearest(place, config_setting_name(setting));

	if (nearest == NULL)
		read_error(reader, setting, "no such key here; remove it");
	else
		read_error(reader, setting,
		    "no such key here; did you mean \"%s\"?", nearest);
}

bool
read_group(
    struct reader *reader, const config_setting_t *group, enum place place)
{
	unsigned count = (unsigned)config_setting_length(group);
	bool good = true;

	for (unsigned i = 0; i < count; i++) {
		const config_setting_t *setting =
		    config_setting_get_elem(group, i);
		const struct keyword *keyword =
		    keyword_find(place, config_setting_name(setting));

		if (keyword == NULL)
			report_unknown(reader, setting, place);
		if (keyword == NULL || !keyword_take(keyword, reader, setting))
			good = false;
	}

	return good;
}

void
read_nothing(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)reader;
	(void)setting;
	(void)value;
}
