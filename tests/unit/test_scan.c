/* SPDX-License-Identifier: ISC */
/* test_scan.c - are the traps of libconfig seen before it sees the text? */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "conf/scan.h"

static char path[] = "/tmp/test_scan.XXXXXX";

static int
setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0)
		return -1;

	return close(fd);
}

static int
teardown(void **state)
{
	(void)state;

	return unlink(path);
}

static void
write_text(const char *text, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* text after the scan, and "line: message" of all that was said */
static const struct {
	const char *name, *text;
	bool fit;
	const char *joined, *said;
} cases[] = {
	{ "nothing", "", true, "", "" },
	{ "as it is", "a = 1;\nb = \"x\";\n", true, "a = 1;\nb = \"x\";\n",
	    "" },
	{ "comments go", "a = 1; # \"x\n// \"y\n/* \"z\n */b=2;", true,
	    "a = 1; \n\n \nb=2;", "" },
	{ "a comment parts words", "a = 5/**/5;", false, NULL,
	    "1: expected \";\" or the next key, not \"5\"\n" },
	{ "no comment in a text", "a = \"# // /* */\";", true,
	    "a = \"# // /* */\";", "" },
	{ "quotes in a text", "a = \"\\\" # \\\\\"; # x", true,
	    "a = \"\\\" # \\\\\"; ", "" },
	{ "comma behind a text comes first", "a = [ \"x\"\n # y\n , \"z\"\n ]",
	    true, "a = [ \"x\",\n\n \"z\"]\n", "" },
	{ "comma put in", "a = [ \"x\" \"y\" ]", true, "a = [ \"x\",\"y\"]",
	    "1: missing comma between \"x\" and \"y\"\n" },
	{ "comma put in, over lines and comments",
	    "a = ( \"x\" /* , */\n# ,\n\"y\" )", true, "a = ( \"x\",\n\n\"y\")",
	    "3: missing comma between \"x\" and \"y\"\n" },
	{ "no comma in a group", "a = { b = \"x\" \"y\" }", true,
	    "a = { b = \"x\"\"y\"}",
	    "1: \"x\" and \"y\" side by side; write one text, or a list\n" },
	{ "next key without a mark", "a = \"x\"\nb = \"y\"", true,
	    "a = \"x\"\nb = \"y\"", "" },
	{ "least number", "a = -2147483648;", true, "a = -2147483648;", "" },
	{ "greatest number", "a = +2147483647;", true, "a = +2147483647;", "" },
	{ "one more", "a = 2147483648;", true, "a = 2147483647;",
	    "1: number does not fit 32 bits; write one from -2147483648 to "
	    "2147483647, or an AS number in quotes (\"AS4294967294\")\n" },
	{ "one less", "a = -2147483649;", true, "a = 2147483647;",
	    "1: number does not fit 32 bits; write one from -2147483648 to "
	    "2147483647, or an AS number in quotes (\"AS4294967294\")\n" },
	{ "beyond 64 bits", "a = 99999999999999999999999;", true,
	    "a = 2147483647;",
	    "1: number does not fit 32 bits; write one from -2147483648 to "
	    "2147483647, or an AS number in quotes (\"AS4294967294\")\n" },
	{ "greatest in hex", "a = 0x7fffffff;", true, "a = 0x7fffffff;", "" },
	{ "one more in hex", "a = 0X80000000;", true, "a = 2147483647;",
	    "1: number does not fit 32 bits; write one from -2147483648 to "
	    "2147483647, or an AS number in quotes (\"AS4294967294\")\n" },
	{ "number before a key", "a = 4294967297b = 2", true,
	    "a = 2147483647b = 2",
	    "1: number does not fit 32 bits; write one from -2147483648 to "
	    "2147483647, or an AS number in quotes (\"AS4294967294\")\n" },
	{ "an L", "a = 5L; b = 0x5LL;", true, "a = 5; b = 0x5;",
	    "1: number with an L; write it without\n" },
	{ "fractions are left alone",
	    "a = 99999999999.5; b = .99999999999; "
	    "c = 99999999999e5; d = 5e=.5;",
	    true,
	    "a = 99999999999.5; b = .99999999999; c = 99999999999e5; d = 5e=.5;",
	    "" },
	{ "digits in a name", "a-99999999999 = 1;", true, "a-99999999999 = 1;",
	    "" },
	{ "NUL escape", "a = \"x\\x00y\\\\x00\\X00\";", true,
	    "a = \"x\\\\x00y\\\\x00\\\\X00\";",
	    "1: \\x00 in a text; remove it\n" },
	{ "other escape", "a = \"\\x0a\\x01\";", true, "a = \"\\x0a\\x01\";",
	    "" },
	{ "text not closed", "a = \"x\nb = \"y\";", false, NULL,
	    "1: text is not closed; write its second \" on the same line\n" },
	{ "escaped quote closes nothing", "a = \"x\\\"", false, NULL,
	    "1: text is not closed; write its second \" on the same line\n" },
	{ "escaped newline", "a = \"x\\\ny\";", false, NULL,
	    "1: text is not closed; write its second \" on the same line\n" },
	{ "comment not closed", "a = 1;\n/* x\n* /", false, NULL,
	    "2: comment is not closed; write \"*/\" where it ends\n" },
	{ "half a comment", "/*/", false, NULL,
	    "1: comment is not closed; write \"*/\" where it ends\n" },
	{ "comment in a comment", "/* x\n/* y */", true, " \n",
	    "2: \"/*\" inside the comment of line 1; taken as part of it\n" },
	{ "byte order mark",
	    "\xef\xbb\xbf"
	    "a = 1;",
	    true, "a = 1;",
	    "1: byte order mark (BOM) before the text; save the file as "
	    "UTF-8 without it\n" },
	{ "not UTF-8", "# \xe4\n", false, NULL,
	    "1: byte \\xe4 is not UTF-8; save the file as UTF-8\n" },
	{ "UTF-8", "# \xc3\xa4\n", true, "\n", "" },
	{ "DEL", "a\x7f", false, NULL,
	    "1: control character \\x7f; remove it\n" },
	{ "CRLF", "a = 1;\r\nb = 2;\r\n", true, "a = 1; \nb = 2; \n", "" },
	{ "CR alone", "# a\rb = 2;", false, NULL,
	    "1: control character \\x0d; remove it\n" },
	{ "not closed", "a = (\n( {", false, NULL,
	    "1: \"(\" is not closed before the file ends\n"
	    "2: \"(\" is not closed before the file ends\n"
	    "2: \"{\" is not closed before the file ends\n" },
	{ "crossed", "a = ( { ) }", false, NULL,
	    "1: \")\" does not close the \"{\" of line 1\n" },
	{ "closes nothing", "a = 1; )", false, NULL,
	    "1: \")\" closes nothing; remove it\n" },
	{ "@ in a text", "a = \"@include\";", true, "a = \"@include\";", "" },
	{ "@include behind a key", "a = 1; @include \"/dev/null\"", false, NULL,
	    "1: \"@\" outside a text; write @include \"FILE\" on a line of "
	    "its own, or quotes around the text\n" },
	{ "@include in a comment", "/*\n@include \"/\"\n*/", true, " \n\n",
	    "" },
	{ "@include of a directory", "a = 1;\n\t@include \"/\"\n", false, NULL,
	    "2: @include: \"/\" is a directory; name a regular file\n" },
};

static void
add_said(const struct diags *diags, struct buf *out)
{
	for (size_t i = 0; i < diags->count; i++)
		buf_addf(out, "%u: %s\n", diags->items[i].line,
		    diags->items[i].message);
}

static void
check_text(const char *name, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg("%s: got <%s>, want <%s>", name, got, want);
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct diags diags;
		struct scan scan;
		struct buf said;
		bool fit;

		diags_init(&diags);
		buf_init(&said);
		write_text(cases[i].text, strlen(cases[i].text));
		fit = scan_file(path, &scan, &diags);
		add_said(&diags, &said);
		check_text(cases[i].name, buf_text(&said), cases[i].said);
		if (fit != cases[i].fit)
			fail_msg("%s: fit is %d", cases[i].name, fit);
		if (cases[i].joined != NULL)
			check_text(cases[i].name, buf_text(&scan.text),
			    cases[i].joined);
		check_text(cases[i].name, buf_text(&scan.bytes), cases[i].text);
		buf_done(&said);
		diags_done(&diags);
		scan_done(&scan);
	}
}

/* A NUL cannot stand in the table above. */
static void
test_nul(void **state)
{
	static const char text[] = "a = 1;\0b = 2;";
	struct diags diags;
	struct scan scan;

	(void)state;
	diags_init(&diags);
	write_text(text, sizeof(text) - 1);
	assert_false(scan_file(path, &scan, &diags));
	assert_int_equal(diags.errors, 1);
	assert_string_equal(diags.items[0].message, "NUL byte; remove it");
	diags_done(&diags);
	scan_done(&scan);
}

/* Lines of the joined text know their file and line, includes too. */
static void
test_where(void **state)
{
	static const char include[] = "x = \"1\"\n\n,y = 2;";
	char inner[] = "/tmp/test_scan.inner.XXXXXX";
	struct diags diags;
	struct scan scan;
	struct buf text;
	int fd = mkstemp(inner);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, include, strlen(include)), strlen(include));
	assert_int_equal(close(fd), 0);
	buf_init(&text);
	buf_addf(&text, "a = \"1\"\n  @include \"%s\" b = 3;\nc = 4;", inner);
	write_text(buf_text(&text), text.len);
	diags_init(&diags);

	assert_true(scan_file(path, &scan, &diags));
	assert_string_equal(buf_text(&scan.text),
	    "a = \"1\"\n\nx = \"1\",\n\ny = 2;\n b = 3;\nc = 4;");
	assert_int_equal(scan.nfiles, 2);
	assert_string_equal(scan_where(&scan, 1).file, path);
	assert_int_equal(scan_where(&scan, 1).line, 1);
	assert_string_equal(scan_where(&scan, 3).file, inner);
	assert_int_equal(scan_where(&scan, 3).line, 1);
	assert_string_equal(scan_where(&scan, 5).file, inner);
	assert_int_equal(scan_where(&scan, 5).line, 3);
	assert_string_equal(scan_where(&scan, 6).file, path);
	assert_int_equal(scan_where(&scan, 6).line, 2);
	assert_int_equal(scan_where(&scan, 7).line, 3);
	assert_int_equal(scan_where(&scan, 99).line, 3);
	assert_int_equal(scan_where(&scan, 0).line, 0);

	diags_done(&diags);
	scan_done(&scan);
	buf_done(&text);
	assert_int_equal(unlink(inner), 0);
}

static void
test_no_file(void **state)
{
	struct diags diags;
	struct scan scan;

	(void)state;
	diags_init(&diags);
	assert_false(scan_file("/nowhere/x", &scan, &diags));
	assert_string_equal(diags.items[0].file, "/nowhere/x");
	assert_int_equal(diags.items[0].line, 0);
	assert_string_equal(diags.items[0].message,
	    "cannot be read: No such file or directory");
	scan_done(&scan);
	assert_false(scan_file("/", &scan, &diags));
	assert_string_equal(
	    diags.items[1].message, "is a directory; name a regular file");
	scan_done(&scan);
	diags_done(&diags);
}

/* Brackets up to the limit; errors up to theirs, and then a last one. */
static void
test_limits(void **state)
{
	struct diags diags;
	struct scan scan;
	struct buf text;

	(void)state;
	for (int deep = SCAN_BRACKETS; deep <= SCAN_BRACKETS + 1; deep++) {
		buf_init(&text);
		buf_add_text(&text, "a = ");
		for (int i = 0; i < deep; i++)
			buf_add_text(&text, "(");
		for (int i = 0; i < deep; i++)
			buf_add_text(&text, ")");
		write_text(buf_text(&text), text.len);
		diags_init(&diags);
		assert_int_equal(
		    scan_file(path, &scan, &diags), deep == SCAN_BRACKETS);
		diags_done(&diags);
		scan_done(&scan);
		buf_done(&text);
	}

	buf_init(&text);
	buf_add_text(&text, "a = [\n");
	for (int i = 0; i < 1000; i++)
		buf_add_text(&text, "\"x\"\n");
	buf_add_text(&text, "]");
	write_text(buf_text(&text), text.len);
	diags_init(&diags);
	assert_false(scan_file(path, &scan, &diags));
	assert_int_equal(diags.errors, SCAN_ERRORS + 1);
	assert_string_equal(diags.items[SCAN_ERRORS].message,
	    "more than 100 errors; the rest is not shown");
	diags_done(&diags);
	scan_done(&scan);
	buf_done(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_limits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, setup, teardown);
}
