/* SPDX-License-Identifier: ISC */
/* test_addr.c - what is an address? */
#include "config.h"

#include "net/addr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* What an address's text is: RFC 5952; NULL: no address. */
static const struct {
	const char *name, *text, *want;
} texts[] = {
	{ "IPv4", "192.0.2.1", "192.0.2.1" },
	{ "first", "0.0.0.0", "0.0.0.0" },
	{ "last", "255.255.255.255", "255.255.255.255" },
	{ "256", "192.0.2.256", NULL },
	{ "three parts", "192.0.2", NULL },
	{ "five parts", "192.0.2.1.1", NULL },
	{ "number alone", "3221225985", NULL },
	{ "octal", "192.0.2.010", NULL },
	{ "leading zero", "192.0.2.01", NULL },
	{ "hexadecimal", "0xc0.0.2.1", NULL },
	{ "empty", "", NULL },
	{ "blank before", " 192.0.2.1", NULL },
	{ "blank behind", "192.0.2.1 ", NULL },
	{ "line end", "192.0.2.1\n", NULL },
	{ "network", "192.0.2.1/32", NULL },
	{ "name", "localhost", NULL },
	{ "brackets", "[192.0.2.1]", NULL },
	{ "Sendmail's prefix", "IPv6:2001:db8::1", NULL },

	{ "IPv6", "2001:db8::1", "2001:db8::1" },
	{ "first", "::", "::" },
	{ "last", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	{ "leading zeros", "2001:0db8:0000:0000:0000:0000:0000:0001",
	    "2001:db8::1" },
	{ "upper case", "2001:DB8:0:0:1:0:0:ABCD", "2001:db8::1:0:0:abcd" },
	{ "one group of 0", "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
	{ "one group shortened", "2001:db8::1:1:1:1:1",
	    "2001:db8:0:1:1:1:1:1" },
	{ "longest run", "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
	{ "first of equal runs", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
	{ "run at the end", "2001:db8:0:0:0:0:0:0", "2001:db8::" },
	{ "two ::", "2001::db8::1", NULL },
	{ "nine groups", "1:2:3:4:5:6:7:8:9", NULL },
	{ "seven groups", "1:2:3:4:5:6:7", NULL },
	{ "five digits", "2001:db8::12345", NULL },
	{ "zone", "fe80::1%eth0", NULL },
	{ "IPv6 in brackets", "[2001:db8::1]", NULL },

	{ "mapped", "::ffff:192.0.2.1", "192.0.2.1" },
	{ "mapped in groups", "::ffff:c000:201", "192.0.2.1" },
	{ "mapped, whole", "0:0:0:0:0:FFFF:192.0.2.1", "192.0.2.1" },
	{ "first mapped", "::ffff:0:0", "0.0.0.0" },
	{ "last mapped", "::ffff:ffff:ffff", "255.255.255.255" },
	{ "before the mapped", "::fffe:ffff:ffff", "::fffe:ffff:ffff" },
	{ "behind the mapped", "::1:0:0:0", "::1:0:0:0" },
	{ "mapped elsewhere", "1::ffff:c000:201", "1::ffff:c000:201" },
	{ "mapped, octal", "::ffff:192.0.2.01", NULL },
	{ "6to4", "2002:c000:201::", "2002:c000:201::" },
	{ "Teredo", "2001::c000:201", "2001::c000:201" },
	{ "NAT64", "64:ff9b::192.0.2.1", "64:ff9b::c000:201" },
};

static void
test_parse(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(texts); i++) {
		const struct addr untouched = { FAMILY_V4, 0, 77 };
		struct addr addr = untouched;
		char text[ADDR_TEXT] = "";
		bool is_addr = addr_parse(texts[i].text, &addr);
		bool is_right = is_addr
		    ? texts[i].want != NULL &&
			strcmp(addr_text(&addr, text), texts[i].want) == 0
		    : texts[i].want == NULL && addr_equal(&addr, &untouched);

		if (is_right)
			continue;
		print_error("%s: got \"%s\", want %s\n", texts[i].name, text,
		    texts[i].want == NULL ? "none" : texts[i].want);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void
test_value(void **state)
{
	struct addr addr;

	(void)state;
	assert_true(addr_parse("192.0.2.1", &addr));
	assert_int_equal(addr.family, FAMILY_V4);
	assert_true(addr.high == 0 && addr.low == 0xc0000201);
	assert_true(addr_parse("2001:db8:1:2:3:4:5:6", &addr));
	assert_int_equal(addr.family, FAMILY_V6);
	assert_true(addr.high == UINT64_C(0x20010db800010002));
	assert_true(addr.low == UINT64_C(0x0003000400050006));
}

static void
test_of_bytes(void **state)
{
	static const uint8_t v4[4] = { 192, 0, 2, 255 };
	static const uint8_t v6[16] = { 0x20, 0x01, 0x0d, 0xb8, 1, 2, 3, 4, 5,
		6, 7, 8, 9, 10, 11, 12 };
	static const uint8_t mapped[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff,
		0xff, 192, 0, 2, 255 };
	char text[ADDR_TEXT];
	struct addr addr;

	(void)state;
	addr = addr_of_bytes(FAMILY_V4, v4);
	assert_string_equal(addr_text(&addr, text), "192.0.2.255");
	addr = addr_of_bytes(FAMILY_V6, v6);
	assert_string_equal(
	    addr_text(&addr, text), "2001:db8:102:304:506:708:90a:b0c");
	addr = addr_of_bytes(FAMILY_V6, mapped);
	assert_int_equal(addr.family, FAMILY_V4);
	assert_string_equal(addr_text(&addr, text), "192.0.2.255");
	addr = addr_of_bytes(FAMILY_NONE, v4);
	assert_int_equal(addr.family, FAMILY_NONE);
	assert_string_equal(addr_text(&addr, text), "");
}

/* In ascending order. */
static const char *const ordered[] = { "0.0.0.0", "0.0.0.1", "127.255.255.255",
	"128.0.0.0", "255.255.255.255", "::", "::1", "::ffff:ffff:ffff:ffff",
	"0:0:0:1::", "0:0:0:1::1",
	"7fff::", "8000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" };

static void
test_compare(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(ordered); i++) {
		for (size_t j = 0; j < NITEMS(ordered); j++) {
			struct addr a, b;
			int order;

			assert_true(addr_parse(ordered[i], &a));
			assert_true(addr_parse(ordered[j], &b));
			order = addr_compare(&a, &b);
			if ((order > 0) != (i > j) || (order < 0) != (i < j) ||
			    addr_equal(&a, &b) != (i == j))
				fail_msg("%s and %s: got %d", ordered[i],
				    ordered[j], order);
		}
	}
}

static const struct {
	const char *addr, *next; /* NULL: there is none */
} steps[] = {
	{ "0.0.0.0", "0.0.0.1" },
	{ "192.0.2.255", "192.0.3.0" },
	{ "127.255.255.255", "128.0.0.0" },
	{ "255.255.255.254", "255.255.255.255" },
	{ "255.255.255.255", NULL },
	{ "::", "::1" },
	{ "::ffff:ffff:ffff:ffff", "0:0:0:1::" },
	{ "2001:db8:0:0:ffff:ffff:ffff:ffff", "2001:db8:0:1::" },
	{ "2001:db8::ffff:ffff", "2001:db8::1:0:0" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe",
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL },
};

static void
test_steps(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(steps); i++) {
		struct addr addr, next, here;

		assert_true(addr_parse(steps[i].addr, &addr));
		here = addr;
		assert_int_equal(addr_next(&here), steps[i].next != NULL);
		if (steps[i].next == NULL) {
			assert_true(addr_equal(&here, &addr));
			continue;
		}
		assert_true(addr_parse(steps[i].next, &next));
		assert_true(addr_equal(&here, &next));
		assert_true(addr_previous(&here));
		assert_true(addr_equal(&here, &addr));
	}
}

static void
test_no_step(void **state)
{
	struct addr none = { FAMILY_NONE, 0, 0 };
	struct addr addr;

	(void)state;
	assert_true(addr_parse("0.0.0.0", &addr));
	assert_false(addr_previous(&addr));
	assert_true(addr_parse("::", &addr));
	assert_false(addr_previous(&addr));
	assert_false(addr_next(&none));
	assert_false(addr_previous(&none));
}

/*
 * The first and last address of each block of the registries, and the
 * neighbours: the first column is special, the second is not.
 */
static const struct {
	const char *first, *last, *before, *behind; /* NULL: special as well */
} blocks[] = {
	{ "0.0.0.0", "0.255.255.255", NULL, "1.0.0.0" },
	{ "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0" },
	{ "100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0" },
	{ "127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0" },
	{ "169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0" },
	{ "172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0" },
	{ "192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0" },
	{ "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0" },
	{ "192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0" },
	{ "192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0" },
	{ "198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0" },
	{ "198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0" },
	{ "203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0" },
	{ "224.0.0.0", "255.255.255.255", "223.255.255.255", NULL },
	{ "::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "2000::" },
	{ "::8.8.8.8", "64:ff9b::8.8.8.8", NULL, NULL },
	{ "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::" },
	{ "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
	    "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::" },
	{ "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::" },
	{ "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::" },
	{ "4000::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL },
	{ "fe80::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, NULL },
	{ "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", NULL },
};

static int
check_special(const char *text, bool want)
{
	struct addr addr;

	if (text == NULL)
		return 0;
	assert_true(addr_parse(text, &addr));
	if (addr_is_special(&addr) == want)
		return 0;
	print_error("%s: want %s\n", text, want ? "special" : "none");

	return 1;
}

static void
test_special(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(blocks); i++) {
		failed += check_special(blocks[i].first, true);
		failed += check_special(blocks[i].last, true);
		failed += check_special(blocks[i].before, false);
		failed += check_special(blocks[i].behind, false);
	}
	assert_int_equal(failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_value),
		cmocka_unit_test(test_of_bytes),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_no_step),
		cmocka_unit_test(test_special),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
