/* SPDX-License-Identifier: ISC */
/* entry.c - on which conditions does an allow entry let in? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/read.h"

void
conf_entry_done(struct conf_entry *entry)
{
	for (size_t i = 0; i < entry->count; i++)
		words_done(&entry->conditions[i].values);
	free(entry->conditions);
	for (size_t i = 0; i < CONDITION_COUNT; i++)
		word_done(&entry->absent[i]);
	word_done(&entry->note);
}

static int
compare_keys(const void *a, const void *b)
{
	const struct conf_condition *x = a;
	const struct conf_condition *y = b;

	return (int)x->key - (int)y->key;
}

/* *last: one of them; untouched where there is none. */
static size_t
count_anchors(const struct conf_entry *entry, enum condition_key *last)
{
	size_t count = 0;

	for (size_t i = 0; i < entry->count; i++) {
		if (!condition_is_anchor(entry->conditions[i].key))
			continue;
		*last = entry->conditions[i].key;
		count++;
	}

	return count;
}

static void
check_anchors(struct reader *reader, const config_setting_t *setting)
{
	enum condition_key last = CONDITION_COUNT;
	size_t count = count_anchors(reader->entry, &last);

	if (count == 0)
		read_error(reader, setting,
		    "has no anchor; add source, networks, hosts, asn or "
		    "certificate");
	else if (count == 1 && last == CONDITION_ASN)
		read_warning(reader, setting,
		    "asn is its only anchor: whoever rents a machine in that "
		    "network is let in; add source, networks or hosts; taken "
		    "as it is");
	else if (count == 1 && last == CONDITION_CERTIFICATE)
		read_warning(reader, setting,
		    "certificate is its only anchor: whoever gets one with "
		    "that name from any CA that the MTA trusts is let in from "
		    "anywhere; add source, networks or hosts; taken as it is");
}

static struct conf_condition *
find_condition(struct conf_entry *entry, enum condition_key key)
{
	for (size_t i = 0; i < entry->count; i++)
		if (entry->conditions[i].key == key)
			return &entry->conditions[i];

	return NULL;
}

/* What may be absent must be asked for. */
static void
join_absent(struct reader *reader, const config_setting_t *setting)
{
	struct conf_entry *entry = reader->entry;

	for (unsigned i = 0; i < CONDITION_COUNT; i++) {
		enum condition_key key = (enum condition_key)i;
		struct conf_condition *condition = find_condition(entry, key);

		if (entry->absent[i].text == NULL)
			continue;
		if (condition != NULL)
			condition->absent_passes = true;
		else
			read_error(reader, setting,
			    "has %s_absent and no %s; add that or remove it",
			    condition_text(key), condition_text(key));
	}
}

static void
read_conditions(struct reader *reader, const config_setting_t *setting)
{
	struct conf_entry *entry = reader->entry;
	bool good = read_group(reader, setting, PLACE_ENTRY);

	if (entry->count > 0)
		qsort(entry->conditions, entry->count,
		    sizeof(*entry->conditions), compare_keys);
	if (!good)
		return;
	check_anchors(reader, setting);
	join_absent(reader, setting);
}

static void
read_entry(struct reader *reader, const config_setting_t *setting,
    struct conf_entry *entry)
{
	struct scan_line where = read_where(reader, setting);
	struct words *words;

	reader->entry = entry;
	entry->file = where.file;
	entry->line = where.line;
	if (config_setting_is_group(setting)) {
		read_conditions(reader, setting);
		return;
	}
	entry->plain = true;
	words = &conf_entry_add(reader, setting, CONDITION_SOURCE)->values;
	words_add(words, read_word(reader, setting));
	words->given = true;
	(void)read_check_source_name(reader, setting, words->items[0].text);
}

/* A plain name that stands before already: the same, twice. */
static void
check_again(struct reader *reader, const config_setting_t *setting)
{
	const struct conf_policy *policy = reader->policy;
	const struct conf_entry *last = &policy->entries[policy->count - 1];
	const char *name = config_setting_get_string(setting);
	char shown[QUOTED];

	for (size_t i = 0; i + 1 < policy->count; i++) {
		const struct conf_entry *entry = &policy->entries[i];

		if (entry->plain && last->plain &&
		    strcmp(entry->conditions[0].values.items[0].text, name) ==
			0) {
			read_warning(reader, setting,
			    "%s stands there twice; once is enough",
			    quoted(name, shown));
			return;
		}
	}
}

void
policy_allow(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct conf_policy *policy = reader->policy;
	size_t count = config_setting_type(setting) == CONFIG_TYPE_STRING
	    ? 1
	    : (size_t)config_setting_length(setting);

	(void)value;
	reader->allow_given = true;
	if (count == 0)
		read_error(reader, setting,
		    "is empty; name who may deliver to the policy's domains");
	policy->entries = mem_new(count, sizeof(*policy->entries));
	for (size_t i = 0; i < count; i++) {
		const config_setting_t *item = read_item(setting, i);

		if (!config_setting_is_group(item) &&
		    config_setting_type(item) != CONFIG_TYPE_STRING)
			continue;
		read_entry(reader, item, &policy->entries[policy->count++]);
		if (!config_setting_is_group(item))
			check_again(reader, item);
	}
}
