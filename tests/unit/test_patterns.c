/* SPDX-License-Identifier: ISC */
/* test_patterns.c - is this name or mail address one of those listed? */
#include "config.h"

#include "policy/patterns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/recipient.h"

/* patterns parted by blanks; want: is text one of them? */
struct test {
	const char *name, *patterns, *text;
	bool want;
};

static struct patterns
patterns_of(const char *text,
    bool (*add)(struct patterns *, const char *, struct err *))
{
	struct patterns patterns = { NULL, 0 };
	char *copy = mem_text(text);
	char *rest = copy;
	char *pattern;

	while ((pattern = strsep(&rest, " ")) != NULL)
		assert_true(add(&patterns, pattern, NULL));
	free(copy);

	return patterns;
}

static void
check(const struct test *tests, size_t count,
    bool (*add)(struct patterns *, const char *, struct err *),
    bool (*have)(const struct patterns *, const char *))
{
	for (size_t i = 0; i < count; i++) {
		struct patterns patterns = patterns_of(tests[i].patterns, add);
		bool got = have(&patterns, tests[i].text);

		patterns_done(&patterns);
		if (got != tests[i].want)
			fail_msg("%s: \"%s\" in \"%s\": got %d, want %d",
			    tests[i].name, tests[i].text, tests[i].patterns,
			    got, tests[i].want);
	}
}

static const struct test names[] = {
	{ "itself", "mx.example.com", "mx.example.com", true },
	{ "another case", "MX.Example.com", "mX.eXAMPLE.COM", true },
	{ "trailing dots", "mx.example.com.", "mx.example.com", true },
	{ "trailing dot", "mx.example.com", "mx.example.com.", true },
	{ "no subdomain of it", "example.com", "mx.example.com", false },
	{ "no parent of it", "mx.example.com", "example.com", false },
	{ "a subdomain", ".example.com", "mx.example.com", true },
	{ "a deep one", ".example.com", "a.b.c.example.com", true },
	{ "not itself", ".example.com", "example.com", false },
	{ "on a label border", ".example.com", "badexample.com", false },
	{ "behind it", ".example.com", "mx.example.com.evil.test", false },
	{ "the second", "a.example .b.example", "x.b.example", true },
	{ "neither", "a.example .b.example", "b.example", false },
	{ "A-label for U-label", "bücher.example", "xn--bcher-kva.example",
	    true },
	{ "U-label for A-label", ".xn--bcher-kva.example", "mx.BÜCHER.example",
	    true },
	{ "nothing", "mx.example.com", "", false },
	{ "an address", "mx.example.com", "[192.0.2.1]", false },
	{ "no name", "mx.example.com", "mx example com", false },
	{ "a dot in front", ".example.com", ".example.com", false },
	{ "a long one", ".example.com",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    ".example.com",
	    false }, /* a label of 64 */
};

static void
test_names(void **state)
{
	(void)state;
	check(names, NITEMS(names), patterns_add_name, patterns_have_name);
}

#define L16 "abcdefghijklmnop"
#define LONG L16 L16 L16 L16 "qrstuvwx" /* 72: VERP makes such ones */

static const struct test mails[] = {
	{ "the domain", "example.com", "user@example.com", true },
	{ "another case", "Example.com", "user@EXAMPLE.com", true },
	{ "not its subdomain", "example.com", "user@x.example.com", false },
	{ "a suffix", ".example.com", "user@x.example.com", true },
	{ "not itself", ".example.com", "user@example.com", false },
	{ "an address", "user@example.com", "user@example.com", true },
	{ "local parts without case", "User@example.com", "uSER@example.com",
	    true },
	{ "another local part", "user@example.com", "user2@example.com",
	    false },
	{ "another domain", "user@example.com", "user@example.org", false },
	{ "quoted", "user@example.com", "\"user\"@example.com", true },
	{ "a quoted pattern", "\"user\"@example.com", "user@example.com",
	    true },
	{ "the last @ counts", "example.com", "a@example.com@evil.test",
	    false },
	{ "in quotes", "example.com", "\"a@example.com\"@evil.test", false },
	{ "a route", "example.com", "@example.com:a@evil.test", false },
	{ "behind a route", "example.com", "@evil.test:a@example.com", true },
	{ "a hack", "example.com", "a%example.com@evil.test", false },
	{ "a hack of an address", "a@example.com", "a%x@example.com", false },
	{ "IDN", "bücher.example", "a@xn--bcher-kva.example", true },
	{ "a long local part: the domain", "example.com", LONG "@example.com",
	    true },
	{ "a long local part: no address", "a@example.com", LONG "@example.com",
	    false },
	{ "the null sender", "<>", "", true },
	{ "the null sender of two", "example.com <>", "", true },
	{ "not the null sender", "example.com", "", false },
	{ "the null sender is no other", "<>", "user@example.com", false },
	{ "nor what looks so", "<>", "<>", false },
	{ "no domain", "example.com", "user", false },
	{ "an empty one", "example.com", "user@", false },
	{ "a literal", "example.com", "user@[192.0.2.1]", false },
	{ "an open quote", "example.com", "\"user@example.com", false },
	{ "an address is no name", "a@example.com", "b@example.com", false },
};

static void
test_mails(void **state)
{
	(void)state;
	check(mails, NITEMS(mails), patterns_add_mail, patterns_have_mail);
}

static bool
add_text(struct patterns *patterns, const char *text, struct err *err)
{
	(void)err;
	patterns_add_text(patterns, text);

	return true;
}

static const struct test texts[] = {
	{ "itself", "mail.example.com", "mail.example.com", true },
	{ "without case", "Mail.example.com", "mAIL.EXAMPLE.COM", true },
	{ "a dot is a dot", ".example.com", "mail.example.com", false },
	{ "no trailing dot", "mail.example.com", "mail.example.com.", false },
	{ "no star", "*.example.com", "mail.example.com", false },
	{ "a part", "mail", "mail.example.com", false },
	{ "nothing", "mail", "", false },
};

static void
test_texts(void **state)
{
	(void)state;
	check(texts, NITEMS(texts), add_text, patterns_have_text);
}

/* A domain that the local part hides must be listed itself. */
static const struct {
	const char *patterns, *recipient;
	size_t domain;
	bool want;
} recipients[] = {
	{ "example.com", "<a%sub.example.com@example.com>", 0, true },
	{ "example.com", "<a%sub.example.com@example.com>", 1, false },
	{ ".example.com", "<a%sub.example.com@example.com>", 0, false },
	{ ".example.com", "<a%sub.example.com@example.com>", 1, true },
	{ "a@sub.example.com", "<a%sub.example.com@example.com>", 1, false },
	{ "a%sub.example.com@example.com", "<a%sub.example.com@example.com>", 0,
	    true },
	{ "a%sub.example.com@example.com", "<a%sub.example.com@example.com>", 1,
	    true },
	{ "a@example.com", "<a@example.com>", 0, true },
	{ "a@example.com", "<A@Example.COM.>", 0, true },
	{ "a@example.com", "<a@example.com>", 1, false },
	{ "a@example.com", "<a>", 0, false },
	{ "example.com", "<a@[192.0.2.1]>", 0, false },
	{ "example.com", "<\"a@example.com>", 0, false },
};

static void
test_recipients(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(recipients); i++) {
		struct patterns patterns =
		    patterns_of(recipients[i].patterns, patterns_add_mail);
		struct recipient recipient;
		bool got;

		recipient_parse(recipients[i].recipient, &recipient);
		got = patterns_have_recipient(
		    &patterns, &recipient, recipients[i].domain);
		patterns_done(&patterns);
		if (got != recipients[i].want)
			fail_msg("%s (%zu) in \"%s\": got %d, want %d",
			    recipients[i].recipient, recipients[i].domain,
			    recipients[i].patterns, got, recipients[i].want);
	}
}

/* What is no pattern is refused with words and adds nothing. */
static void
test_bad(void **state)
{
	static const char *const bad_names[] = { "", ".", "..example.com", "*",
		"*.example.com", "a b", "192.0.2.1", "user@example.com" };
	static const char *const bad_mails[] = { "", "user@", "@example.com",
		"@", "user@[192.0.2.1]", "\"user@example.com", "*" };
	struct patterns patterns = { NULL, 0 };
	struct err err;

	(void)state;
	for (size_t i = 0; i < NITEMS(bad_names); i++)
		if (patterns_add_name(&patterns, bad_names[i], &err))
			fail_msg("\"%s\" was taken", bad_names[i]);
	for (size_t i = 0; i < NITEMS(bad_mails); i++)
		if (patterns_add_mail(&patterns, bad_mails[i], &err))
			fail_msg("\"%s\" was taken", bad_mails[i]);
	assert_int_equal(patterns.count, 0);
	patterns_done(&patterns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_mails),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_recipients),
		cmocka_unit_test(test_bad),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("patterns", tests, NULL, NULL);
}
