/* SPDX-License-Identifier: ISC */
/* test_geo_text.c - how are autonomous systems and countries written? */
#include "config.h"

#include "policy/geo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* want 0: it is none */
static const struct {
	const char *text;
	uint32_t want;
} systems[] = {
	{ "64500", 64500 },
	{ "AS64500", 64500 },
	{ "as64500", 64500 },
	{ "As1", 1 },
	{ "4294967295", UINT32_MAX },
	{ "4294967296", 0 },
	{ "0", 0 },
	{ "AS0", 0 },
	{ "", 0 },
	{ "A", 0 },
	{ "AS", 0 },
	{ "ASAS1", 0 },
	{ "A64500", 0 },
	{ "AS 64500", 0 },
	{ "AS-64500", 0 },
	{ "-1", 0 },
	{ "+1", 0 },
	{ " 1", 0 },
	{ "1 ", 0 },
	{ "1.10", 0 }, /* asdot: not RFC 5396's asplain */
	{ "0x10", 0 },
};

static void
test_systems(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(systems); i++) {
		uint32_t got = 7;
		bool ok = asn_parse(systems[i].text, &got);
		uint32_t want = systems[i].want == 0 ? 7 : systems[i].want;

		if (ok != (systems[i].want != 0) || got != want)
			fail_msg("\"%s\": got %d %lu", systems[i].text, ok,
			    (unsigned long)got);
	}
}

static const struct {
	const char *text, *want; /* NULL: it is none */
} countries[] = {
	{ "DE", "DE" },
	{ "de", "DE" },
	{ "zA", "ZA" },
	{ "AZ", "AZ" },
	{ "", NULL },
	{ "D", NULL },
	{ "DEU", NULL },
	{ "D1", NULL },
	{ "1D", NULL },
	{ "@A", NULL },
	{ "[A", NULL },
	{ "`a", NULL },
	{ "a{", NULL },
	{ " D", NULL },
	{ "D ", NULL },
	{ "\xc3\xa4", NULL },
};

static void
test_countries(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(countries); i++) {
		char got[3] = "..";
		bool ok = country_parse(countries[i].text, got);
		const char *want =
		    countries[i].want == NULL ? ".." : countries[i].want;

		if (ok != (countries[i].want != NULL) || strcmp(got, want) != 0)
			fail_msg(
			    "\"%s\": got %d %s", countries[i].text, ok, got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_systems),
		cmocka_unit_test(test_countries),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("geo text", tests, NULL, NULL);
}
