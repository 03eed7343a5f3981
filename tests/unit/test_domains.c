/* SPDX-License-Identifier: ISC */
/* test_domains.c - which policy guards a domain? */
#include "config.h"

#include "policy/domains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* A-labels after RFC 5891 and the Unicode IDNA test data; NULL: no name. */
static const struct {
	const char *name, *text, *want;
} normals[] = {
	{ "plain", "example.com", "example.com" },
	{ "upper case", "EXAMPLE.Com", "example.com" },
	{ "trailing dot", "example.com.", "example.com" },
	{ "two trailing dots", "example.com..", NULL },
	{ "leading dot", ".example.com", NULL },
	{ "inner dots", "example..com", NULL },
	{ "empty", "", NULL },
	{ "dot alone", ".", NULL },
	{ "single label", "localhost", "localhost" },
	{ "U-label",
	    "b\xc3\xbc"
	    "cher.example",
	    "xn--bcher-kva.example" },
	{ "U-label in upper case",
	    "B\xc3\x9c"
	    "CHER.example",
	    "xn--bcher-kva.example" },
	{ "A-label", "XN--BCHER-KVA.example", "xn--bcher-kva.example" },
	{ "sharp s is kept",
	    "stra\xc3\x9f"
	    "e.example",
	    "xn--strae-oqa.example" },
	{ "ideographic full stop",
	    "b\xc3\xbc"
	    "cher\xe3\x80\x82"
	    "example",
	    "xn--bcher-kva.example" },
	{ "fullwidth letters", "\xef\xbd\x85xample.com", "example.com" },
	{ "underscore", "_dmarc.example.com", "_dmarc.example.com" },
	{ "blank", "exam ple.com", NULL },
	{ "parenthesis", "example.net(.example.com", NULL },
	{ "control", "example\n.com", NULL },
	{ "not UTF-8",
	    "ex\xff"
	    "ample.com",
	    NULL },
	{ "literal", "[192.0.2.1]", NULL },
	{ "address without brackets", "192.0.2.1", NULL },
	{ "label of 63",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    ".example",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    ".example" },
	{ "label of 64",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    ".example",
	    NULL },
};

static void
test_normal(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(normals); i++) {
		char out[DOMAIN_TEXT] = "untouched";
		struct err err;
		bool ok = domain_normal(normals[i].text, out, &err);
		const char *want = normals[i].want;

		print_message("%s: got %s, want %s\n", normals[i].name,
		    ok ? out : "no name", want == NULL ? "no name" : want);
		assert_string_equal(out, want == NULL ? "untouched" : want);
		assert_int_equal(ok, want != NULL);
	}
}

static void
test_length(void **state)
{
	char name[512];
	char out[DOMAIN_TEXT];

	(void)state;
	for (size_t len = 250; len <= 256; len++) {
		for (size_t i = 0; i < len; i++)
			name[i] = i % 50 == 49 ? '.' : 'a';
		name[len] = '\0';
		assert_int_equal(domain_normal(name, out, NULL),
		    len <= 253 || name[len - 1] == '.');
	}
}

/* Policies 0 to 4; the longest suffix wins, whatever the order. */
static const char *const patterns[] = { ".example.com", "example.com",
	".eu.example.com", "*",
	"B\xc3\xbc"
	"cher.example" };

static const struct {
	const char *name;
	uint32_t want;
} finds[] = {
	{ "example.com", 1 },
	{ "mail.example.com", 0 },
	{ "a.b.example.com", 0 },
	{ "eu.example.com", 0 },
	{ "mail.eu.example.com", 2 },
	{ "a.b.eu.example.com", 2 },
	{ "badexample.com", 3 },
	{ "example.com.evil.example", 3 },
	{ "com", 3 },
	{ "xn--bcher-kva.example", 4 },
	{ "mail.xn--bcher-kva.example", 3 },
};

static void
test_find(void **state)
{
	struct domains *domains = domains_new();

	(void)state;
	for (uint32_t i = 0; i < NITEMS(patterns); i++)
		assert_true(domains_add(domains, patterns[i], i, NULL, NULL));
	for (size_t i = 0; i < NITEMS(finds); i++) {
		uint32_t got = domains_find(domains, finds[i].name);

		print_message("%s: got %u, want %u\n", finds[i].name,
		    (unsigned)got, (unsigned)finds[i].want);
		assert_int_equal(got, finds[i].want);
	}
	assert_true(domains_name(domains, "example.com"));
	assert_false(domains_name(domains, "mail.example.com"));
	domains_free(domains);
}

static void
test_none(void **state)
{
	struct domains *domains = domains_new();
	uint32_t other = 99;
	struct err err;

	(void)state;
	assert_int_equal(domains_find(domains, "example.com"), DOMAIN_NONE);
	assert_true(domains_add(domains, "example.com", 7, &other, &err));
	assert_int_equal(other, 99);
	assert_false(domains_add(domains, "EXAMPLE.com.", 8, &other, &err));
	assert_int_equal(other, 7);
	other = 99;
	assert_false(domains_add(domains, "*.example.com", 8, &other, &err));
	assert_int_equal(other, 99);
	assert_int_equal(domains_find(domains, "example.com"), 7);
	assert_int_equal(domains_find(domains, "example.org"), DOMAIN_NONE);
	domains_free(domains);
}

static void
test_many(void **state)
{
	struct domains *domains = domains_new();
	char name[64];

	(void)state;
	for (uint32_t i = 0; i < 10000; i++) {
		(void)snprintf(name, sizeof(name), "d%u.example", (unsigned)i);
		assert_true(domains_add(domains, name, i, NULL, NULL));
	}
	for (uint32_t i = 0; i < 10000; i++) {
		(void)snprintf(name, sizeof(name), "d%u.example", (unsigned)i);
		assert_int_equal(domains_find(domains, name), i);
	}
	domains_free(domains);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normal),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_many),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
