/* SPDX-License-Identifier: ISC */
/* condition.c - is what a condition wants said in a form that can hold? */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/timetext.h"
#include "conf/read.h"
#include "policy/patterns.h"

struct conf_condition *
conf_entry_add(struct reader *reader, const config_setting_t *setting,
    enum condition_key key)
{
	struct conf_entry *entry = reader->entry;
	struct scan_line where = read_where(reader, setting);

	if (entry->conditions == NULL)
		entry->conditions =
		    mem_new(CONDITION_COUNT, sizeof(*entry->conditions));
	entry->conditions[entry->count] = (struct conf_condition){
		.key = key, .file = where.file, .line = where.line
	};

	return &entry->conditions[entry->count++];
}

void
entry_source(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_sources(reader, setting,
	    &conf_entry_add(reader, setting, CONDITION_SOURCE)->values);
}

void
entry_networks(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct words *words =
	    &conf_entry_add(reader, setting, CONDITION_NETWORKS)->values;

	(void)value;
	read_networks(reader, setting, words);
	if (words->count == 0)
		(void)read_check_filled(reader, setting, words);
}

void
entry_except(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_networks(reader, setting,
	    &conf_entry_add(reader, setting, CONDITION_EXCEPT)->values);
}

void
entry_until(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct words *words =
	    &conf_entry_add(reader, setting, CONDITION_UNTIL)->values;
	const char *text = config_setting_get_string(setting);
	char shown[QUOTED];
	int32_t day;

	(void)value;
	read_words(reader, setting, words);
	if (!day_parse(text, &day))
		read_error(reader, setting,
		    "%s is no day; write it as \"2026-12-31\"",
		    quoted(text, shown));
}

void
entry_note(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	reader->entry->note = read_word(reader, setting);
}

/* What no name or address can be compared with would never hold. */
static void
check_patterns(struct reader *reader, const config_setting_t *setting,
    const struct words *words,
    bool (*add)(struct patterns *, const char *, struct err *),
    const char *forms)
{
	struct patterns patterns = { NULL, 0 };
	char shown[QUOTED];
	struct err err;

	for (size_t i = 0; i < words->count; i++)
		if (words->items[i].text[0] != '\0' &&
		    !add(&patterns, words->items[i].text, &err))
			read_error(reader, read_item(setting, i),
			    "%s: %s; write %s",
			    quoted(words->items[i].text, shown), err.text,
			    forms);
	patterns_done(&patterns);
}

void
read_names(
    struct reader *reader, const config_setting_t *setting, struct words *words)
{
	read_words(reader, setting, words);
	if (words->count > 0)
		(void)read_check_filled(reader, setting, words);
	check_patterns(reader, setting, words, patterns_add_name,
	    "\"host.example.com\" or \".example.com\"");
}

struct words *
read_filled_condition(struct reader *reader, const config_setting_t *setting,
    enum condition_key key)
{
	struct words *words = &conf_entry_add(reader, setting, key)->values;

	read_words(reader, setting, words);

	return read_check_filled(reader, setting, words) ? words : NULL;
}

void
read_name_condition(struct reader *reader, const config_setting_t *setting,
    enum condition_key key)
{
	const struct words *words = read_filled_condition(reader, setting, key);

	if (words != NULL)
		check_patterns(reader, setting, words, patterns_add_name,
		    "\"host.example.com\" or \".example.com\"");
}

void
entry_hosts(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_name_condition(reader, setting, CONDITION_HOSTS);
}

void
entry_helo(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_name_condition(reader, setting, CONDITION_HELO);
}

/* Digits are a port; a listener's name is not held against any form. */
static void
check_listener(
    struct reader *reader, const config_setting_t *setting, const char *text)
{
	size_t sign = text[0] == '-' || text[0] == '+' ? 1 : 0;
	char shown[QUOTED];
	uint32_t port;

	if (text[0] != '\0' &&
	    text[sign + strspn(text + sign, "0123456789")] == '\0' &&
	    !str_to_u32(text, 1, UINT16_MAX, &port, NULL))
		read_error(reader, setting,
		    "%s is no port; write one from 1 to %d, or a name",
		    quoted(text, shown), UINT16_MAX);
}

void
entry_daemon(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	const struct words *words =
	    read_filled_condition(reader, setting, CONDITION_DAEMON);

	(void)value;
	if (words == NULL)
		return;
	for (size_t i = 0; i < words->count; i++)
		check_listener(
		    reader, read_item(setting, i), words->items[i].text);
}

void
entry_tls(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct conf_condition *condition =
	    conf_entry_add(reader, setting, CONDITION_TLS);

	condition->values.given = true;
	if (value == 0)
		read_error(reader, setting,
		    "false is no condition: nobody is let in for not "
		    "encrypting; remove it or write true");
}

void
entry_certificate(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	(void)read_filled_condition(reader, setting, CONDITION_CERTIFICATE);
}

void
entry_issuer(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	(void)read_filled_condition(reader, setting, CONDITION_ISSUER);
}

void
entry_sender(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	const struct words *words =
	    read_filled_condition(reader, setting, CONDITION_SENDER);

	(void)value;
	if (words != NULL)
		check_patterns(reader, setting, words, patterns_add_mail,
		    "\"user@example.com\", \"example.com\", "
		    "\".example.com\" or \"<>\"");
}

static bool
add_recipient(struct patterns *patterns, const char *pattern, struct err *err)
{
	if (strcmp(pattern, "<>") == 0)
		return err_set(err, "the null sender is no recipient");

	return patterns_add_mail(patterns, pattern, err);
}

void
entry_recipient(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	const struct words *words =
	    read_filled_condition(reader, setting, CONDITION_RECIPIENT);

	(void)value;
	if (words != NULL)
		check_patterns(reader, setting, words, add_recipient,
		    "\"user@example.com\", \"example.com\" or "
		    "\".example.com\"");
}
