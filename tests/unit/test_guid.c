/* SPDX-License-Identifier: ISC */
/* test_guid.c - what is the name of a tenant? */
#include "config.h"

#include "policy/guid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* want: as it is written again, or NULL: it is none */
static const struct {
	const char *name, *text, *want;
} cases[] = {
	{ "lower case", "c33c9f88-1eb7-4099-9700-16013fd9e8aa",
	    "c33c9f88-1eb7-4099-9700-16013fd9e8aa" },
	{ "upper case", "C33C9F88-1EB7-4099-9700-16013FD9E8AA",
	    "c33c9f88-1eb7-4099-9700-16013fd9e8aa" },
	{ "all digits", "01234567-89ab-cDEF-fedc-ba9876543210",
	    "01234567-89ab-cdef-fedc-ba9876543210" },
	{ "zeros are one like any other",
	    "00000000-0000-0000-0000-000000000000",
	    "00000000-0000-0000-0000-000000000000" },
	{ "nothing", "", NULL },
	{ "a digit less", "c33c9f88-1eb7-4099-9700-16013fd9e8a", NULL },
	{ "a digit more", "c33c9f88-1eb7-4099-9700-16013fd9e8aa0", NULL },
	{ "in braces", "{c33c9f88-1eb7-4099-9700-16013fd9e8aa}", NULL },
	{ "no lines", "c33c9f881eb74099970016013fd9e8aa", NULL },
	{ "no lines, as long", "c33c9f881eb74099970016013fd9e8aa0000", NULL },
	{ "a line elsewhere", "c33c9f8-81eb7-4099-9700-16013fd9e8aa", NULL },
	{ "a digit for a line", "c33c9f8801eb7-4099-9700-16013fd9e8aa", NULL },
	{ "a line for a digit", "c33c9f88-1eb7-4099-9700--6013fd9e8aa", NULL },
	{ "an underline", "c33c9f88_1eb7-4099-9700-16013fd9e8aa", NULL },
	{ "before 0", "/33c9f88-1eb7-4099-9700-16013fd9e8aa", NULL },
	{ "behind 9", ":33c9f88-1eb7-4099-9700-16013fd9e8aa", NULL },
	{ "before a", "`33c9f88-1eb7-4099-9700-16013fd9e8aa", NULL },
	{ "behind f", "g33c9f88-1eb7-4099-9700-16013fd9e8aa", NULL },
	{ "before A", "@33c9f88-1eb7-4099-9700-16013fd9e8aa", NULL },
	{ "behind F", "G33c9f88-1eb7-4099-9700-16013fd9e8aa", NULL },
	{ "a blank in front", " c33c9f88-1eb7-4099-9700-16013fd9e8aa", NULL },
	{ "a blank behind", "c33c9f88-1eb7-4099-9700-16013fd9e8aa ", NULL },
	{ "a blank for a digit", " 33c9f88-1eb7-4099-9700-16013fd9e8aa", NULL },
	{ "a sign", "+33c9f88-1eb7-4099-9700-16013fd9e8aa", NULL },
	{ "0x", "0x3c9f88-1eb7-4099-9700-16013fd9e8aa", NULL },
	{ "full-width digits",
	    "\xef\xbc\x91"
	    "3c9f88-1eb7-4099-9700-16013fd9e8a",
	    NULL },
	{ "another line",
	    "c33c9f88\xe2\x80\x90"
	    "eb7-4099-9700-16013fd9e8aa",
	    NULL },
};

static void
test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		const struct guid untouched = { { 0xa5, 1, 2, 3 } };
		struct guid guid = untouched;
		char text[GUID_TEXT];
		bool got = guid_parse(cases[i].text, &guid);

		if (got != (cases[i].want != NULL))
			fail_msg("%s: got %d", cases[i].name, got);
		if (got && strcmp(guid_text(&guid, text), cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].name, text);
		if (!got && !guid_equal(&guid, &untouched))
			fail_msg("%s: touched", cases[i].name);
	}
}

/* Each of its digits counts. */
static void
test_equal(void **state)
{
	const char *text = "c33c9f88-1eb7-4099-9700-16013fd9e8aa";
	struct guid guid;

	(void)state;
	assert_true(guid_parse(text, &guid));
	for (size_t i = 0; text[i] != '\0'; i++) {
		char other[GUID_TEXT];
		struct guid parsed;

		(void)snprintf(other, sizeof(other), "%s", text);
		if (text[i] == '-')
			continue;
		other[i] = text[i] == '5' ? '6' : '5';
		assert_true(guid_parse(other, &parsed));
		assert_false(guid_equal(&guid, &parsed));
	}
	assert_true(guid_equal(&guid, &guid));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_equal),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("guid", tests, NULL, NULL);
}
