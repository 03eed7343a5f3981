/* SPDX-License-Identifier: ISC */
/* test_hex.c - how are bytes written in digits? */
#include "config.h"

#include "base/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static void
test_text(void **state)
{
	char got[2 * 256 + 1], want[2 * 256 + 1];
	uint8_t bytes[256], back[256];

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		bytes[i] = (uint8_t)i;
		(void)snprintf(want + (size_t)2 * i, 3, "%02x", i);
	}
	hex_text(bytes, sizeof(bytes), got);
	assert_string_equal(got, want);
	assert_true(hex_parse(got, sizeof(back), back));
	assert_memory_equal(back, bytes, sizeof(back));
	hex_text(bytes, 0, got);
	assert_string_equal(got, "");
}

/* Two bytes of each; want NULL: no digits. */
static const struct {
	const char *name, *text, *want;
} cases[] = {
	{ "lower", "09af", "\x09\xaf" },
	{ "upper", "09AF", "\x09\xaf" },
	{ "both", "aFBe", "\xaf\xbe" },
	{ "more follows", "ffffzz", "\xff\xff" },
	{ "before 0", "00/0", NULL },
	{ "behind 9", "00:0", NULL },
	{ "before A", "00@0", NULL },
	{ "behind F", "000G", NULL },
	{ "before a", "0`00", NULL },
	{ "behind f", "g000", NULL },
	{ "blank", " 000", NULL },
	{ "sign", "+100", NULL },
	{ "0x", "0x00", NULL },
	{ "eighth bit", "00\xb0\x30", NULL },
	{ "ends before", "000", NULL },
	{ "empty", "", NULL },
};

static void
test_parse(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		uint8_t got[2] = { 0x12, 0x34 };
		bool taken = hex_parse(cases[i].text, sizeof(got), got);
		const char *want =
		    cases[i].want != NULL ? cases[i].want : "\x12\x34";

		if (taken == (cases[i].want != NULL) &&
		    memcmp(got, want, sizeof(got)) == 0)
			continue;
		print_error("%s: got %d %02x%02x\n", cases[i].name, taken,
		    got[0], got[1]);
		failed++;
	}
	assert_int_equal(failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_parse),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
