/* SPDX-License-Identifier: ISC */
/* take.c - is this value of the type and among the values that its key has? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "conf/choice.h"
#include "conf/keyword.h"

static const char *const kinds[] = {
	[KIND_CHOICE] = "a text in quotes",
	[KIND_TEXT] = "a text in quotes",
	[KIND_TEXTS] = "a text in quotes or a list of them",
	[KIND_MIXED] = "a text in quotes, a whole number or a list of them",
	[KIND_NUMBER] = "a whole number",
	[KIND_BOOL] = "true or false",
	[KIND_GROUP] = "a group { }",
	[KIND_GROUPS] = "a list of groups ( { }, { } )",
	[KIND_ENTRIES] = "a list of names of sources and groups ( \"\", { } )",
	[KIND_LATER] = NULL,
};

static const char *
type_text(const config_setting_t *setting)
{
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_STRING:
		return "a text";
	case CONFIG_TYPE_INT:
		return "a number";
	case CONFIG_TYPE_FLOAT:
		return "a number with a fraction";
	case CONFIG_TYPE_BOOL:
		return "true or false";
	case CONFIG_TYPE_GROUP:
		return "a group";
	case CONFIG_TYPE_ARRAY:
	case CONFIG_TYPE_LIST:
		return "a list";
	default:
		return "something else";
	}
}

static bool
is_text(const config_setting_t *setting)
{
	return config_setting_type(setting) == CONFIG_TYPE_STRING;
}

static bool
is_number(const config_setting_t *setting)
{
	return config_setting_type(setting) == CONFIG_TYPE_INT;
}

static bool
is_list(const config_setting_t *setting)
{
	return config_setting_is_list(setting) ||
	    config_setting_is_array(setting);
}

static bool
is_of_kind(const config_setting_t *setting, enum kind kind)
{
	switch (kind) {
	case KIND_CHOICE:
	case KIND_TEXT:
		return is_text(setting);
	case KIND_TEXTS:
	case KIND_ENTRIES:
		return is_text(setting) || is_list(setting);
	case KIND_MIXED:
		return is_text(setting) || is_number(setting) ||
		    is_list(setting);
	case KIND_NUMBER:
		return is_number(setting);
	case KIND_BOOL:
		return config_setting_type(setting) == CONFIG_TYPE_BOOL;
	case KIND_GROUP:
		return config_setting_is_group(setting);
	case KIND_GROUPS:
		return is_list(setting);
	case KIND_LATER:
		break;
	}

	return false;
}

static bool
is_item(const config_setting_t *item, enum kind kind)
{
	if (kind == KIND_ENTRIES)
		return is_text(item) || config_setting_is_group(item);
	if (kind == KIND_MIXED)
		return is_text(item) || is_number(item);

	return kind == KIND_GROUPS ? config_setting_is_group(item)
				   : is_text(item);
}

/* Escapes may have put in what no name, address or message has. */
static bool
check_text(struct reader *reader, const config_setting_t *setting)
{
	const char *text = config_setting_get_string(setting);
	const unsigned char *at = (const unsigned char *)text;
	char shown[QUOTED];

	while (*at != '\0') {
		uint32_t code = 0;
		size_t len = utf8_decode(at, strlen((const char *)at), &code);

		if (len == 0 || code < 0x20 || code == 0x7f) {
			read_error(reader, setting,
			    "%s has a control character or is not UTF-8; "
			    "write plain text",
			    quoted(text, shown));
			return false;
		}
		at += len;
	}

	return true;
}

static void
report_item(struct reader *reader, const config_setting_t *item, enum kind kind)
{
	const char *expected = kind == KIND_GROUPS ? "a group { }"
	    : kind == KIND_ENTRIES                 ? "a text or a group"
	    : kind == KIND_MIXED ? "a text in quotes or a whole number"
				 : "a text in quotes";
	char shown[QUOTED];

	if (is_text(item))
		read_error(reader, item, "expected %s, not %s", expected,
		    quoted(config_setting_get_string(item), shown));
	else
		read_error(reader, item, "expected %s, not %s", expected,
		    type_text(item));
}

static bool
check_items(
    struct reader *reader, const config_setting_t *setting, enum kind kind)
{
	unsigned count = (unsigned)config_setting_length(setting);
	bool good = true;

	for (unsigned i = 0; i < count; i++) {
		const config_setting_t *item =
		    config_setting_get_elem(setting, i);

		if (!is_item(item, kind)) {
			report_item(reader, item, kind);
			good = false;
		} else if (is_text(item) && !check_text(reader, item)) {
			good = false;
		}
	}

	return good;
}

static void
report_choice(const struct keyword *keyword, struct reader *reader,
    const config_setting_t *setting)
{
	const char *text = config_setting_get_string(setting);
	char shown[QUOTED];
	struct buf cure;

	buf_init(&cure);
	if (choice_nearest(keyword->values, text, &cure)) {
		read_error(reader, setting,
		    "%s is none of its values; did you mean %s?",
		    quoted(text, shown), buf_text(&cure));
	} else {
		choice_list(keyword->values, &cure);
		read_error(reader, setting,
		    "%s is none of its values; write %s", quoted(text, shown),
		    buf_text(&cure));
	}
	buf_done(&cure);
}

static bool
check_number(const struct keyword *keyword, struct reader *reader,
    const config_setting_t *setting, unsigned *value)
{
	char *rest;
	long least = strtol(keyword->values, &rest, 10);
	long greatest = strtol(rest + 1, NULL, 10);
	long number = config_setting_get_int(setting);

	if (number >= least && number <= greatest) {
		*value = (unsigned)number;
		return true;
	}
	read_error(reader, setting, "%ld is out of range; write %ld to %ld",
	    number, least, greatest);

	return false;
}

static bool
check_value(const struct keyword *keyword, struct reader *reader,
    const config_setting_t *setting, unsigned *value)
{
	switch (keyword->kind) {
	case KIND_CHOICE:
		if (choice_find(keyword->values,
			config_setting_get_string(setting), value))
			return true;
		report_choice(keyword, reader, setting);
		return false;
	case KIND_NUMBER:
		return check_number(keyword, reader, setting, value);
	case KIND_BOOL:
		*value = config_setting_get_bool(setting) != 0;
		return true;
	case KIND_TEXT:
	case KIND_TEXTS:
	case KIND_ENTRIES:
	case KIND_GROUPS:
		return is_list(setting)
		    ? check_items(reader, setting, keyword->kind)
		    : check_text(reader, setting);
	case KIND_MIXED:
		return is_list(setting)
		    ? check_items(reader, setting, keyword->kind)
		    : is_number(setting) || check_text(reader, setting);
	case KIND_GROUP:
	case KIND_LATER:
		break;
	}

	return true;
}

bool
keyword_take(const struct keyword *keyword, struct reader *reader,
    const config_setting_t *setting)
{
	unsigned value = 0;
	bool good;

	if (keyword->kind == KIND_LATER) {
		read_error(reader, setting, "not in this version; remove it");
		return false;
	}
	if (!is_of_kind(setting, keyword->kind)) {
		read_error(reader, setting, "expected %s, not %s",
		    kinds[keyword->kind], type_text(setting));
		return false;
	}

	good = check_value(keyword, reader, setting, &value);
	if (good ||
	    (is_list(setting) && keyword->kind != KIND_TEXTS &&
		keyword->kind != KIND_MIXED))
		keyword->handler(reader, setting, value);

	return good;
}
