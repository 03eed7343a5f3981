/* SPDX-License-Identifier: ISC */
/* test_size.c - how many bytes is that? */
#include "config.h"

#include "base/size.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define UNTOUCHED 4242

#define MOST (UINT64_C(1) << 50)
#define KI UINT64_C(1024)

/* words NULL: it is one */
static const struct {
	const char *name, *text;
	uint64_t min, max, want;
	const char *words;
} cases[] = {
	{ "bytes", "512B", 0, MOST, 512, NULL },
	{ "KiB", "8KiB", 0, MOST, 8192, NULL },
	{ "MiB", "64MiB", 0, MOST, 67108864, NULL },
	{ "GiB", "1GiB", 0, MOST, 1073741824, NULL },
	{ "TiB", "2TiB", 0, MOST, 2199023255552, NULL },
	{ "KB", "8KB", 0, MOST, 8000, NULL },
	{ "MB", "500MB", 0, MOST, 500000000, NULL },
	{ "GB", "3GB", 0, MOST, 3000000000, NULL },
	{ "none", "0", 0, MOST, 0, NULL },
	{ "none with a unit", "0GiB", 0, MOST, 0, NULL },
	{ "none, written long", "000", 0, MOST, 0, NULL },
	{ "none, not allowed", "0", 1, 9, UNTOUCHED, "write 1B to 9B" },
	{ "leading zeros", "007B", 0, MOST, 7, NULL },
	{ "least", "8KiB", 8 * KI, MOST, 8192, NULL },
	{ "below the least", "8191B", 8 * KI, MOST, UNTOUCHED,
	    "write 8KiB to 1024TiB" },
	{ "most", "1024TiB", 0, MOST, MOST, NULL },
	{ "above the most", "1125899906842625B", 0, MOST, UNTOUCHED,
	    "write 0 to 1024TiB" },
	{ "largest", "18446744073709551615B", 0, UINT64_MAX, UINT64_MAX, NULL },
	{ "2^64", "18446744073709551616B", 0, MOST, UNTOUCHED, "write 0 to" },
	{ "2^64 in its unit", "16777216TiB", 0, MOST, UNTOUCHED, "write 0 to" },
	{ "2^64 and a bit in its unit", "18014398509481985KiB", 0, MOST,
	    UNTOUCHED, "write 0 to" },
	{ "ten times 2^64 and a bit", "184467440737095516170B", 0, MOST,
	    UNTOUCHED, "write 0 to" },
	{ "empty", "", 0, MOST, UNTOUCHED, "a number and a unit" },
	{ "no unit", "64", 0, MOST, UNTOUCHED, "a number and a unit" },
	{ "no number", "MiB", 0, MOST, UNTOUCHED, "a number and a unit" },
	{ "small letters", "64mib", 0, MOST, UNTOUCHED, "a number and a unit" },
	{ "K alone", "64K", 0, MOST, UNTOUCHED, "a number and a unit" },
	{ "M alone", "64M", 0, MOST, UNTOUCHED, "a number and a unit" },
	{ "TB", "1TB", 0, MOST, UNTOUCHED, "a number and a unit" },
	{ "blank between", "64 MiB", 0, MOST, UNTOUCHED,
	    "a number and a unit" },
	{ "blank before", " 64MiB", 0, MOST, UNTOUCHED, "a number and a unit" },
	{ "blank behind", "64MiB ", 0, MOST, UNTOUCHED, "a number and a unit" },
	{ "none and a blank", "0 ", 0, MOST, UNTOUCHED, "a number and a unit" },
	{ "plus", "+64MiB", 0, MOST, UNTOUCHED, "a number and a unit" },
	{ "minus", "-1B", 0, MOST, UNTOUCHED, "a number and a unit" },
	{ "fraction", "1.5GiB", 0, MOST, UNTOUCHED, "a number and a unit" },
	{ "unit of durations", "1d", 0, MOST, UNTOUCHED,
	    "a number and a unit" },
};

static void
test_parse(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		uint64_t got = UNTOUCHED;
		struct err err = { "" };
		bool taken = size_parse(
		    cases[i].text, cases[i].min, cases[i].max, &got, &err);

		if (taken == (cases[i].words == NULL) && got == cases[i].want &&
		    (taken || strstr(err.text, cases[i].words) != NULL))
			continue;
		print_error("%s: got %d %" PRIu64 " \"%s\", want %" PRIu64
			    " \"%s\"\n",
		    cases[i].name, taken, got, err.text, cases[i].want,
		    cases[i].words == NULL ? "" : cases[i].words);
		failed++;
	}
	assert_int_equal(failed, 0);
	assert_false(size_parse("x", 0, 1, &(uint64_t){ 0 }, NULL));
}

static const struct {
	uint64_t bytes;
	const char *want;
} texts[] = {
	{ 0, "0" },
	{ 1, "1B" },
	{ 999, "999B" },
	{ 1000, "1KB" },
	{ 1024, "1KiB" },
	{ 1025, "1025B" },
	{ 128000, "125KiB" },
	{ 1500000, "1500KB" },
	{ 67108864, "64MiB" },
	{ 100000000, "100MB" },
	{ 1073741824, "1GiB" },
	{ 2000000000, "2GB" },
	{ MOST, "1024TiB" },
	{ UINT64_MAX, "18446744073709551615B" },
};

static void
test_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(texts); i++) {
		char got[SIZE_TEXT];
		uint64_t again = UNTOUCHED;

		assert_string_equal(
		    size_text(texts[i].bytes, got), texts[i].want);
		assert_true(size_parse(got, 0, UINT64_MAX, &again, NULL));
		assert_true(again == texts[i].bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_text),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
