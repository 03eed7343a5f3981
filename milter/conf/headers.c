/* SPDX-License-Identifier: ISC */
/* headers.c - which headers must stand there, with which values? */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "conf/read.h"
#include "policy/evidence.h"

enum {
	HEADER_NAME = 998
};

/* RFC 5322 3.6.8: printable ASCII but the colon; a line has 998 at most. */
static bool
is_header_name(const char *text)
{
	const char *at = text;

	while (*at > ' ' && *at < 0x7f && *at != ':')
		at++;

	return at != text && *at == '\0' && at - text < HEADER_NAME;
}

/* As it would be found: without blanks at its ends. */
static bool
is_header_value(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= EVIDENCE_VALUE &&
	    strchr(" \t", text[0]) == NULL &&
	    strchr(" \t", text[len - 1]) == NULL;
}

static struct words *
header_pairs(struct reader *reader)
{
	struct conf_entry *entry = reader->entry;

	return &entry->conditions[entry->count - 1].values;
}

/* Names and values stand side by side; one that is not said is "". */
static void
check_pair(struct reader *reader, const config_setting_t *item,
    const struct words *pairs, size_t at)
{
	const char *name = pairs->items[at].text;
	const char *value = pairs->items[at + 1].text;
	char shown[QUOTED];

	if (!is_header_name(name))
		read_error(reader, item,
		    "name: %s is no header's name; write one as \"X-...\", "
		    "without the colon",
		    quoted(name, shown));
	if (!is_header_value(value))
		read_error(reader, item,
		    "value: %s cannot be a header's value; write 1 to %d bytes "
		    "with no blank at either end",
		    quoted(value, shown), EVIDENCE_VALUE);
	for (size_t i = 0; i < at && is_header_name(name); i += 2)
		if (str_equal_nocase(pairs->items[i].text, name))
			read_error(reader, item,
			    "%s stands there twice; a header that must be "
			    "there once can have one value; remove one",
			    name);
}

void
entry_headers(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct words *pairs =
	    &conf_entry_add(reader, setting, CONDITION_HEADERS)->values;
	size_t count = (size_t)config_setting_length(setting);

	(void)value;
	pairs->given = true;
	if (count == 0)
		read_error(reader, setting, "is empty; add { name; value; }");
	for (size_t i = 0; i < count; i++) {
		const config_setting_t *item = read_item(setting, i);
		struct scan_line where = read_where(reader, item);

		if (!config_setting_is_group(item))
			continue;
		words_add(pairs,
		    (struct word){ mem_text(""), where.file, where.line });
		words_add(pairs,
		    (struct word){ mem_text(""), where.file, where.line });
		if (read_group(reader, item, PLACE_HEADER))
			check_pair(reader, item, pairs, pairs->count - 2);
	}
}

void
header_name(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct words *pairs = header_pairs(reader);

	(void)value;
	read_text(setting, &pairs->items[pairs->count - 2].text);
}

void
header_value(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct words *pairs = header_pairs(reader);

	(void)value;
	read_text(setting, &pairs->items[pairs->count - 1].text);
}
