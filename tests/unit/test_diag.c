/* SPDX-License-Identifier: ISC */
/* test_diag.c - what is wrong in the admin's files? */
#include "config.h"

#include "base/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static void
check_text(const struct diags *diags, const char *want)
{
	struct buf out;

	buf_init(&out);
	diags_text(diags, &out);
	assert_string_equal(buf_text(&out), want);
	buf_done(&out);
}

static void
check_json(const struct diags *diags, const char *want)
{
	struct buf out;

	buf_init(&out);
	diags_json(diags, &out);
	assert_string_equal(buf_text(&out), want);
	buf_done(&out);
}

static void
test_none(void **state)
{
	struct diags diags;

	(void)state;
	diags_init(&diags);
	check_text(&diags, "");
	check_json(&diags, "{\"errors\":[],\"warnings\":[]}\n");
	assert_int_equal(diags.errors + diags.warnings, 0);
	diags_done(&diags);
}

/* Files in the order in which they came up, each by line, ends in order. */
static void
test_order(void **state)
{
	struct diags diags;
	char file[] = "b.conf";

	(void)state;
	diags_init(&diags);
	diags_error(&diags, file, 10, "ten");
	diags_warning(&diags, "a.conf", 3, "number %d", 3);
	diags_error(&diags, file, 9, "nine, first");
	diags_error(&diags, file, 9, "nine, again");
	diags_error(&diags, "a.conf", 0, "no such file");
	diags_warning(&diags, file, 2, "two");
	memset(file, 'x', sizeof(file) - 1); /* it was copied */

	assert_int_equal(diags.errors, 4);
	assert_int_equal(diags.warnings, 2);
	check_text(&diags,
	    "b.conf:2: warning: two\n"
	    "b.conf:9: nine, first\n"
	    "b.conf:9: nine, again\n"
	    "b.conf:10: ten\n"
	    "a.conf: no such file\n"
	    "a.conf:3: warning: number 3\n");
	check_json(&diags,
	    "{\"errors\":["
	    "{\"file\":\"b.conf\",\"line\":9,\"message\":\"nine, first\"},"
	    "{\"file\":\"b.conf\",\"line\":9,\"message\":\"nine, again\"},"
	    "{\"file\":\"b.conf\",\"line\":10,\"message\":\"ten\"},"
	    "{\"file\":\"a.conf\",\"line\":0,\"message\":\"no such file\"}],"
	    "\"warnings\":["
	    "{\"file\":\"b.conf\",\"line\":2,\"message\":\"two\"},"
	    "{\"file\":\"a.conf\",\"line\":3,\"message\":\"number 3\"}]}\n");
	diags_done(&diags);
	assert_int_equal(diags.count, 0);
}

/* Only what is the same in all four is left out. */
static void
test_twice(void **state)
{
	struct diags diags;

	(void)state;
	diags_init(&diags);
	diags_error(&diags, "a", 1, "message");
	diags_error(&diags, "a", 1, "mess%s", "age");
	assert_int_equal(diags.errors, 1);
	diags_error(&diags, "a", 2, "message");
	diags_error(&diags, "b", 1, "message");
	diags_error(&diags, "a", 1, "other");
	diags_warning(&diags, "a", 1, "message");
	diags_warning(&diags, "a", 1, "message");
	assert_int_equal(diags.errors, 4);
	assert_int_equal(diags.warnings, 1);
	assert_int_equal(diags.count, 5);
	diags_done(&diags);
}

static void
test_json_escapes(void **state)
{
	struct diags diags;

	(void)state;
	diags_init(&diags);
	diags_error(&diags, "a\"b", 1, "line\nend");
	check_json(&diags,
	    "{\"errors\":[{\"file\":\"a\\\"b\",\"line\":1,"
	    "\"message\":\"line\\u000aend\"}],\"warnings\":[]}\n");
	diags_done(&diags);
}

enum {
	MANY = 100000
};

/* A file that is no list at all, with an error in each line, and twice. */
static void
test_many(void **state)
{
	struct diags diags;
	struct buf out;
	const char *at;

	(void)state;
	diags_init(&diags);
	for (unsigned line = MANY; line > 0; line--) {
		diags_error(&diags, "a", line, "x");
		diags_error(&diags, "a", MANY - line + 1, "x");
	}
	assert_int_equal(diags.count, MANY);
	buf_init(&out);
	diags_text(&diags, &out);
	at = buf_text(&out);
	for (unsigned line = 1; line <= MANY; line++) {
		char want[80];

		(void)snprintf(want, sizeof(want), "a:%u: x\n", line);
		assert_memory_equal(at, want, strlen(want));
		at += strlen(want);
	}
	assert_string_equal(at, "");
	buf_done(&out);
	diags_done(&diags);
}

static void
test_err(void **state)
{
	char longer[2 * ERR_TEXT];
	struct err err;

	(void)state;
	assert_false(err_set(NULL, "nobody asked"));
	assert_false(err_set(&err, "%s:%d", "file", 7));
	assert_string_equal(err.text, "file:7");
	assert_false(err_set(&err, "list: %s", err.text));
	assert_string_equal(err.text, "list: file:7");

	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_false(err_set(&err, "%s", longer));
	assert_int_equal(strlen(err.text), ERR_TEXT - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_json_escapes),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_err),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
