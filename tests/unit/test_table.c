/* SPDX-License-Identifier: ISC */
/* test_table.c - in which sets is an address? */
#include "config.h"

#include "net/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

enum {
	LARGE = 16777215 /* the largest set */
};

#define ALL_ONES "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

/* Words "SET=RANGE" that are added and "SET!RANGE" that are excepted. */
static void
fill(struct table_builder *builder, const char *words)
{
	char *copy = mem_text(words);
	char *rest = copy;

	while (*rest != '\0') {
		size_t len = strcspn(rest, " ");
		bool is_last = rest[len] == '\0';
		struct range range;
		char *end;
		uint32_t set = (uint32_t)strtoul(rest, &end, 10);

		rest[len] = '\0';
		if (!range_parse(end + 1, &range, NULL))
			fail_msg("%s: no range", end + 1);
		if (*end == '=')
			table_add(builder, set, &range);
		else
			table_except(builder, set, &range);
		rest += len + !is_last;
	}
	free(copy);
}

static struct table *
table_of(const char *words)
{
	struct table_builder *builder = table_builder_new();
	struct table *table;

	fill(builder, words);
	table = table_new(builder);
	table_builder_free(builder);

	return table;
}

/* The sets as words, "1 2 "; into out. */
static const char *
sets_at(const struct table *table, const char *text, char out[1000])
{
	const struct setlist *list;
	struct addr addr;

	assert_true(addr_parse(text, &addr));
	list = table_find(table, &addr);
	out[0] = '\0';
	for (uint32_t i = 0; i <= LARGE; i = i == 20 ? LARGE : i + 1)
		if (setlist_has(list, i))
			(void)snprintf(out + strlen(out), 1000 - strlen(out),
			    "%s%lu", *out == '\0' ? "" : " ", (unsigned long)i);

	return out;
}

static const struct {
	const char *name, *words, *addr, *want;
} finds[] = {
	{ "nothing there", "", "192.0.2.1", "" },
	{ "nothing there, IPv6", "", "2001:db8::1", "" },
	{ "first", "1=10.0.0.128/25", "10.0.0.128", "1" },
	{ "last", "1=10.0.0.128/25", "10.0.0.255", "1" },
	{ "one before", "1=10.0.0.128/25", "10.0.0.127", "" },
	{ "one behind", "1=10.0.0.128/25", "10.0.1.0", "" },
	{ "mapped", "1=10.0.0.128/25", "::ffff:10.0.0.128", "1" },
	{ "families apart", "1=0.0.0.0/0", "2001:db8::1", "" },
	{ "families apart, other way", "1=::/0", "192.0.2.1", "" },
	{ "same number in both", "1=::5/128 1=0.0.0.5", "::5", "1" },
	{ "same number in both, IPv4", "1=::5/128 2=0.0.0.5", "0.0.0.5", "2" },
	{ "whole space", "1=0.0.0.0/0", "0.0.0.0", "1" },
	{ "whole space, end", "1=0.0.0.0/0", "255.255.255.255", "1" },
	{ "whole IPv6", "1=::/0", "::", "1" },
	{ "whole IPv6, end", "1=::/0", ALL_ONES, "1" },
	{ "the very first", "1=0.0.0.0", "0.0.0.0", "1" },
	{ "behind the very first", "1=0.0.0.0", "0.0.0.1", "" },
	{ "the very last", "1=255.255.255.255", "255.255.255.255", "1" },
	{ "before the very last", "1=255.255.255.255", "255.255.255.254", "" },
	{ "the last of IPv6", "1=" ALL_ONES, ALL_ONES, "1" },
	{ "open end is not in IPv6", "1=0.0.0.0/0 2=::/0", "::", "2" },

	{ "nested, inner", "1=10.0.0.0/8 2=10.1.0.0/16", "10.1.2.3", "1 2" },
	{ "nested, outer", "1=10.0.0.0/8 2=10.1.0.0/16", "10.2.0.0", "1" },
	{ "nested in itself", "1=10.0.0.0/8 1=10.1.0.0/16", "10.2.0.0", "1" },
	{ "overlapping", "3=10.0.0.1-10.0.0.5 2=10.0.0.4-10.0.0.9", "10.0.0.4",
	    "2 3" },
	{ "overlapping, behind", "3=10.0.0.1-10.0.0.5 2=10.0.0.4-10.0.0.9",
	    "10.0.0.6", "2" },
	{ "twice the same", "1=10.0.0.0/8 1=10.0.0.0/8", "11.0.0.0", "" },
	{ "adjacent", "1=10.0.0.0/9 1=10.128.0.0/9", "10.128.0.0", "1" },
	{ "numbers in order", "9=10.0.0.0/8 0=10.0.0.0/8 5=10.0.0.0/8",
	    "10.0.0.0", "0 5 9" },
	{ "large number", "16777215=10.0.0.0/8", "10.0.0.0", "16777215" },

	{ "hole", "1=10.0.0.0/8 1!10.1.0.0/16", "10.1.0.0", "" },
	{ "before the hole", "1=10.0.0.0/8 1!10.1.0.0/16", "10.0.255.255",
	    "1" },
	{ "behind the hole", "1=10.0.0.0/8 1!10.1.0.0/16", "10.2.0.0", "1" },
	{ "hole first", "1!10.1.0.0/16 1=10.0.0.0/8", "10.1.0.0", "" },
	{ "add in the hole", "1=10.0.0.0/8 1!10.1.0.0/16 1=10.1.2.0/24",
	    "10.1.2.3", "" },
	{ "hole of another", "1=10.0.0.0/8 2!10.1.0.0/16", "10.1.0.0", "1" },
	{ "hole without a network", "1!10.1.0.0/16", "10.1.0.0", "" },
	{ "behind that hole", "1!10.1.0.0/16", "10.2.0.0", "" },
	{ "hole in a hole", "1=10.0.0.0/8 1!10.1.0.0/16 1!10.1.1.0/24",
	    "10.1.2.0", "" },
	{ "hole over all", "1=10.0.0.0/8 1!0.0.0.0/0", "10.0.0.0", "" },
	{ "hole to the end", "1=0.0.0.0/0 1!255.0.0.0/8", "255.255.255.255",
	    "" },
	{ "over the border of 64 bits",
	    "1=2001:db8::ffff:ffff:ffff:ffff-2001:db8:0:1::", "2001:db8:0:1::",
	    "1" },
	{ "behind the border of 64 bits",
	    "1=2001:db8::ffff:ffff:ffff:ffff-2001:db8:0:1::", "2001:db8:0:1::1",
	    "" },
};

static void
test_find(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(finds); i++) {
		struct table *table = table_of(finds[i].words);
		char got[1000];

		if (strcmp(sets_at(table, finds[i].addr, got), finds[i].want) !=
		    0) {
			print_error("%s: got \"%s\", want \"%s\"\n",
			    finds[i].name, got, finds[i].want);
			failed++;
		}
		table_free(table);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *name, *words;
	double addresses;
	size_t networks;
} measures[] = {
	{ "nothing", "", 0, 0 },
	{ "another set", "2=10.0.0.0/8", 0, 0 },
	{ "one", "1=10.0.0.0/8", 16777216, 1 },
	{ "twice", "1=10.0.0.0/8 1=10.1.0.0/16", 16777216, 1 },
	{ "halves", "1=10.0.0.0/9 1=10.128.0.0/9", 16777216, 1 },
	{ "halves of different networks", "1=10.128.0.0/9 1=11.0.0.0/9",
	    16777216, 2 },
	{ "range", "1=192.0.2.7-192.0.2.12", 6, 3 },
	{ "hole", "1=10.0.0.0/8 1!10.128.0.0/9", 8388608, 1 },
	{ "hole in the middle", "1=10.0.0.0/30 1!10.0.0.1", 3, 2 },
	{ "cut by another set", "1=10.0.0.0/24 2=10.0.0.64-10.0.0.99", 256, 1 },
	{ "both families", "1=10.0.0.0/24 1=2001:db8::/120", 512, 2 },
	{ "end of one, begin of the other", "1=255.255.255.255 1=::-::0", 2,
	    2 },
	{ "all", "1=0.0.0.0/0", 4294967296.0, 1 },
	{ "all of IPv6", "1=::/0", 340282366920938463463374607431768211456.0,
	    1 },
	{ "all but one", "1=0.0.0.0/0 1!0.0.0.0", 4294967295.0, 32 },
	{ "all but the last", "1=::/0 1!" ALL_ONES,
	    340282366920938463463374607431768211456.0, 128 },
};

static void
test_measure(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(measures); i++) {
		struct table *table = table_of(measures[i].words);
		double addresses, want = measures[i].addresses;
		size_t networks;

		table_measure(table, 1, &addresses, NULL);
		table_measure(table, 1, NULL, &networks);
		if (addresses != want || networks != measures[i].networks) {
			print_error("%s: got %.0f in %zu, want %.0f in %zu\n",
			    measures[i].name, addresses, networks, want,
			    measures[i].networks);
			failed++;
		}
		table_free(table);
	}
	assert_int_equal(failed, 0);
}

static void
add_text(void *owner, const struct range *network)
{
	char *out = owner;
	char text[RANGE_TEXT];

	(void)snprintf(out + strlen(out), 1000 - strlen(out), "%s ",
	    range_text(network, text));
}

/* One after the other, IPv4 first; what belongs together is put together. */
static void
test_each(void **state)
{
	struct table *table =
	    table_of("1=2001:db8:8000::/33 1=192.0.2.7-192.0.2.12 "
		     "2=192.0.2.8 1=2001:db8::/33 2=10.0.0.0/8 1=::1 "
		     "1!192.0.2.11 1=255.255.255.255");
	char got[1000] = "";

	(void)state;
	table_each(table, 1, add_text, got);
	assert_string_equal(got,
	    "192.0.2.7 192.0.2.8/31 192.0.2.10 192.0.2.12 "
	    "255.255.255.255 ::1 2001:db8::/32 ");
	got[0] = '\0';
	table_each(table, 3, add_text, got);
	assert_string_equal(got, "");
	table_free(table);
}

/* A builder can be used on; a table that was made of it does not change. */
static void
test_builder_goes_on(void **state)
{
	struct table_builder *builder = table_builder_new();
	struct table *before, *after;
	char got[1000];

	(void)state;
	fill(builder, "1=10.0.0.0/8 2=10.0.0.0/7");
	before = table_new(builder);
	fill(builder, "3=10.0.0.1 1!10.0.0.1");
	after = table_new(builder);
	table_builder_free(builder);
	assert_string_equal(sets_at(before, "10.0.0.1", got), "1 2");
	assert_string_equal(sets_at(after, "10.0.0.1", got), "2 3");
	assert_string_equal(sets_at(after, "10.0.0.2", got), "1 2");
	table_free(before);
	table_free(after);
}

static void
test_none(void **state)
{
	const struct addr none = { FAMILY_NONE, 0, 0 };
	struct table *table = table_of("1=0.0.0.0/0 1=::/0");

	(void)state;
	assert_false(setlist_has(table_find(table, &none), 1));
	table_free(table);
	table_free(NULL);
	table_builder_free(NULL);
}

static void
test_setlist_has(void **state)
{
	struct table *table = table_of("2=::1 3=::1 5=::1 8=::1 13=::1");
	struct addr addr;
	const struct setlist *list;

	(void)state;
	assert_true(addr_parse("::1", &addr));
	list = table_find(table, &addr);
	for (uint32_t set = 0; set < 20; set++)
		assert_int_equal(setlist_has(list, set),
		    set == 2 || set == 3 || set == 5 || set == 8 || set == 13);
	assert_true(addr_parse("::2", &addr));
	assert_false(setlist_has(table_find(table, &addr), 2));
	table_free(table);
}

/* The same sets at two places are one list, so that memory stays small. */
static void
test_lists_are_shared(void **state)
{
	struct table *table =
	    table_of("1=10.0.0.0/8 2=10.0.0.0/8 2=2001:db8::/32 "
		     "1=2001:db8::1 3=10.0.0.0/24");
	struct addr v4, v6;

	(void)state;
	assert_true(addr_parse("10.1.0.0", &v4));
	assert_true(addr_parse("2001:db8::1", &v6));
	assert_ptr_equal(table_find(table, &v4), table_find(table, &v6));
	table_free(table);
}

enum {
	NESTED = 300, /* more than one growth of every array */
	MANY = 200000
};

/* Each set begins one address later and ends one earlier than the last. */
static void
test_nested(void **state)
{
	struct table_builder *builder = table_builder_new();
	struct table *table;

	(void)state;
	for (uint32_t i = 0; i < NESTED; i++) {
		const struct range range = { { FAMILY_V4, 0, i },
			{ FAMILY_V4, 0, 1000 - i } };

		table_add(builder, NESTED - i, &range);
	}
	table = table_new(builder);
	for (uint32_t at = 0; at < 1002; at++) {
		const struct addr addr = { FAMILY_V4, 0, at };
		const struct setlist *list = table_find(table, &addr);
		uint32_t want = at < NESTED ? at + 1 : NESTED;

		if (at > 1000 - NESTED)
			want = 1001 - at;
		for (uint32_t set = 0; set < NESTED + 10; set++)
			assert_int_equal(setlist_has(list, set),
			    set <= NESTED && set > NESTED - want);
	}
	table_free(table);
	table_builder_free(builder);
}

/* Nested networks of one set a thousand deep, and many beside each other. */
static void
test_many(void **state)
{
	struct table_builder *builder = table_builder_new();
	struct table *table;
	double addresses;
	size_t networks;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		const struct range deep = { { FAMILY_V4, 0, i },
			{ FAMILY_V4, 0, UINT32_MAX - i } };
		const struct range beside = { { FAMILY_V6, i, 0 },
			{ FAMILY_V6, i, 2 } };

		table_add(builder, 1, &deep);
		table_add(builder, i % 50, &beside);
	}
	table = table_new(builder);
	table_measure(table, 1, &addresses, &networks);
	/* All of IPv4, and one in 50 of the others as a /127 and a /128. */
	assert_int_equal(
	    (uint64_t)addresses, UINT64_C(4294967296) + MANY / 50 * 3);
	assert_int_equal(networks, 1 + MANY / 50 * 2);
	table_free(table);
	table_builder_free(builder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_measure),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_builder_goes_on),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_setlist_has),
		cmocka_unit_test(test_lists_are_shared),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_many),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
