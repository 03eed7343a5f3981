/* SPDX-License-Identifier: ISC */
/* test_str.c - how are short texts compared and read? */
#include "config.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static void
test_case(void **state)
{
	char text[] = "AZaz@[`{19\xc4";

	(void)state;
	str_lower_all(text);
	assert_string_equal(text, "azaz@[`{19\xc4");
	assert_true(str_equal_nocase("", ""));
	assert_true(str_equal_nocase("Mail.EXAMPLE", "mAIL.example"));
	assert_false(str_equal_nocase("mail", "mails"));
	assert_false(str_equal_nocase("mails", "mail"));
	assert_false(str_equal_nocase("[", "{")); /* 32 apart, no letters */
	assert_false(str_equal_nocase("\xc4", "\xe4")); /* not Latin-1 */
}

static void
test_ends_with(void **state)
{
	(void)state;
	assert_true(str_ends_with("a.conf", ".conf"));
	assert_true(str_ends_with(".conf", ".conf"));
	assert_true(str_ends_with("a", ""));
	assert_false(str_ends_with("conf", ".conf"));
	assert_false(str_ends_with("a.conf~", ".conf"));
	assert_false(str_ends_with("a.CONF", ".conf"));
}

#define UNTOUCHED 4242

static const struct {
	const char *name, *text;
	uint32_t min, max, want;
	bool taken;
} numbers[] = {
	{ "zero", "0", 0, 10, 0, true },
	{ "least", "5", 5, 10, 5, true },
	{ "below the least", "4", 5, 10, UNTOUCHED, false },
	{ "most", "10", 5, 10, 10, true },
	{ "above the most", "11", 5, 10, UNTOUCHED, false },
	{ "largest", "4294967295", 0, UINT32_MAX, UINT32_MAX, true },
	{ "2^32", "4294967296", 0, UINT32_MAX, UNTOUCHED, false },
	{ "2^32 + 1", "4294967297", 0, UINT32_MAX, UNTOUCHED, false },
	{ "2^64", "18446744073709551616", 0, UINT32_MAX, UNTOUCHED, false },
	{ "2^64 + 7", "18446744073709551623", 0, 10, UNTOUCHED, false },
	{ "leading zeros", "007", 0, 10, 7, true },
	{ "empty", "", 0, 10, UNTOUCHED, false },
	{ "plus", "+1", 0, 10, UNTOUCHED, false },
	{ "minus", "-1", 0, 10, UNTOUCHED, false },
	{ "blank before", " 1", 0, 10, UNTOUCHED, false },
	{ "blank behind", "1 ", 0, 10, UNTOUCHED, false },
	{ "hexadecimal", "0x1", 0, 10, UNTOUCHED, false },
	{ "letter behind", "1k", 0, 10, UNTOUCHED, false },
	{ "before 0", "/", 0, 10, UNTOUCHED, false },
	{ "behind 9", ":", 0, 10, UNTOUCHED, false },
};

static void
test_to_u32(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(numbers); i++) {
		uint32_t got = UNTOUCHED;
		struct err err = { "" };
		bool taken = str_to_u32(numbers[i].text, numbers[i].min,
		    numbers[i].max, &got, &err);

		if (taken == numbers[i].taken && got == numbers[i].want &&
		    (err.text[0] == '\0') == taken)
			continue;
		print_error("%s: got %d %lu \"%s\", want %d %lu\n",
		    numbers[i].name, taken, (unsigned long)got, err.text,
		    numbers[i].taken, (unsigned long)numbers[i].want);
		failed++;
	}
	assert_int_equal(failed, 0);
	assert_false(str_to_u32("x", 0, 1, &(uint32_t){ 0 }, NULL));
}

#define LONG_200                                             \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const char *const words[] = { "networks", "domains", "source", "sources",
	"mode", "note", "until" };

static const struct {
	const char *name, *word, *want; /* NULL: none */
} nearests[] = {
	{ "itself", "source", "source" },
	{ "one more", "domainss", "domains" },
	{ "one less", "netwrks", "networks" },
	{ "one other", "mofe", "mode" },
	{ "two swapped", "utnil", "until" },
	{ "first letter", "omains", "domains" },
	{ "nearer one wins", "sourcess", "sources" },
	{ "first of equals", "node", "mode" },
	{ "too far", "colour", NULL },
	{ "empty", "", NULL },
	{ "as long as words can be and longer", LONG_200, NULL },
};

static void
test_nearest(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(nearests); i++) {
		const char *got =
		    str_nearest(nearests[i].word, words, NITEMS(words));
		const char *want = nearests[i].want;

		if (got == want ||
		    (got != NULL && want != NULL && strcmp(got, want) == 0))
			continue;
		print_error("%s: got %s, want %s\n", nearests[i].name,
		    got == NULL ? "none" : got, want == NULL ? "none" : want);
		failed++;
	}
	assert_int_equal(failed, 0);
	assert_null(str_nearest("source", words, 0));
}

/* A swap is one edit, not two: both would be too many for a short word. */
static void
test_nearest_swap(void **state)
{
	static const char *const one[] = { "ab" };

	(void)state;
	assert_non_null(str_nearest("ba", one, 1));
	assert_null(str_nearest("xy", one, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_case),
		cmocka_unit_test(test_ends_with),
		cmocka_unit_test(test_to_u32),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_nearest_swap),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
