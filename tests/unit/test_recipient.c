/* SPDX-License-Identifier: ISC */
/* test_recipient.c - which domains does an envelope recipient reach? */
#include "config.h"

#include "policy/recipient.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/*
 * want: the domains it reaches, parted by blanks; "*": every policy has a
 * say; "postmaster": every policy, unless one lists it in `always`.
 */
static const struct {
	const char *argument, *want, *local;
} cases[] = {
	{ "<user@example.com>", "example.com", "user" },
	{ "user@example.com", "example.com", "user" },
	{ "  <user@example.com> ", "example.com", "user" },
	{ "<User@EXAMPLE.com>", "example.com", "user" },
	{ "<user@example.com.>", "example.com", "user" },
	{ "<user@example.com..>", "example.com", "user" },
	/* RFC 5321 appendix C: the route says nothing of the mailbox */
	{ "<@a.example,@b.example:user@example.com>", "example.com", "user" },
	{ "<@example.com:user@other.example>", "other.example", "user" },
	{ "<@example.com>", "example.com", "" },
	/* RFC 5321 4.1.2: quoted strings */
	{ "<\"user\"@example.com>", "example.com", "user" },
	{ "<\"us er\"@example.com>", "example.com", "us er" },
	{ "<\"us\\\"er\"@example.com>", "example.com", "us\"er" },
	{ "<\"a@b.example\"@example.com>", "example.com b.example",
	    "a@b.example" },
	{ "<a@b.example@example.com>", "example.com b.example", "a@b.example" },
	{ "<\"user@example.com\">", "*", "user@example.com" },
	{ "<\"user@example.com>", "*", "user@example.com" },
	{ "<user\\@example.com>", "*", "user@example.com" },
	{ "<us\\er@example.com>", "example.com", "user" },
	/* the percent hack and bang paths, quoted or not */
	{ "<user%example.com@relay.example>", "relay.example example.com",
	    "user%example.com" },
	{ "<\"user%example.com\"@relay.example>", "relay.example example.com",
	    "user%example.com" },
	{ "<\"user%exam\\ple.com\"@relay.example>", "relay.example example.com",
	    "user%example.com" },
	{ "<user%exam\"ple\".com@relay.example>", "relay.example example.com",
	    "user%example.com" },
	{ "<user%EXAMPLE.COM.@relay.example>", "relay.example example.com",
	    "user%example.com." },
	{ "<user%a.example%b.example@relay.example>",
	    "relay.example a.example b.example", "user%a.example%b.example" },
	{ "<example.com!user@relay.example>", "relay.example example.com",
	    "example.com!user" },
	{ "<a.example!example.com!user@relay.example>",
	    "relay.example a.example example.com",
	    "a.example!example.com!user" },
	{ "<a.example!user%b.example@relay.example>",
	    "relay.example a.example b.example", "a.example!user%b.example" },
	{ "<\"@a.example:user@b.example\"@relay.example>", "*",
	    "@a.example:user@b.example" },
	{ "<user%example.com>", "*", "user%example.com" },
	{ "<50%off@example.com>", "example.com off", "50%off" },
	{ "<100%@example.com>", "example.com", "100%" },
	{ "<wow!@example.com>", "example.com wow", "wow!" },
	{ "<a%b_c$d@example.com>", "example.com", "a%b_c$d" },
	{ "<user%[192.0.2.1]@example.com>", "*", "user%[192.0.2.1]" },
	/* what an MTA may read another way: both deliver some of these to
	 * example.com (measured) */
	{ "<a@example.com(@relay.example>", "*", "a@example.com(" },
	{ "<a@example.com(x@relay.example>", "*", "a@example.com(x" },
	{ "<a%example.com(x)@relay.example>", "*", "a%example.com(x)" },
	{ "<a%(x)example.com@relay.example>", "*", "a%(x)example.com" },
	{ "<\"a%example.com\"(c)@relay.example>", "*", "a%example.com(c)" },
	{ "<(x)example.com!a@relay.example>", "*", "(x)example.com!a" },
	{ "<\"a@example.com(x)\"@relay.example>", "*", "a@example.com(x)" },
	{ "<example.com !a@relay.example>", "*", "example.com !a" },
	{ "<example.com\t!a@relay.example>", "*", "example.com\t!a" },
	{ "<a%example . com@relay.example>", "*", "a%example . com" },
	{ "<\"a% example . com\"@relay.example>", "*", "a% example . com" },
	{ "<a%example.com;@relay.example>", "*", "a%example.com;" },
	{ "<a%example.com..@relay.example>", "relay.example example.com",
	    "a%example.com.." },
	{ "<a%..example.com@relay.example>", "relay.example example.com",
	    "a%..example.com" },
	{ "<user:a@example.com>", "*", "user:a" },
	{ "<us\rer@example.com>", "example.com", "us\rer" },
	{ "<a%example.com\r@relay.example>", "*", "a%example.com\r" },
	{ "<a%[example.com]@relay.example>", "*", "a%[example.com]" },
	/* in quotes they are what they seem, unless something is routed */
	{ "<\"doe, john\"@example.com>", "example.com", "doe, john" },
	{ "<\"doe (x)\"@example.com>", "example.com", "doe (x)" },
	{ "<\"a:b;c\"@example.com>", "example.com", "a:b;c" },
	{ "<\"x(y%z\"@example.com>", "*", "x(y%z" },
	{ "<nobody\\\"(@relay.example>", "*", "nobody\"(" },
	{ "<nobody\\(@relay.example>", "*", "nobody(" },
	/* what cannot be told */
	{ "<user@[192.0.2.1]>", "*", "user" },
	{ "<user@[IPv6:2001:db8::1]>", "*", "user" },
	{ "<user@192.0.2.1>", "*", "user" },
	{ "<user>", "*", "user" },
	{ "<user@>", "*", "user" },
	{ "<>", "*", "" },
	{ "", "*", "" },
	{ "<user@exam ple.com>", "*", "user" },
	{ "<user@example.com> extra", "*", "user" },
	{ "Name <user@example.com>", "*", "name <user" },
	{ "<<user@example.com>>", "*", "<user" },
	{ "<postmaster>", "postmaster", "postmaster" },
	{ "<PostMaster>", "postmaster", "postmaster" },
	{ "<\"postmaster\">", "postmaster", "postmaster" },
	{ "<postmaster@>", "*", "postmaster" },
	{ "<postmaster@example.com>", "example.com", "postmaster" },
	/* internationalised (RFC 6531) */
	{ "<user@b\xc3\xbc"
	  "cher.example>",
	    "xn--bcher-kva.example", "user" },
	{ "<j\xc3\xbcrgen@xn--bcher-kva.example>", "xn--bcher-kva.example",
	    "j\xc3\xbcrgen" },
	{ "<user%b\xc3\xbc"
	  "cher.example@relay.example>",
	    "relay.example xn--bcher-kva.example",
	    "user%b\xc3\xbc"
	    "cher.example" },
};

static void
describe(const struct recipient *recipient, char *out, size_t size)
{
	out[0] = '\0';
	if (recipient->everywhere) {
		(void)snprintf(out, size, "%s",
		    recipient->postmaster ? "postmaster" : "*");
		return;
	}
	for (size_t i = 0; i < recipient->count; i++)
		(void)snprintf(out + strlen(out), size - strlen(out), "%s%s",
		    i == 0 ? "" : " ", recipient->domains[i]);
}

static void
test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct recipient recipient;
		char got[4096];

		recipient_parse(cases[i].argument, &recipient);
		describe(&recipient, got, sizeof(got));
		print_message("%s: got %s (%s), want %s (%s)\n",
		    cases[i].argument, got, recipient.local, cases[i].want,
		    cases[i].local);
		assert_string_equal(got, cases[i].want);
		assert_string_equal(recipient.local, cases[i].local);
	}
}

/* More hidden domains than are kept: every policy has a say. */
static void
test_many(void **state)
{
	char argument[2048] = "<user";
	struct recipient recipient;

	(void)state;
	for (int i = 0; i < RECIPIENT_DOMAINS - 1; i++)
		(void)snprintf(argument + strlen(argument),
		    sizeof(argument) - strlen(argument), "%%d%d.example", i);
	strcat(argument, "@relay.example>");
	recipient_parse(argument, &recipient);
	assert_false(recipient.everywhere);
	assert_int_equal(recipient.count, RECIPIENT_DOMAINS);

	argument[strlen(argument) - strlen("@relay.example>")] = '\0';
	strcat(argument, "%example.com@relay.example>");
	recipient_parse(argument, &recipient);
	assert_true(recipient.everywhere);
}

/* A local part too long to be looked into is judged by every policy. */
static void
test_long(void **state)
{
	static char argument[70000];
	struct recipient recipient;

	(void)state;
	memset(argument, 'a', 60000);
	strcpy(argument + 60000, "%example.com@relay.example");
	recipient_parse(argument, &recipient);
	assert_true(recipient.everywhere);
	assert_int_equal(
	    strlen(recipient.address), sizeof(recipient.address) - 1);
	assert_string_equal(recipient.local, "");

	memset(argument, 'a', 60000);
	strcpy(argument + 60000, ".example");
	argument[0] = '@';
	recipient_parse(argument, &recipient);
	assert_true(recipient.everywhere);
}

static void
test_address(void **state)
{
	struct recipient recipient;

	(void)state;
	recipient_parse("<@a.example:User@Example.COM>", &recipient);
	assert_string_equal(recipient.address, "@a.example:User@Example.COM");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_address),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
