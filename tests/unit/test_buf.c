/* SPDX-License-Identifier: ISC */
/* test_buf.c - how is text put together? */
#include "config.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* Both print what differs, so that a failed row can be read. */
static bool
check_text(const char *name, const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return true;
	print_error("%s: got %s, want %s\n", name, got, want);

	return false;
}

static void
test_add(void **state)
{
	struct buf buf;
	char thousand[1001];

	(void)state;
	memset(thousand, 'x', 1000);
	thousand[1000] = '\0';
	buf_init(&buf);
	assert_string_equal(buf_text(&buf), "");
	buf_add(&buf, NULL, 0);
	assert_string_equal(buf_text(&buf), "");
	buf_add(&buf, "abcd", 3);
	buf_addf(&buf, "-%d%s", 42, "");
	buf_add_text(&buf, "!");
	assert_string_equal(buf_text(&buf), "abc-42!");
	assert_int_equal(buf.len, 7);

	buf_addf(&buf, "%s", thousand);
	assert_int_equal(buf.len, 1007);
	assert_string_equal(buf_text(&buf) + 7, thousand);

	buf_clear(&buf);
	assert_string_equal(buf_text(&buf), "");
	buf_add(&buf, "a\0b", 3);
	assert_int_equal(buf.len, 3);
	assert_memory_equal(buf_text(&buf), "a\0b", 4);
	buf_done(&buf);
	assert_string_equal(buf_text(&buf), "");
	assert_int_equal(buf.len, 0);
}

/* Every length around the sizes at which the buffer grows. */
static void
test_growth(void **state)
{
	(void)state;
	for (size_t len = 0; len < 300; len++) {
		struct buf buf;

		buf_init(&buf);
		for (size_t i = 0; i < len; i++)
			buf_addf(&buf, "%c", (char)('a' + i % 26));
		assert_int_equal(strlen(buf_text(&buf)), len);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(buf_text(&buf)[i], 'a' + i % 26);
		buf_done(&buf);
	}
}

static const struct {
	const char *name, *text;
	size_t max;
	const char *want;
} quoted[] = {
	{ "empty", "", 10, "\"\"" },
	{ "empty, nothing allowed", "", 0, "\"\"" },
	{ "plain", "mail.example.com", 100, "\"mail.example.com\"" },
	{ "first and last printable", " ~", 10, "\" ~\"" },
	{ "around them", "\x1f\x7f", 10, "\"\\x1f\\x7f\"" },
	{ "quote and backslash", "a\"b\\c", 10, "\"a\\\"b\\\\c\"" },
	{ "line end", "a\r\nb", 10, "\"a\\x0d\\x0ab\"" },
	{ "UTF-8", "\xc3\xbc", 10, "\"\\xc3\\xbc\"" },
	{ "format", "%s%n", 10, "\"%s%n\"" },
	{ "just fits", "abcdef", 6, "\"abcdef\"" },
	{ "one too many", "abcdefg", 6, "\"abcdef...\"" },
	{ "escape just fits", "abc\n", 7, "\"abc\\x0a\"" },
	{ "escape does not fit", "abc\n", 6, "\"abc...\"" },
	{ "pair does not fit", "abc\"", 4, "\"abc...\"" },
	{ "nothing allowed", "abc", 0, "\"...\"" },
};

static void
test_quoted(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(quoted); i++) {
		struct buf buf;

		buf_init(&buf);
		buf_add_text(&buf, "<");
		buf_add_quoted(&buf, quoted[i].text, quoted[i].max);
		buf_add_text(&buf, ">");
		buf.data[buf.len - 1] = '\0';
		failed += !check_text(
		    quoted[i].name, buf_text(&buf) + 1, quoted[i].want);
		buf_done(&buf);
	}
	assert_int_equal(failed, 0);
}

/* U+FFFD for each byte that is part of no character. */
#define BAD "\\ufffd"

/*
 * RFC 8259 section 7 for what must be escaped; RFC 3629 section 4 for what
 * is UTF-8: the rows with "first" and "last" stand on the edges of its
 * grammar, those with BAD one beyond.
 */
static const struct {
	const char *name, *bytes;
	size_t len;
	const char *want;
} jsons[] = {
	{ "empty", "", 0, "" },
	{ "plain", "abc/ ~", 6, "abc/ ~" },
	{ "quote", "a\"b", 3, "a\\\"b" },
	{ "backslash", "a\\b", 3, "a\\\\b" },
	{ "NUL", "a\0b", 3, "a\\u0000b" },
	{ "line end", "\r\n\t", 3, "\\u000d\\u000a\\u0009" },
	{ "last of C0", "\x1f ", 2, "\\u001f " },
	{ "DEL", "~\x7f", 2, "~\\u007f" },
	{ "first of C1", "\xc2\x80", 2, "\\u0080" },
	{ "NEL", "\xc2\x85", 2, "\\u0085" },
	{ "last of C1", "\xc2\x9f", 2, "\\u009f" },
	{ "behind C1", "\xc2\xa0", 2, "\xc2\xa0" },
	{ "Arabic letter mark", "\xd8\x9c", 2, "\\u061c" },
	{ "before the marks", "\xe2\x80\x8d", 3, "\xe2\x80\x8d" },
	{ "left-to-right mark", "\xe2\x80\x8e", 3, "\\u200e" },
	{ "right-to-left mark", "\xe2\x80\x8f", 3, "\\u200f" },
	{ "behind the marks", "\xe2\x80\x90", 3, "\xe2\x80\x90" },
	{ "before the separators", "\xe2\x80\xa7", 3, "\xe2\x80\xa7" },
	{ "line separator", "\xe2\x80\xa8", 3, "\\u2028" },
	{ "paragraph separator", "\xe2\x80\xa9", 3, "\\u2029" },
	{ "right-to-left override", "\xe2\x80\xae", 3, "\\u202e" },
	{ "behind the overrides", "\xe2\x80\xaf", 3, "\xe2\x80\xaf" },
	{ "before the isolates", "\xe2\x81\xa5", 3, "\xe2\x81\xa5" },
	{ "first isolate", "\xe2\x81\xa6", 3, "\\u2066" },
	{ "last isolate", "\xe2\x81\xa9", 3, "\\u2069" },
	{ "behind the isolates", "\xe2\x81\xaa", 3, "\xe2\x81\xaa" },
	{ "byte order mark", "\xef\xbb\xbf", 3, "\\ufeff" },

	{ "last of 2 bytes", "\xdf\xbf", 2, "\xdf\xbf" },
	{ "first of 3 bytes", "\xe0\xa0\x80", 3, "\xe0\xa0\x80" },
	{ "before the surrogates", "\xed\x9f\xbf", 3, "\xed\x9f\xbf" },
	{ "behind the surrogates", "\xee\x80\x80", 3, "\xee\x80\x80" },
	{ "last of 3 bytes", "\xef\xbf\xbf", 3, "\xef\xbf\xbf" },
	{ "first of 4 bytes", "\xf0\x90\x80\x80", 4, "\xf0\x90\x80\x80" },
	{ "last of all", "\xf4\x8f\xbf\xbf", 4, "\xf4\x8f\xbf\xbf" },

	{ "lone continuation", "\x80", 1, BAD },
	{ "last continuation", "\xbf", 1, BAD },
	{ "overlong slash", "\xc0\xaf", 2, BAD BAD },
	{ "overlong NUL", "\xc0\x80", 2, BAD BAD },
	{ "last overlong of 2", "\xc1\xbf", 2, BAD BAD },
	{ "last overlong of 3", "\xe0\x9f\xbf", 3, BAD BAD BAD },
	{ "last overlong of 4", "\xf0\x8f\xbf\xbf", 4, BAD BAD BAD BAD },
	{ "first surrogate", "\xed\xa0\x80", 3, BAD BAD BAD },
	{ "last surrogate", "\xed\xbf\xbf", 3, BAD BAD BAD },
	{ "beyond all", "\xf4\x90\x80\x80", 4, BAD BAD BAD BAD },
	{ "F5", "\xf5\x80\x80\x80", 4, BAD BAD BAD BAD },
	{ "five bytes", "\xf8\x88\x80\x80\x80", 5, BAD BAD BAD BAD BAD },
	{ "FE FF", "\xfe\xff", 2, BAD BAD },
	{ "cut after 1 of 2", "\xc3", 1, BAD },
	{ "cut after 2 of 3", "\xe2\x82", 2, BAD BAD },
	{ "cut after 3 of 4", "\xf0\x9f\x98", 3, BAD BAD BAD },
	{ "quote inside", "\xe2\x82\"", 3, BAD BAD "\\\"" },
	{ "next one inside", "\xe2\xc3\xbc", 3, BAD "\xc3\xbc" },
	{ "len ends it, not NUL", "\xc3\xbc", 1, BAD },
};

static void
test_json(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(jsons); i++) {
		/* Its own block: a sanitizer sees a byte read behind it. */
		char *bytes = malloc(jsons[i].len + 1);
		struct buf buf;
		char want[100];

		assert_non_null(bytes);
		memcpy(bytes, jsons[i].bytes, jsons[i].len);
		bytes = realloc(bytes, jsons[i].len > 0 ? jsons[i].len : 1);
		assert_non_null(bytes);
		(void)snprintf(want, sizeof(want), "\"%s\"", jsons[i].want);
		buf_init(&buf);
		assert_true(buf_add_json(&buf, bytes, jsons[i].len, SIZE_MAX));
		failed += !check_text(jsons[i].name, buf_text(&buf), want);
		buf_done(&buf);
		free(bytes);
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *name, *text;
	size_t max;
	const char *want;
	bool whole;
} cuts[] = {
	{ "just fits", "abc", 3, "\"abc\"", true },
	{ "one too many", "abcd", 3, "\"abc\"", false },
	{ "nothing allowed", "a", 0, "\"\"", false },
	{ "nothing there", "", 0, "\"\"", true },
	{ "escape just fits", "a\n", 7, "\"a\\u000a\"", true },
	{ "escape is not split", "a\n", 6, "\"a\"", false },
	{ "pair is not split", "a\"", 2, "\"a\"", false },
	{ "2 bytes just fit", "a\xc3\xbc", 3, "\"a\xc3\xbc\"", true },
	{ "2 bytes are not split", "a\xc3\xbc", 2, "\"a\"", false },
	{ "4 bytes just fit", "\xf0\x9f\x98\x80", 4, "\"\xf0\x9f\x98\x80\"",
	    true },
	{ "4 bytes are not split", "\xf0\x9f\x98\x80", 3, "\"\"", false },
	{ "nothing after the cut", "a\n\nb", 12, "\"a\\u000a\"", false },
	{ "replacement is not split", "\xff\xff", 11, "\"" BAD "\"", false },
	{ "replacements just fit", "\xff\xff", 12, "\"" BAD BAD "\"", true },
};

static void
test_json_cut(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(cuts); i++) {
		struct buf buf;
		bool whole;

		buf_init(&buf);
		whole = buf_add_json(
		    &buf, cuts[i].text, strlen(cuts[i].text), cuts[i].max);
		failed +=
		    !check_text(cuts[i].name, buf_text(&buf), cuts[i].want);
		if (whole != cuts[i].whole) {
			print_error("%s: whole is wrong\n", cuts[i].name);
			failed++;
		}
		buf_done(&buf);
	}
	assert_int_equal(failed, 0);
}

static void
test_json_text(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf);
	buf_add_json_text(&buf, "a\"\n");
	assert_string_equal(buf_text(&buf), "\"a\\\"\\u000a\"");
	buf_done(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_quoted),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_cut),
		cmocka_unit_test(test_json_text),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
