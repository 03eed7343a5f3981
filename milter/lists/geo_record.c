/* SPDX-License-Identifier: ISC */
/*
 * geo_record.c - what does a record of a database say?
 *
 * MaxMind, DB-IP and IPinfo do not name things alike.  Only fixed paths are
 * looked up: lists of all that a record holds are what libmaxminddb has had
 * its faults in.
 */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "lists/geo_parts.h"
#include "policy/geo.h"

/* Where something may stand, the best place first. */
struct place {
	const char *first, *second; /* second NULL: at the top */
};

enum {
	SHORT = 16 /* "AS4294967295" and its terminator fit */
};

/* What stands there: GEO_NONE, where nothing does. */
static enum geo_state
get(MMDB_entry_s *entry, const struct place *place, MMDB_entry_data_s *value)
{
	const char *const path[] = { place->first, place->second, NULL };

	switch (MMDB_aget_value(entry, value, path)) {
	case MMDB_SUCCESS:
		return value->has_data ? GEO_FOUND : GEO_NONE;
	case MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR:
	case MMDB_INVALID_LOOKUP_PATH_ERROR: /* no number into a list */
		return GEO_NONE;
	default: /* the others are of what cannot be read */
		return GEO_UNKNOWN;
	}
}

/* false: it is no text, or longer than any that means something */
static bool
short_text(const MMDB_entry_data_s *value, char out[SHORT])
{
	if (value->type != MMDB_DATA_TYPE_UTF8_STRING ||
	    value->data_size >= SHORT)
		return false;
	memcpy(out, value->utf8_string, value->data_size);
	out[value->data_size] = '\0';

	return true;
}

static bool
take_number(uint64_t number, uint32_t *asn)
{
	if (number == 0 || number > UINT32_MAX)
		return false;
	*asn = (uint32_t)number;

	return true;
}

/* "" and "AS" are what IPinfo writes where there is none. */
static bool
read_asn(const MMDB_entry_data_s *value, struct geo *geo)
{
	char text[SHORT];

	switch (value->type) {
	case MMDB_DATA_TYPE_UINT16:
		return take_number(value->uint16, &geo->asn);
	case MMDB_DATA_TYPE_UINT32:
		return take_number(value->uint32, &geo->asn);
	case MMDB_DATA_TYPE_UINT64:
		return take_number(value->uint64, &geo->asn);
	default: /* of all others only a text says one */
		return short_text(value, text) && asn_parse(text, &geo->asn);
	}
}

static bool
read_country(const MMDB_entry_data_s *value, struct geo *geo)
{
	char text[SHORT];

	return short_text(value, text) && country_parse(text, geo->country);
}

/* Whole characters, as many as there is room for; NUL ends a text. */
static bool
read_name(const MMDB_entry_data_s *value, struct geo *geo)
{
	size_t at = 0, len = 0;
	uint32_t code;

	if (value->type != MMDB_DATA_TYPE_UTF8_STRING)
		return false;
	while (at < value->data_size && value->utf8_string[at] != '\0') {
		len =
		    utf8_decode((const unsigned char *)value->utf8_string + at,
			value->data_size - at, &code);
		len = len == 0 ? 1 : len; /* the record's writer marks it */
		if (at + len >= GEO_NAME)
			break;
		at += len;
	}
	memcpy(geo->organization, value->utf8_string, at);
	geo->organization[at] = '\0';

	return at > 0;
}

/* The first of the places where something is that can be read so. */
static enum geo_state
first_of(MMDB_entry_s *entry, const struct place *places, size_t count,
    bool (*read)(const MMDB_entry_data_s *value, struct geo *geo),
    struct geo *geo)
{
	for (size_t i = 0; i < count; i++) {
		MMDB_entry_data_s value;
		enum geo_state state = get(entry, &places[i], &value);

		if (state == GEO_UNKNOWN ||
		    (state == GEO_FOUND && read(&value, geo)))
			return state;
	}

	return GEO_NONE;
}

static enum geo_state
record_asn(MMDB_entry_s *entry, struct geo *geo)
{
	static const struct place numbers[] = {
		{ "autonomous_system_number", NULL },
		{ "asn", NULL },
	};
	static const struct place names[] = {
		{ "autonomous_system_organization", NULL },
		{ "as_name", NULL },
		{ "name", NULL },
		{ "organization", NULL },
	};
	enum geo_state state =
	    first_of(entry, numbers, NITEMS(numbers), read_asn, geo);

	if (state != GEO_FOUND)
		return state;
	if (first_of(entry, names, NITEMS(names), read_name, geo) ==
	    GEO_UNKNOWN)
		return GEO_UNKNOWN;

	return GEO_FOUND;
}

static enum geo_state
record_country(MMDB_entry_s *entry, struct geo *geo)
{
	static const struct place places[] = {
		{ "country", "iso_code" },
		{ "registered_country", "iso_code" },
		{ "country_code", NULL },
		{ "country", NULL },
	};

	return first_of(entry, places, NITEMS(places), read_country, geo);
}

enum geo_state
geo_record(enum geo_kind kind, MMDB_entry_s *entry, struct geo *geo)
{
	return kind == GEO_ASN ? record_asn(entry, geo)
			       : record_country(entry, geo);
}
