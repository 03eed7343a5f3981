/* SPDX-License-Identifier: ISC */
/* test_ulid.c - how is an event named? */
#include "config.h"

#include "base/ulid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/*
 * The specification (github.com/ulid/spec): its example for the seed time
 * 1469918176385, and its largest; the random part in bytes as RFC 4648 would
 * decode it, with Crockford's alphabet.
 */
static const struct {
	const char *name;
	int64_t time_ms;
	uint8_t random[ULID_RANDOM];
	const char *want;
} texts[] = {
	{ "example", INT64_C(1469918176385),
	    { 0xd6, 0x76, 0x4c, 0x61, 0xef, 0xb9, 0x93, 0x02, 0xbd, 0x5b },
	    "01ARYZ6S41TSV4RRFFQ69G5FAV" },
	{ "largest", INT64_C(0xffffffffffff),
	    { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	    "7ZZZZZZZZZZZZZZZZZZZZZZZZZ" },
	{ "smallest", 0, { 0 }, "00000000000000000000000000" },
	{ "last bit of time", 1, { 0 }, "00000000010000000000000000" },
	{ "first bit of random", 0, { 0x80 }, "0000000000G000000000000000" },
	{ "last bit of random", 0, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
	    "00000000000000000000000001" },
};

static void
test_text(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(texts); i++) {
		for (int us = 0; us < 1000; us += 999) {
			char got[ULID_TEXT];

			ulid_text(
			    texts[i].time_ms * 1000 + us, texts[i].random, got);
			if (strcmp(got, texts[i].want) == 0 && ulid_is(got))
				continue;
			print_error("%s: got %s, want %s\n", texts[i].name, got,
			    texts[i].want);
			failed++;
		}
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *name, *text;
	bool want;
} names[] = {
	{ "example", "01ARZ3NDEKTSV4RRFFQ69G5FAV", true },
	{ "lower case", "01arz3ndektsv4rrffq69g5fav", true },
	{ "empty", "", false },
	{ "25", "01ARZ3NDEKTSV4RRFFQ69G5FA", false },
	{ "27", "01ARZ3NDEKTSV4RRFFQ69G5FAVX", false },
	{ "I", "I1ARZ3NDEKTSV4RRFFQ69G5FAV", false },
	{ "L", "L1ARZ3NDEKTSV4RRFFQ69G5FAV", false },
	{ "O", "O1ARZ3NDEKTSV4RRFFQ69G5FAV", false },
	{ "U", "U1ARZ3NDEKTSV4RRFFQ69G5FAV", false },
	{ "hyphen", "01ARZ3NDEK-SV4RRFFQ69G5FAV", false },
	{ "blank", "01ARZ3NDEK SV4RRFFQ69G5FAV", false },
};

static void
test_is(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(names); i++) {
		if (ulid_is(names[i].text) == names[i].want)
			continue;
		print_error("%s: want %d\n", names[i].name, names[i].want);
		failed++;
	}
	assert_int_equal(failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_is),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
