/* SPDX-License-Identifier: ISC */
/* evidence.c - what must a message's header, or a database, say? */
#include "config.h"

#include "conf/read.h"
#include "policy/evidence.h"
#include "policy/geo.h"
#include "policy/guid.h"

/* A condition of values that are held against a form, each by its own. */
static void
check_values(struct reader *reader, const config_setting_t *setting,
    enum condition_key key, bool (*fits)(const char *text), const char *cure)
{
	const struct words *words = read_filled_condition(reader, setting, key);
	char shown[QUOTED];

	for (size_t i = 0; words != NULL && i < words->count; i++) {
		const char *text = words->items[i].text;

		if (text[0] != '\0' && !fits(text))
			read_error(reader, read_item(setting, i), "%s %s",
			    quoted(text, shown), cure);
	}
}

static bool
is_tenant(const char *text)
{
	struct guid guid;

	return guid_parse(text, &guid);
}

void
entry_tenant(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	check_values(reader, setting, CONDITION_TENANT, is_tenant,
	    "is no tenant; write its ID as in "
	    "\"c33c9f88-1eb7-4099-9700-16013fd9e8aa\" (Entra admin center, "
	    "Overview)");
}

static bool
is_entity(const char *text)
{
	return entity_of_text(text) != ENTITY_OTHER;
}

void
entry_entity(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	check_values(reader, setting, CONDITION_ENTITY, is_entity,
	    "is none of its values; write \"Hosted\", \"HybridOnPrem\" or "
	    "\"Internet\"");
}

void
entry_connecting(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	struct words *words =
	    &conf_entry_add(reader, setting, CONDITION_CONNECTING)->values;

	(void)value;
	read_networks(reader, setting, words);
	if (words->count == 0)
		(void)read_check_filled(reader, setting, words);
}

void
entry_originator(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	read_name_condition(reader, setting, CONDITION_ORIGINATOR);
}

/* Of the condition that the key is named after, wherever that stands. */
static void
pass_absent(struct reader *reader, const config_setting_t *setting,
    enum condition_key key)
{
	reader->entry->absent[key] = read_word(reader, setting);
}

void
entry_tenant_absent(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	pass_absent(reader, setting, CONDITION_TENANT);
}

void
entry_entity_absent(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	pass_absent(reader, setting, CONDITION_ENTITY);
}

void
entry_connecting_absent(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	pass_absent(reader, setting, CONDITION_CONNECTING);
}

void
entry_originator_absent(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	pass_absent(reader, setting, CONDITION_ORIGINATOR);
}

static bool
is_asn(const char *text)
{
	uint32_t asn;

	return asn_parse(text, &asn);
}

void
entry_asn(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	check_values(reader, setting, CONDITION_ASN, is_asn,
	    "is no autonomous system; write 64500 or \"AS64500\"");
}

static bool
is_country(const char *text)
{
	char country[3];

	return country_parse(text, country);
}

void
entry_country(
    struct reader *reader, const config_setting_t *setting, unsigned value)
{
	(void)value;
	check_values(reader, setting, CONDITION_COUNTRY, is_country,
	    "is no country; write its two letters (ISO 3166-1), as in \"DE\"");
}
