/* SPDX-License-Identifier: ISC */
/* test_reply.c - what is the sender told? */
#include "config.h"

#include "policy/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define VALUES_9 \
	"%{rcpt}%{rcpt}%{rcpt}%{rcpt}%{rcpt}%{rcpt}%{rcpt}%{rcpt}%{rcpt}"

/* RFC 5321 4.2 (codes), RFC 3463 2 (status). */
static const struct {
	const char *name;
	unsigned code;
	const char *status, *text;
	unsigned class;
	const char *want; /* NULL: fine, else a part of the message */
} checks[] = {
	{ "default", 550, "5.7.1", REPLY_DEFAULT, 5, NULL },
	{ "other code", 554, "5.7.0", "no", 5, NULL },
	{ "code of a deferral", 451, "5.7.1", "no", 5, "451" },
	{ "560", 560, "5.7.1", "no", 5, "560" },
	{ "55 does", 55, "5.7.1", "no", 5, "55 does" },
	{ "5500", 5500, "5.7.1", "no", 5, "5500" },
	{ "250", 250, "2.0.0", "no", 5, "250" },
	{ "deferral", 451, "4.7.1", "later", 4, NULL },
	{ "421 hangs up", 421, "4.7.0", "later", 4, "421" },
	{ "status of another class", 550, "4.7.1", "no", 5, "SUBJECT" },
	{ "status too short", 550, "5.7", "no", 5, "SUBJECT" },
	{ "status too long", 550, "5.7.1.1", "no", 5, "SUBJECT" },
	{ "status of three digits", 550, "5.7.123", "no", 5, NULL },
	{ "status of four digits", 550, "5.7.1234", "no", 5, "SUBJECT" },
	{ "status with leading zero", 550, "5.07.1", "no", 5, "SUBJECT" },
	{ "status with text", 550, "5.7.1 ", "no", 5, "SUBJECT" },
	{ "empty status", 550, "", "no", 5, "SUBJECT" },
	{ "empty text", 550, "5.7.1", "", 5, "empty" },
	{ "per cent", 550, "5.7.1", "100% refused", 5, NULL },
	{ "unknown variable", 550, "5.7.1", "%{from}", 5, "%{domain}" },
	{ "open variable", 550, "5.7.1", "%{id", 5, "variable" },
	{ "newline", 550, "5.7.1", "no\nyes", 5, "printable" },
	{ "carriage return", 550, "5.7.1", "no\r", 5, "printable" },
	{ "umlaut", 550, "5.7.1", "n\xc3\xb6", 5, "printable" },
	{ "too many variables", 550, "5.7.1", VALUES_9, 5, "576" },
};

static void
test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(checks); i++) {
		struct err err = { "" };
		bool ok =
		    reply_check_code(checks[i].code, checks[i].class, &err) &&
		    reply_check_status(
			checks[i].status, checks[i].class, &err) &&
		    reply_check_text(checks[i].text, &err);

		print_message("%s: got %s, want %s\n", checks[i].name, err.text,
		    checks[i].want == NULL ? "" : checks[i].want);
		assert_int_equal(ok, checks[i].want == NULL);
		if (checks[i].want != NULL)
			assert_non_null(strstr(err.text, checks[i].want));
	}
}

static const struct {
	const char *text, *want;
} texts[] = {
	{ REPLY_DEFAULT,
	    "Direct delivery is refused; use the MX of example.com (ref ID)" },
	{ "%{client} %{rcpt} %{policy}", "192.0.2.1 a@example.com unknown" },
	{ "100% %d %n", "100% %d %n" },
	{ "%%{id}", "%ID" },
};

static void
test_text(void **state)
{
	const struct reply_values values = { "ID", "192.0.2.1", "a@example.com",
		"example.com", NULL };

	(void)state;
	for (size_t i = 0; i < NITEMS(texts); i++) {
		char text[256];
		struct reply_form form = { 550, NULL, text };
		char got[REPLY_TEXT];

		(void)snprintf(text, sizeof(text), "%s", texts[i].text);
		reply_text(&form, &values, got);
		assert_string_equal(got, texts[i].want);
	}
}

/* No value ends the line, adds one, or grows beyond its place. */
static void
test_hostile(void **state)
{
	char text[] = "%{rcpt}%{rcpt}%{rcpt}%{rcpt}%{rcpt}%{rcpt}%{rcpt}";
	struct reply_form form = { 550, NULL, text };
	char long_value[1000];
	struct reply_values values = { "ID", NULL, "a\r\n250 ok\x7f\xc3\xbc%",
		NULL, NULL };
	char got[REPLY_TEXT];

	(void)state;
	reply_text(&form, &values, got);
	assert_memory_equal(got, "a??250 ok???%a??", 16);

	memset(long_value, 'x', sizeof(long_value) - 1);
	long_value[sizeof(long_value) - 1] = '\0';
	values.rcpt = long_value;
	reply_text(&form, &values, got);
	assert_int_equal(strlen(got), 7 * REPLY_VALUE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_hostile),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
