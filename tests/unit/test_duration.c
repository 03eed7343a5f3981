/* SPDX-License-Identifier: ISC */
/* test_duration.c - how long is that? */
#include "config.h"

#include "base/duration.h"

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

enum {
	YEAR = 31536000
};

/* words NULL: it is one */
static const struct {
	const char *name, *text;
	uint32_t min, max, want;
	const char *words;
} cases[] = {
	{ "seconds", "90s", 1, YEAR, 90, NULL },
	{ "minutes", "30m", 1, YEAR, 1800, NULL },
	{ "hours", "2h", 1, YEAR, 7200, NULL },
	{ "days", "1d", 1, YEAR, 86400, NULL },
	{ "weeks", "1w", 1, YEAR, 604800, NULL },
	{ "least", "60s", 60, 3600, 60, NULL },
	{ "below the least", "59s", 60, 3600, UNTOUCHED, "write 1m to 1h" },
	{ "most", "1h", 60, 3600, 3600, NULL },
	{ "above the most", "3601s", 60, 3600, UNTOUCHED, "write 1m to 1h" },
	{ "most in its unit", "365d", 1, YEAR, YEAR, NULL },
	{ "above it in its unit", "366d", 1, YEAR, UNTOUCHED,
	    "write 1s to 365d" },
	{ "nothing", "0s", 0, 10, 0, NULL },
	{ "nothing, not allowed", "0h", 1, 90, UNTOUCHED, "write 1s to 90s" },
	{ "leading zeros", "007s", 1, 90, 7, NULL },
	{ "largest", "4294967295s", 0, UINT32_MAX, UINT32_MAX, NULL },
	{ "2^32", "4294967296s", 0, UINT32_MAX, UNTOUCHED, "write 0s to" },
	{ "wraps in its unit", "4294967295w", 0, UINT32_MAX, UNTOUCHED,
	    "write 0s to" },
	{ "2^64 and a bit", "18446744073709551676s", 1, YEAR, UNTOUCHED,
	    "write 1s to" },
	{ "2^64 of weeks, in seconds", "30500568904943w", 1, YEAR, UNTOUCHED,
	    "write 1s to" },
	{ "empty", "", 1, YEAR, UNTOUCHED, "a number and a unit" },
	{ "no unit", "90", 1, YEAR, UNTOUCHED, "a number and a unit" },
	{ "no number", "h", 1, YEAR, UNTOUCHED, "a number and a unit" },
	{ "capital", "2H", 1, YEAR, UNTOUCHED, "a number and a unit" },
	{ "word", "2hours", 1, YEAR, UNTOUCHED, "a number and a unit" },
	{ "two of them", "1h30m", 1, YEAR, UNTOUCHED, "a number and a unit" },
	{ "blank between", "2 h", 1, YEAR, UNTOUCHED, "a number and a unit" },
	{ "blank before", " 2h", 1, YEAR, UNTOUCHED, "a number and a unit" },
	{ "blank behind", "2h ", 1, YEAR, UNTOUCHED, "a number and a unit" },
	{ "plus", "+2h", 1, YEAR, UNTOUCHED, "a number and a unit" },
	{ "minus", "-2h", 1, YEAR, UNTOUCHED, "a number and a unit" },
	{ "fraction", "1.5h", 1, YEAR, UNTOUCHED, "a number and a unit" },
	{ "unit of sizes", "2MiB", 1, YEAR, UNTOUCHED, "a number and a unit" },
	{ "year", "1y", 1, YEAR, UNTOUCHED, "a number and a unit" },
};

static void
test_parse(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		uint32_t got = UNTOUCHED;
		struct err err = { "" };
		bool taken = duration_parse(
		    cases[i].text, cases[i].min, cases[i].max, &got, &err);

		if (taken == (cases[i].words == NULL) && got == cases[i].want &&
		    (taken || strstr(err.text, cases[i].words) != NULL))
			continue;
		print_error("%s: got %d %lu \"%s\", want %lu \"%s\"\n",
		    cases[i].name, taken, (unsigned long)got, err.text,
		    (unsigned long)cases[i].want,
		    cases[i].words == NULL ? "" : cases[i].words);
		failed++;
	}
	assert_int_equal(failed, 0);
	assert_false(duration_parse("x", 0, 1, &(uint32_t){ 0 }, NULL));
}

static const struct {
	uint32_t seconds;
	const char *want;
} texts[] = {
	{ 0, "0s" },
	{ 59, "59s" },
	{ 60, "1m" },
	{ 61, "61s" },
	{ 3600, "1h" },
	{ 5400, "90m" },
	{ 86400, "1d" },
	{ 90000, "25h" },
	{ 604800, "1w" },
	{ 691200, "8d" },
	{ YEAR, "365d" },
	{ UINT32_MAX, "4294967295s" },
};

static void
test_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(texts); i++) {
		char got[DURATION_TEXT];
		uint32_t again = UNTOUCHED;

		assert_string_equal(
		    duration_text(texts[i].seconds, got), texts[i].want);
		assert_true(duration_parse(got, 0, UINT32_MAX, &again, NULL));
		assert_int_equal(again, texts[i].seconds);
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
