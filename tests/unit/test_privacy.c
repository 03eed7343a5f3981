/* SPDX-License-Identifier: ISC */
/* test_privacy.c - what of an address is written down? */
#include "config.h"

#include "policy/privacy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define LONG32 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG128 LONG32 LONG32 LONG32 LONG32

/* What is asked for, for the tests to see. */
static char asked[1024];

static void
fake_hmac(
    const void *owner, const void *bytes, size_t len, uint8_t tag[PRIVACY_TAG])
{
	assert_string_equal(owner, "owner");
	assert_true(len < sizeof(asked));
	memcpy(asked, bytes, len);
	asked[len] = '\0';
	memcpy(tag, "\x01\x23\x45\x67\x89\xab\xcd\xef", PRIVACY_TAG);
}

static const struct privacy by_domain = { PRIVACY_DOMAIN, NULL, NULL };
static const struct privacy by_hmac = { PRIVACY_HMAC, fake_hmac, "owner" };
static const struct privacy full = { PRIVACY_FULL, NULL, NULL };

#define TAG "0123456789abcdef"

/* want: "domain" writes *, "hmac" the digits there; hashed NULL: nothing is */
static const struct {
	const char *name, *address, *want, *hashed;
} addresses[] = {
	{ "plain", "ceo@example.com", "*@example.com", "ceo@example.com" },
	{ "capitals", "CEO@Example.COM", "*@Example.COM", "ceo@example.com" },
	{ "null sender", "<>", "<>", NULL },
	{ "empty", "", "", NULL },
	{ "no @", "postmaster", "*", "postmaster" },
	{ "brackets", "<ceo@example.com>", "<*@example.com>",
	    "ceo@example.com" },
	{ "only opened", "<ceo@example.com", "*@example.com",
	    "<ceo@example.com" },
	{ "only closed", "ceo@example.com>", "*", "ceo@example.com>" },
	{ "quoted", "\"big boss\"@example.com", "*@example.com",
	    "\"big boss\"@example.com" },
	{ "quoted @", "\"a@b.example\"@example.com", "*@example.com",
	    "\"a@b.example\"@example.com" },
	{ "only quoted", "\"ceo@example.com\"", "*", "\"ceo@example.com\"" },
	{ "several @", "a@b@example.com", "*@example.com", "a@b@example.com" },
	{ "route", "@a.example,@b.example:ceo@example.com", "*@example.com",
	    "@a.example,@b.example:ceo@example.com" },
	{ "route without end", "@a.example:ceo", "*", "@a.example:ceo" },
	{ "percent", "ceo%secret.example@example.com", "*@example.com",
	    "ceo%secret.example@example.com" },
	{ "bang", "secret.example!ceo@example.com", "*@example.com",
	    "secret.example!ceo@example.com" },
	{ "plus", "ceo+secret@example.com", "*@example.com",
	    "ceo+secret@example.com" },
	{ "backslash", "ceo\\@x@example.com", "*@example.com",
	    "ceo\\@x@example.com" },
	{ "UTF-8 in front", "B\303\274RO@example.com", "*@example.com",
	    "b\303\274ro@example.com" },
	{ "UTF-8 behind", "ceo@b\303\274ro.example", "*@b\303\274ro.example",
	    "ceo@b\303\274ro.example" },
	{ "no UTF-8", "\377\376@example.com", "*@example.com",
	    "\377\376@example.com" },
	{ "literal", "ceo@[192.0.2.1]", "*@[192.0.2.1]", "ceo@[192.0.2.1]" },
	{ "IPv6 literal", "ceo@[IPv6:2001:db8::1]", "*@[IPv6:2001:db8::1]",
	    "ceo@[ipv6:2001:db8::1]" },
	{ "literal with more", "ceo@[secret name]", "*", "ceo@[secret name]" },
	{ "empty literal", "ceo@[]", "*", "ceo@[]" },
	{ "no domain", "ceo@", "*", "ceo@" },
	{ "no local part", "@example.com", "*@example.com", "@example.com" },
	{ "blank behind", "ceo@example.com secret", "*",
	    "ceo@example.com secret" },
	{ "comment behind", "a@example.com(ceo)", "*", "a@example.com(ceo)" },
	{ "colon behind", "a@example.com:ceo", "*", "a@example.com:ceo" },
	{ "percent behind", "a@ceo%example.com", "*", "a@ceo%example.com" },
	{ "254 bytes",
	    LONG128 LONG32 LONG32 LONG32 "aaaaaaaaaaaaaaaaaa@example.com",
	    "*@example.com",
	    LONG128 LONG32 LONG32 LONG32 "aaaaaaaaaaaaaaaaaa@example.com" },
	{ "255 bytes: may be cut",
	    LONG128 LONG32 LONG32 LONG32 "aaaaaaaaaaaaaaaaaaa@example.com", "*",
	    LONG128 LONG32 LONG32 LONG32 "aaaaaaaaaaaaaaaaaaa@example.com" },
};

/* want with the digits in the place of the star */
static void
with_tag(const char *want, struct buf *out)
{
	size_t star = strcspn(want, "*");

	buf_add(out, want, star);
	if (want[star] == '*') {
		buf_add_text(out, TAG);
		buf_add_text(out, want + star + 1);
	}
}

static int
differs(const char *name, const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return 0;
	print_error("%s: got \"%s\", want \"%s\"\n", name, got, want);

	return 1;
}

static void
test_address(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(addresses); i++) {
		const char *name = addresses[i].name;
		const char *address = addresses[i].address;
		struct buf got, want;

		buf_init(&got);
		buf_init(&want);
		privacy_add_address(NULL, address, &got);
		failed += differs(name, buf_text(&got), address);
		buf_clear(&got);
		privacy_add_address(&full, address, &got);
		failed += differs(name, buf_text(&got), address);
		buf_clear(&got);
		privacy_add_address(&by_domain, address, &got);
		failed += differs(name, buf_text(&got), addresses[i].want);
		buf_clear(&got);
		asked[0] = '\0';
		privacy_add_address(&by_hmac, address, &got);
		with_tag(addresses[i].want, &want);
		failed += differs(name, buf_text(&got), buf_text(&want));
		failed += differs(name, asked,
		    addresses[i].hashed == NULL ? "" : addresses[i].hashed);
		buf_done(&got);
		buf_done(&want);
	}
	assert_int_equal(failed, 0);
}

/* hashed: what is last */
static const struct {
	const char *name, *text, *want, *hashed;
} texts[] = {
	{ "nothing", "", "", NULL },
	{ "a name", "mail.example.com", "mail.example.com", NULL },
	{ "a literal", "[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]", NULL },
	{ "words", "Example CA, Ltd. (G2)", "Example CA, Ltd. (G2)", NULL },
	{ "an address", "User@Example.com", "*@Example.com",
	    "user@example.com" },
	{ "CN", "CN=user@example.com", "CN=*@example.com", "user@example.com" },
	{ "cn, alone", "cn=user@example.com", "cn=*@example.com",
	    "user@example.com" },
	{ "DN", "/C=DE/O=Secret GmbH/CN=user@example.com",
	    "/C=DE/O=Secret GmbH/CN=*@example.com", "user@example.com" },
	{ "DN that goes on", "/CN=user@example.com/OU=Office",
	    "/CN=*@example.com/OU=Office", "user@example.com" },
	{ "DN of RFC 4514", "CN=user@example.com,O=Secret,C=DE",
	    "CN=*@example.com,O=Secret,C=DE", "user@example.com" },
	{ "unknown attribute", "/secret=user@example.com", "*@example.com",
	    "/secret=user@example.com" },
	{ "more behind", "CN=user@example.com+UID=secret", "CN=*",
	    "user@example.com+uid=secret" },
	{ "brackets", "Us <user@example.com>", "Us <*@example.com>",
	    "user@example.com" },
	{ "quoted", "\"big boss\"@example.com x", "*@example.com x",
	    "\"big boss\"@example.com" },
	{ "quote not closed", "a \"big boss@example.com", "a *@example.com",
	    "\"big boss@example.com" },
	{ "escaped quote", "\"a\\\" b\"@example.com", "*@example.com",
	    "\"a\\\" b\"@example.com" },
	{ "backslash at the end", "a@b.example\\", "*", "a@b.example\\" },
	{ "with a scheme", "mailto:user@example.com", "*@example.com",
	    "mailto:user@example.com" },
	{ "in parentheses", "(user@example.com)", "*", "(user@example.com)" },
	{ "slash, VERP", "a/b+user=example.org@example.com", "*@example.com",
	    "a/b+user=example.org@example.com" },
	{ "only an @", "@", "*", "@" },
	{ "blanks", "  a@b.example\t", "  *@b.example\t", "a@b.example" },
};

static void
test_text(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(texts); i++) {
		struct buf got, want;

		buf_init(&got);
		buf_init(&want);
		privacy_add_text(NULL, texts[i].text, &got);
		failed += differs(texts[i].name, buf_text(&got), texts[i].text);
		buf_clear(&got);
		privacy_add_text(&by_domain, texts[i].text, &got);
		failed += differs(texts[i].name, buf_text(&got), texts[i].want);
		buf_clear(&got);
		asked[0] = '\0';
		privacy_add_text(&by_hmac, texts[i].text, &got);
		with_tag(texts[i].want, &want);
		failed +=
		    differs(texts[i].name, buf_text(&got), buf_text(&want));
		failed += differs(texts[i].name, asked,
		    texts[i].hashed == NULL ? "" : texts[i].hashed);
		buf_done(&got);
		buf_done(&want);
	}
	assert_int_equal(failed, 0);
}

static void
test_two_in_a_text(void **state)
{
	struct buf got;

	(void)state;
	buf_init(&got);
	privacy_add_text(&by_domain,
	    "/CN=a@x.example/emailAddress=b@y.example, c@z.example", &got);
	assert_string_equal(buf_text(&got),
	    "/CN=*@x.example/emailAddress=*@y.example, *@z.example");
	buf_done(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_two_in_a_text),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
