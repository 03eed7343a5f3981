/* SPDX-License-Identifier: ISC */
/* test_cn.c - which name does Sendmail say a certificate bears? */
#include "config.h"

#include "posternd/cn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* want NULL: no name.  The escapes are those of sendmail's cf/README. */
static const struct {
	const char *name, *text, *want;
} cases[] = {
	{ "plain", "mail.example.com", "mail.example.com" },
	{ "blank", "Example+20CA", "Example CA" },
	{ "lower case digits", "a+2fb+2Bc", "a/b+c" },
	{ "high bytes", "+C3+A9", "\xc3\xa9" },
	{ "at both ends", "+28x+29", "(x)" },
	{ "once, not twice", "+2B41", "+41" },
	{ "no digits", "a+zz", "a+zz" },
	{ "one digit", "a+4", "a+4" },
	{ "a plus at the end", "a+", "a+" },
	{ "hidden NUL", "mail.example.com+00.evil.example", NULL },
	{ "empty", "", NULL },
	{ "no CN", "BadCertificateUnknown", NULL },
	{ "NUL in the certificate", "BadCertificateContainsNUL", NULL },
	{ "too long", "BadCertificateTooLong", NULL },
};

static void
test_decode(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		const char *got;
		char text[80];

		(void)snprintf(text, sizeof(text), "%s", cases[i].text);
		got = cn_decode(text) ? text : NULL;
		if ((got == NULL) != (cases[i].want == NULL) ||
		    (got != NULL && strcmp(got, cases[i].want) != 0))
			fail_msg("%s: got %s, want %s", cases[i].name,
			    got ? got : "none",
			    cases[i].want ? cases[i].want : "none");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("cn", tests, NULL, NULL);
}
