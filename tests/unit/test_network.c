/* SPDX-License-Identifier: ISC */
/* test_network.c - which addresses does a text in a list stand for? */
#include "config.h"

#include "net/network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define ALL_ONES "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

/* first, last: what the text stands for; bits: its widest network. */
static const struct {
	const char *name, *text, *first, *last,
	    *want; /* want: the text of it */
	unsigned bits;
} goods[] = {
	{ "address", "192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.7", 32 },
	{ "/32", "192.0.2.7/32", "192.0.2.7", "192.0.2.7", "192.0.2.7", 32 },
	{ "/31", "192.0.2.6/31", "192.0.2.6", "192.0.2.7", "192.0.2.6/31", 31 },
	{ "/24", "192.0.2.0/24", "192.0.2.0", "192.0.2.255", "192.0.2.0/24",
	    24 },
	{ "/1", "128.0.0.0/1", "128.0.0.0", "255.255.255.255", "128.0.0.0/1",
	    1 },
	{ "/0", "0.0.0.0/0", "0.0.0.0", "255.255.255.255", "0.0.0.0/0", 0 },
	{ "range", "192.0.2.7-192.0.2.12", "192.0.2.7", "192.0.2.12",
	    "192.0.2.7-192.0.2.12", 30 },
	{ "range of one", "192.0.2.7-192.0.2.7", "192.0.2.7", "192.0.2.7",
	    "192.0.2.7", 32 },
	{ "range that is a network", "192.0.2.0-192.0.2.255", "192.0.2.0",
	    "192.0.2.255", "192.0.2.0/24", 24 },
	{ "as long, but not aligned", "192.0.2.1-192.0.3.0", "192.0.2.1",
	    "192.0.3.0", "192.0.2.1-192.0.3.0", 25 },
	{ "two addresses, not aligned", "192.0.2.7-192.0.2.8", "192.0.2.7",
	    "192.0.2.8", "192.0.2.7-192.0.2.8", 32 },
	{ "all but the first", "0.0.0.1-255.255.255.255", "0.0.0.1",
	    "255.255.255.255", "0.0.0.1-255.255.255.255", 1 },
	{ "all but the last", "0.0.0.0-255.255.255.254", "0.0.0.0",
	    "255.255.255.254", "0.0.0.0-255.255.255.254", 1 },
	{ "all as a range", "0.0.0.0-255.255.255.255", "0.0.0.0",
	    "255.255.255.255", "0.0.0.0/0", 0 },

	{ "IPv6", "2001:db8::1", "2001:db8::1", "2001:db8::1", "2001:db8::1",
	    128 },
	{ "/128", "2001:db8::1/128", "2001:db8::1", "2001:db8::1",
	    "2001:db8::1", 128 },
	{ "/127", "::/127", "::", "::1", "::/127", 127 },
	{ "/65", "2001:db8:0:0:8000::/65", "2001:db8:0:0:8000::",
	    "2001:db8::ffff:ffff:ffff:ffff", "2001:db8:0:0:8000::/65", 65 },
	{ "/64", "2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff",
	    "2001:db8::/64", 64 },
	{ "/63", "2001:db8::/63", "2001:db8::",
	    "2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8::/63", 63 },
	{ "IPv6 /0", "::/0", "::", ALL_ONES, "::/0", 0 },
	{ "upper case", "2001:DB8::/32", "2001:db8::",
	    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::/32", 32 },
	{ "range over 64 bits", "2001:db8::ffff:ffff:ffff:ffff-2001:db8:0:1::",
	    "2001:db8::ffff:ffff:ffff:ffff", "2001:db8:0:1::",
	    "2001:db8::ffff:ffff:ffff:ffff-2001:db8:0:1::", 128 },
	{ "IPv6, all as a range", "::-" ALL_ONES, "::", ALL_ONES, "::/0", 0 },
	{ "longest range", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff1-" ALL_ONES,
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff1", ALL_ONES,
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff1-" ALL_ONES, 125 },

	{ "mapped address", "::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7",
	    "192.0.2.7", 32 },
	{ "mapped network", "::ffff:192.0.2.0/120", "192.0.2.0", "192.0.2.255",
	    "192.0.2.0/24", 24 },
	{ "mapped /128", "::ffff:192.0.2.7/128", "192.0.2.7", "192.0.2.7",
	    "192.0.2.7", 32 },
	{ "all mapped", "::ffff:0:0/96", "0.0.0.0", "255.255.255.255",
	    "0.0.0.0/0", 0 },
	{ "mapped range", "::ffff:192.0.2.7-192.0.2.8", "192.0.2.7",
	    "192.0.2.8", "192.0.2.7-192.0.2.8", 32 },
};

static void
test_parse(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(goods); i++) {
		char text[RANGE_TEXT] = "";
		struct err err = { "" };
		struct addr first, last;
		struct range range;

		assert_true(addr_parse(goods[i].first, &first));
		assert_true(addr_parse(goods[i].last, &last));
		if (range_parse(goods[i].text, &range, &err) &&
		    addr_equal(&range.first, &first) &&
		    addr_equal(&range.last, &last) &&
		    strcmp(range_text(&range, text), goods[i].want) == 0 &&
		    range_widest_bits(&range) == goods[i].bits)
			continue;
		print_error("%s: got %s, widest %u, \"%s\", want %s\n",
		    goods[i].name, text,
		    text[0] == '\0' ? 0 : range_widest_bits(&range), err.text,
		    goods[i].want);
		failed++;
	}
	assert_int_equal(failed, 0);
}

#define LEADING "without leading zeros"
#define NONE "is no address, network or range"
#define MAPPED "::ffff:0:0/96 is IPv4"

/* say: what the message has to have in it. */
static const struct {
	const char *name, *text, *say;
} bads[] = {
	{ "host bits", "192.0.2.9/24", "host bits set; write 192.0.2.0/24" },
	{ "host bits /31", "192.0.2.7/31",
	    "host bits set; write 192.0.2.6/31" },
	{ "host bits /0", "192.0.2.7/0", "host bits set; write 0.0.0.0/0" },
	{ "host bits, IPv6", "2001:db8::1/32",
	    "host bits set; write 2001:db8::/32" },
	{ "host bits above 64", "2001:db8:0:1::/63",
	    "host bits set; write 2001:db8::/63" },
	{ "host bits, IPv6 /0", "2001:db8::/0", "host bits set; write ::/0" },
	{ "host bits, mapped", "::ffff:192.0.2.9/120",
	    "host bits set; write 192.0.2.0/24" },
	{ "/33", "192.0.2.0/33", "from 0 to 32" },
	{ "/129", "2001:db8::/129", "from 0 to 128" },
	{ "mapped /129", "::ffff:192.0.2.0/129", "from 0 to 128" },
	{ "mapped /95", "::ffff:0:0/95", MAPPED },
	{ "mapped /90", "::ffff:0:0/90", MAPPED },
	{ "mapped /0", "::ffff:0:0/0", MAPPED },
	{ "leading zero", "192.0.2.0/024", LEADING },
	{ "two zeros", "0.0.0.0/00", LEADING },
	{ "no prefix", "192.0.2.0/", LEADING },
	{ "mask", "192.0.2.0/255.255.255.0", LEADING },
	{ "sign", "192.0.2.0/+24", LEADING },
	{ "blank in the prefix", "192.0.2.0/ 24", LEADING },
	{ "blank behind the prefix", "192.0.2.0/24 ", LEADING },
	{ "large prefix", "192.0.2.0/4294967320", LEADING },
	{ "two prefixes", "192.0.2.0/24/24", LEADING },
	{ "no address", "/24", NONE },
	{ "blank before", " 192.0.2.0/24", NONE },
	{ "blank before the slash", "192.0.2.0 /24", NONE },
	{ "three parts", "192.0.2/24", NONE },
	{ "empty", "", NONE },
	{ "name", "example.com", NONE },
	{ "quoted", "a\"b\n", "\"a\\\"b\\x0a\" " NONE },
	{ "turned round", "192.0.2.12-192.0.2.7",
	    "write 192.0.2.7-192.0.2.12" },
	{ "turned round, IPv6", "2001:db8::2-2001:db8::1",
	    "write 2001:db8::1-2001:db8::2" },
	{ "IPv4 to IPv6", "192.0.2.1-2001:db8::1", "from IPv4 to IPv6" },
	{ "IPv6 to IPv4", "2001:db8::1-192.0.2.1", "from IPv4 to IPv6" },
	{ "IPv6 to mapped", "::1-::ffff:192.0.2.1", "from IPv4 to IPv6" },
	{ "no first", "-192.0.2.7", NONE },
	{ "no last", "192.0.2.7-", NONE },
	{ "dash alone", "-", NONE },
	{ "blank at the dash", "192.0.2.7 -192.0.2.8", NONE },
	{ "blank behind the dash", "192.0.2.7- 192.0.2.8", NONE },
	{ "three addresses", "192.0.2.7-192.0.2.8-192.0.2.9", NONE },
	{ "short last", "192.0.2.7-12", NONE },
	{ "network to address", "192.0.2.0/24-192.0.3.0", NONE },
	{ "address to network", "192.0.2.0-192.0.3.0/24", NONE },
	{ "longer than an address can be",
	    "0000000000000000000000000000000000000000000000000/8", NONE },
	{ "one that would fit when cut",
	    "2001:0db8:0000:0000:0000:0000:0000:00000000000000/128", NONE },
};

static void
test_refuse(void **state)
{
	const struct addr untouched = { FAMILY_V6, 1, 2 };
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(bads); i++) {
		struct range range = { untouched, untouched };
		struct err err = { "" };

		if (!range_parse(bads[i].text, &range, &err) &&
		    strstr(err.text, bads[i].say) != NULL &&
		    addr_equal(&range.first, &untouched) &&
		    addr_equal(&range.last, &untouched) &&
		    !range_parse(bads[i].text, &range, NULL))
			continue;
		print_error("%s: got \"%s\", want \"%s\"\n", bads[i].name,
		    err.text, bads[i].say);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static struct range
range_of(const char *text)
{
	struct range range;

	if (!range_parse(text, &range, NULL))
		fail_msg("%s: no range", text);

	return range;
}

static const struct {
	const char *range, *addr;
	bool want;
} members[] = {
	{ "192.0.2.0/24", "192.0.2.0", true },
	{ "192.0.2.0/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "192.0.1.255", false },
	{ "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.0/24", "::ffff:192.0.2.1", true },
	{ "0.0.0.0/0", "::", false },
	{ "::/0", "0.0.0.0", false },
	{ "::/0", ALL_ONES, true },
	{ "2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff", true },
	{ "2001:db8::/64", "2001:db8:0:1::", false },
	{ "2001:db8::/64", "2001:db7:ffff:ffff::", false },
};

static void
test_has(void **state)
{
	const struct addr none = { FAMILY_NONE, 0, 0 };
	struct range all = range_of("0.0.0.0/0");

	(void)state;
	for (size_t i = 0; i < NITEMS(members); i++) {
		struct range range = range_of(members[i].range);
		struct addr addr;

		assert_true(addr_parse(members[i].addr, &addr));
		if (range_has(&range, &addr) != members[i].want)
			fail_msg("%s in %s: want %d", members[i].addr,
			    members[i].range, members[i].want);
	}
	assert_false(range_has(&all, &none));
}

/* How many addresses, and what is to be said of them; counts from 2^n. */
static const struct {
	const char *range;
	double count;
	bool is_default, is_special;
} facts[] = {
	{ "8.8.8.8", 1, false, false },
	{ "8.8.8.0/24", 256, false, false },
	{ "8.8.8.7-8.8.8.12", 6, false, false },
	{ "0.0.0.0/0", 4294967296.0, true, true },
	{ "0.0.0.0-255.255.255.255", 4294967296.0, true, true },
	{ "0.0.0.0-255.255.255.254", 4294967295.0, false, true },
	{ "0.0.0.1-255.255.255.255", 4294967295.0, false, true },
	{ "128.0.0.0/1", 2147483648.0, false, true },
	{ "2a00::1", 1, false, false },
	{ "2a00::/76", 4503599627370496.0, false, false },
	{ "2a00::/64", 18446744073709551616.0, false, false },
	{ "2a00::ffff:ffff:ffff:ffff-2a00:0:0:1::", 2, false, false },
	{ "2a00::ffff:ffff:ffff:ffff-2a00:0:0:2::", 18446744073709551618.0,
	    false, false },
	{ "::/0", 340282366920938463463374607431768211456.0, true, true },
	{ "::1-" ALL_ONES, 340282366920938463463374607431768211455.0, false,
	    true },
	{ "9.0.0.0-9.255.255.255", 16777216, false, false },
	{ "9.0.0.0-10.0.0.0", 16777217, false, true },
	{ "10.255.255.255-11.0.0.0", 2, false, true },
	{ "9.255.255.255-11.0.0.0", 16777218, false, true },
	{ "11.0.0.0/8", 16777216, false, false },
	{ "2001:200::/23", 40564819207303340847894502572032.0, false, false },
	{ "2001::/22", 81129638414606681695789005144064.0, false, true },
};

static void
test_facts(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(facts); i++) {
		struct range range = range_of(facts[i].range);
		double count = range_count(&range);
		bool is_default = range_is_default(&range);
		bool is_special = range_is_special(&range);

		if (count == facts[i].count &&
		    is_default == facts[i].is_default &&
		    is_special == facts[i].is_special)
			continue;
		print_error("%s: got %.0f %d %d, want %.0f %d %d\n",
		    facts[i].range, count, is_default, is_special,
		    facts[i].count, facts[i].is_default, facts[i].is_special);
		failed++;
	}
	assert_int_equal(failed, 0);
}

/* What the fewest networks of a range are: from pen and paper. */
static const struct {
	const char *range, *want;
} cuts[] = {
	{ "192.0.2.7", "192.0.2.7 " },
	{ "192.0.2.0/24", "192.0.2.0/24 " },
	{ "192.0.2.7-192.0.2.12", "192.0.2.7 192.0.2.8/30 192.0.2.12 " },
	{ "192.0.2.1-192.0.2.6",
	    "192.0.2.1 192.0.2.2/31 192.0.2.4/31 192.0.2.6 " },
	{ "0.0.0.0/0", "0.0.0.0/0 " },
	{ "127.255.255.255-128.0.0.0", "127.255.255.255 128.0.0.0 " },
	{ "255.255.255.253-255.255.255.255",
	    "255.255.255.253 255.255.255.254/31 " },
	{ "::/0", "::/0 " },
	{ "::-::2", "::/127 ::2 " },
	{ "2a00::ffff:ffff:ffff:ffff-2a00:0:0:2::",
	    "2a00::ffff:ffff:ffff:ffff 2a00:0:0:1::/64 2a00:0:0:2:: " },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffd-" ALL_ONES,
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffd "
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127 " },
};

static void
test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cuts); i++) {
		struct range rest = range_of(cuts[i].range);
		struct range network;
		char got[1000] = "";

		while (range_cut(&rest, &network)) {
			char text[RANGE_TEXT];
			size_t len = strlen(got);

			(void)snprintf(got + len, sizeof(got) - len, "%s ",
			    range_text(&network, text));
		}
		assert_string_equal(got, cuts[i].want);
	}
}

/* From 0.0.0.1 to 255.255.255.254 it is 62 networks, in IPv6 254. */
static void
test_cut_most(void **state)
{
	struct range rest = range_of("0.0.0.1-255.255.255.254");
	struct range network;
	size_t count = 0;

	(void)state;
	while (range_cut(&rest, &network))
		count++;
	assert_int_equal(count, 62);

	rest = range_of("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe");
	for (count = 0; range_cut(&rest, &network);)
		count++;
	assert_int_equal(count, 254);
}

static void
test_around(void **state)
{
	char text[RANGE_TEXT];
	struct range range;
	struct addr addr;

	(void)state;
	assert_true(addr_parse("192.0.2.77", &addr));
	range = range_around(&addr, 0);
	assert_string_equal(range_text(&range, text), "192.0.2.77");
	range = range_around(&addr, 8);
	assert_string_equal(range_text(&range, text), "192.0.2.0/24");
	range = range_around(&addr, 32);
	assert_string_equal(range_text(&range, text), "0.0.0.0/0");
	assert_true(addr_parse("2001:db8:0:1::7", &addr));
	range = range_around(&addr, 64);
	assert_string_equal(range_text(&range, text), "2001:db8:0:1::/64");
	range = range_around(&addr, 65);
	assert_string_equal(range_text(&range, text), "2001:db8::/63");
	range = range_around(&addr, 128);
	assert_string_equal(range_text(&range, text), "::/0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_has),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_cut_most),
		cmocka_unit_test(test_around),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
