/* SPDX-License-Identifier: ISC */
/* test_geo.c - which network and which country does an address belong to? */
#include "config.h"

#include "lists/geo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "mmdb_help.h"

#define MAXMIND "tests/data/mmdb/"
#define IPINFO "tests/data/mmdb/ipinfo/"
#define CRAFTED "test_geo.mmdb"

enum {
	TEXT = 512
};

static struct geo_base *
open_base(enum geo_kind kind, const char *path)
{
	bool damaged = true;
	struct err err = { "" };
	struct geo_base *base = geo_base_new(kind, path, &damaged, &err);

	if (base == NULL || damaged)
		fail_msg("%s: %s", path, err.text);

	return base;
}

static struct geo_base *
open_data(enum geo_kind kind, const char *name)
{
	const char *srcdir = getenv("srcdir");
	char path[TEXT];

	(void)snprintf(
	    path, sizeof(path), "%s/%s", srcdir == NULL ? "." : srcdir, name);

	return open_base(kind, path);
}

static struct addr
addr_of(const char *text)
{
	struct addr addr = { FAMILY_NONE, 0, 0 };

	if (*text != '\0')
		assert_true(addr_parse(text, &addr));

	return addr;
}

static const char *
state_text(enum geo_state state)
{
	return state == GEO_FOUND ? "" : state == GEO_NONE ? "-" : "?";
}

/* "NUMBER TAB ORGANIZATION TAB COUNTRY", - for none, ? for unknown. */
static void
find(struct geo_base *asn, struct geo_base *country, const char *address,
    char out[TEXT])
{
	struct addr addr = addr_of(address);
	struct geo geo;
	char number[16] = "";

	/* What is found must not depend on what stood there. */
	memset(&geo, 'x', sizeof(geo));
	geo_find(asn, country, &addr, &geo);
	if (geo.asn_state == GEO_FOUND)
		(void)snprintf(number, sizeof(number), "%u", geo.asn);
	(void)snprintf(out, TEXT, "%s%s\t%s\t%s%s", state_text(geo.asn_state),
	    number, geo.organization, state_text(geo.country_state),
	    geo.country);
}

/* A vendor's own list of what it put in, with all its columns. */
static void
check_answers(
    struct geo_base *asn, struct geo_base *country, const char *answers)
{
	const char *srcdir = getenv("srcdir");
	char path[TEXT], line[TEXT], got[TEXT];
	size_t lines = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s",
	    srcdir == NULL ? "." : srcdir, answers);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		char *want = line + strcspn(line, "\t");

		if (line[0] == '#')
			continue;
		*want++ = '\0';
		want[strcspn(want, "\n")] = '\0';
		find(asn, country, line, got);
		if (strcmp(got, want) != 0)
			fail_msg("%s: got %s, want %s", line, got, want);
		lines++;
	}
	(void)fclose(file);
	assert_true(lines > 100);
}

static void
test_answers(void **state)
{
	struct geo_base *asn =
	    open_data(GEO_ASN, MAXMIND "GeoLite2-ASN-Test.mmdb");
	struct geo_base *country =
	    open_data(GEO_COUNTRY, MAXMIND "GeoLite2-Country-Test.mmdb");
	struct geo_base *lite[] = {
		open_data(GEO_ASN, IPINFO "ipinfo_lite_sample.mmdb"),
		open_data(GEO_COUNTRY, IPINFO "ipinfo_lite_sample.mmdb"),
	};

	(void)state;
	check_answers(asn, NULL, MAXMIND "GeoLite2-ASN-Test.answers");
	check_answers(NULL, country, MAXMIND "GeoLite2-Country-Test.answers");
	check_answers(lite[0], lite[1], IPINFO "ipinfo_lite_sample.answers");
	geo_base_free(asn);
	geo_base_free(country);
	geo_base_free(lite[0]);
	geo_base_free(lite[1]);
}

/* From IPinfo's descriptions of these two, and registries for the address. */
static void
test_ipinfo(void **state)
{
	struct geo_base *asn = open_data(GEO_ASN, IPINFO "ip_asn_sample.mmdb");
	struct geo_base *country =
	    open_data(GEO_COUNTRY, IPINFO "ip_country_sample.mmdb");
	char got[TEXT];

	(void)state;
	find(asn, country, "1.0.0.1", got);
	assert_string_equal(got, "13335\tCloudflare, Inc.\tAU");
	/* one that stands in neither */
	find(asn, country, "192.0.2.1", got);
	assert_string_equal(got, "-\t\t-");
	geo_base_free(asn);
	geo_base_free(country);
}

static void
test_nothing_to_ask(void **state)
{
	struct geo_base *asn =
	    open_data(GEO_ASN, MAXMIND "GeoLite2-ASN-Test.mmdb");
	char got[TEXT];

	(void)state;
	find(NULL, NULL, "1.0.0.1", got);
	assert_string_equal(got, "-\t\t-");
	find(asn, NULL, "", got); /* no address */
	assert_string_equal(got, "-\t\t-");
	geo_base_free(asn);
	geo_base_free(NULL);
}

/* A member of a record: a text, or a number. */
struct member {
	const char *key, *text;
	enum mmdb_type type;
	uint64_t number;
};

#define LONG100                                          \
	"0123456789012345678901234567890123456789012345" \
	"678901234567890123456789012345678901234567890123456789"
#define LONG125 LONG100 "0123456789012345678901234"

/* One record for half of all addresses; the other half has another one. */
static const struct {
	const char *name;
	struct member members[4];
	const char *want;
} cases[] = {
	{ "no member", { { 0 } }, "-\t\t-" },
	{ "strange ones", { { "x", "y", 0, 0 }, { "y", NULL, MMDB_UINT16, 7 } },
	    "-\t\t-" },
	{ "a number", { { "asn", NULL, MMDB_UINT32, 64500 } }, "64500\t\t-" },
	{ "a short number", { { "asn", NULL, MMDB_UINT16, 64500 } },
	    "64500\t\t-" },
	{ "a long number", { { "asn", NULL, MMDB_UINT64, 4294967295 } },
	    "4294967295\t\t-" },
	{ "too long a number", { { "asn", NULL, MMDB_UINT64, 4294967296 } },
	    "-\t\t-" },
	{ "none", { { "asn", NULL, MMDB_UINT32, 0 } }, "-\t\t-" },
	{ "one with a sign", { { "asn", NULL, MMDB_INT32, 64500 } }, "-\t\t-" },
	{ "a text", { { "asn", "64500", 0, 0 } }, "64500\t\t-" },
	{ "with AS", { { "asn", "AS4294967295", 0, 0 } }, "4294967295\t\t-" },
	{ "too large", { { "asn", "AS4294967296", 0, 0 } }, "-\t\t-" },
	{ "AS alone", { { "asn", "AS", 0, 0 }, { "as_name", "X", 0, 0 } },
	    "-\t\t-" },
	{ "an empty text", { { "asn", "", 0, 0 } }, "-\t\t-" },
	{ "a long text", { { "asn", LONG125, 0, 0 } }, "-\t\t-" },
	{ "the better name of the number",
	    { { "asn", "AS1", 0, 0 },
		{ "autonomous_system_number", NULL, MMDB_UINT32, 2 } },
	    "2\t\t-" },
	{ "names in their order",
	    { { "asn", "AS1", 0, 0 }, { "organization", "C", 0, 0 },
		{ "name", "B", 0, 0 }, { "as_name", "A", 0, 0 } },
	    "1\tA\t-" },
	{ "an empty name",
	    { { "asn", "AS1", 0, 0 }, { "as_name", "", 0, 0 },
		{ "name", "B", 0, 0 } },
	    "1\tB\t-" },
	{ "MaxMind's name",
	    { { "asn", "AS1", 0, 0 }, { "as_name", "B", 0, 0 },
		{ "autonomous_system_organization", "A", 0, 0 } },
	    "1\tA\t-" },
	{ "as long as there is room for",
	    { { "asn", "AS1", 0, 0 }, { "name", LONG125 "\xc3\xa9", 0, 0 } },
	    "1\t" LONG125 "\xc3\xa9\t-" },
	{ "cut at a character",
	    { { "asn", "AS1", 0, 0 },
		{ "name", LONG125 "x\xc3\xa9tail", 0, 0 } },
	    "1\t" LONG125 "x\t-" },
	{ "a country", { { "country", "de", 0, 0 } }, "-\t\tDE" },
	{ "its code first",
	    { { "country", "AT", 0, 0 }, { "country_code", "DE", 0, 0 } },
	    "-\t\tDE" },
	{ "its full name",
	    { { "country", "Germany", 0, 0 }, { "country_code", "", 0, 0 } },
	    "-\t\t-" },
	{ "no letters", { { "country_code", "E1", 0, 0 } }, "-\t\t-" },
	{ "a number of a country",
	    { { "country_code", NULL, MMDB_UINT16, 49 } }, "-\t\t-" },
};

static uint32_t
count_members(const struct member *members)
{
	uint32_t count = 0;

	while (count < 4 && members[count].key != NULL)
		count++;

	return count;
}

static void
write_record(const struct member *members)
{
	uint32_t count = count_members(members);
	struct mmdb_node root;
	struct buf data;

	buf_init(&data);
	mmdb_map(&data, count);
	for (uint32_t i = 0; i < count; i++) {
		mmdb_text(&data, members[i].key);
		if (members[i].text != NULL)
			mmdb_text(&data, members[i].text);
		else
			mmdb_number(&data, members[i].type, members[i].number);
	}
	root.left = mmdb_data(1, 0);
	root.right = mmdb_data(1, data.len);
	mmdb_map(&data, 2);
	mmdb_text(&data, "asn");
	mmdb_text(&data, "AS64511");
	mmdb_text(&data, "country");
	mmdb_text(&data, "XX");
	mmdb_write(CRAFTED, 6, &root, 1, &data, NULL);
	buf_done(&data);
}

static void
test_records(void **state)
{
	char got[TEXT];

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct geo_base *asn, *country;

		write_record(cases[i].members);
		asn = open_base(GEO_ASN, CRAFTED);
		country = open_base(GEO_COUNTRY, CRAFTED);
		find(asn, country, "2001:db8::1", got);
		geo_base_free(asn);
		geo_base_free(country);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got %s, want %s", cases[i].name, got,
			    cases[i].want);
	}
}

/* A database of IPv4 alone has nothing to say of IPv6. */
static void
test_ipv4_only(void **state)
{
	const struct mmdb_node root = { mmdb_data(1, 0), mmdb_none(1) };
	struct geo_base *base;
	struct buf data;
	char got[TEXT];

	(void)state;
	buf_init(&data);
	mmdb_map(&data, 1);
	mmdb_text(&data, "country");
	mmdb_text(&data, "DE");
	mmdb_write(CRAFTED, 4, &root, 1, &data, NULL);
	buf_done(&data);
	base = open_base(GEO_COUNTRY, CRAFTED);
	find(NULL, base, "127.255.255.255", got);
	assert_string_equal(got, "-\t\tDE");
	find(NULL, base, "128.0.0.0", got);
	assert_string_equal(got, "-\t\t-");
	find(NULL, base, "2001:db8::1", got);
	assert_string_equal(got, "-\t\t-");
	geo_base_free(base);
}

static int
leave(void **state)
{
	(void)state;
	(void)remove(CRAFTED); /* a failed test may not have made it */

	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_ipinfo),
		cmocka_unit_test(test_nothing_to_ask),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_ipv4_only),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, leave);
}
