/* SPDX-License-Identifier: ISC */
/* test_glass_kept.c - is PATH.open read strictly, and when is it over? */
#include "config.h"

#include "posternd/glass_kept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* 2026-11-24T04:00:00Z, by date -u -d ... +%s */
#define T0 INT64_C(1795492800)
#define US INT64_C(1000000)

#define TIMES                                  \
	"opened 2026-11-24T04:00:00.000000Z\n" \
	"until 2026-11-24T06:00:00.000000Z\n"  \
	"uptime 5000\n"
#define WHOLE TIMES "policy hybrid\nnote the filter is down\n"

static struct glass_kept
make_kept(const char *policy, const char *note)
{
	struct glass_kept kept = { .opened_us = T0 * US, .uptime_s = 5000 };

	kept.glass.until_us = (T0 + 7200) * US;
	(void)snprintf(
	    kept.glass.policy, sizeof(kept.glass.policy), "%s", policy);
	(void)snprintf(kept.glass.note, sizeof(kept.glass.note), "%s", note);

	return kept;
}

static void
test_text(void **state)
{
	struct glass_kept kept = make_kept("hybrid", "the filter is down");
	struct buf text;

	(void)state;
	buf_init(&text);
	glass_kept_text(&kept, &text);
	assert_string_equal(buf_text(&text), WHOLE);
	buf_clear(&text);
	kept.glass.policy[0] = '\0';
	glass_kept_text(&kept, &text);
	assert_string_equal(buf_text(&text), TIMES "note the filter is down\n");
	buf_done(&text);
}

static bool
parse(const char *text, size_t len, struct glass_kept *kept)
{
	/* of just that length, so that no byte behind it is read unseen */
	char *bytes = mem_new(len + 1, 1);
	struct err err = { .text = "" };
	bool taken;

	memcpy(bytes, text, len);
	bytes = mem_resize(bytes, len > 0 ? len : 1, 1);
	taken = glass_kept_parse(bytes, len, kept, &err);
	free(bytes);
	assert_true(taken == (err.text[0] == '\0'));

	return taken;
}

static void
check_back(const struct glass_kept *kept)
{
	struct glass_kept back = { .uptime_s = 1 };
	struct buf text;

	buf_init(&text);
	glass_kept_text(kept, &text);
	assert_true(text.len < GLASS_KEPT_TEXT);
	assert_true(parse(text.data, text.len, &back));
	assert_string_equal(back.glass.policy, kept->glass.policy);
	assert_string_equal(back.glass.note, kept->glass.note);
	assert_int_equal(back.glass.until_us, kept->glass.until_us);
	assert_int_equal(back.opened_us, kept->opened_us);
	assert_int_equal(back.uptime_s, kept->uptime_s);
	buf_done(&text);
}

/* Whatever the command may ask for comes back as it was. */
static void
test_back(void **state)
{
	char note[REQUEST_REASON], policy[REQUEST_POLICY];
	struct glass_kept kept;

	(void)state;
	memset(note, 'n', sizeof(note) - 1);
	note[sizeof(note) - 1] = '\0';
	memset(policy, 'p', sizeof(policy) - 1);
	policy[sizeof(policy) - 1] = '\0';
	kept = make_kept("a policy with blanks", "note note policy until");
	check_back(&kept);
	kept = make_kept("", "Ausfall beim Filter: \xc3\x9c\xe2\x82\xac");
	check_back(&kept);
	kept = make_kept(policy, note);
	kept.uptime_s = UINT32_MAX;
	kept.opened_us = INT64_C(1);
	kept.glass.until_us = INT64_C(31536000000001); /* a year */
	check_back(&kept);
}

#define BAD(text) text, sizeof(text) - 1

static const struct {
	const char *name, *text;
	size_t len;
} bad[] = {
	{ "empty", BAD("") },
	{ "a newline", BAD("\n") },
	{ "no note", BAD(TIMES) },
	{ "no note behind a policy", BAD(TIMES "policy hybrid\n") },
	{ "empty note", BAD(TIMES "note \n") },
	{ "note without a blank", BAD(TIMES "note\n") },
	{ "torn", BAD(TIMES "note the filter is do") },
	{ "torn behind the policy", BAD(TIMES "policy hybrid\nno") },
	{ "empty policy", BAD(TIMES "policy \nnote n\n") },
	{ "policy behind the note", BAD(TIMES "note n\npolicy hybrid\n") },
	{ "policy twice", BAD(TIMES "policy a\npolicy b\nnote n\n") },
	{ "note twice", BAD(TIMES "note a\nnote b\n") },
	{ "something behind", BAD(WHOLE "x") },
	{ "an empty line behind", BAD(WHOLE "\n") },
	{ "an unknown word", BAD(TIMES "mode monitor\nnote n\n") },
	{ "carriage returns",
	    BAD("opened 2026-11-24T04:00:00.000000Z\r\n"
		"until 2026-11-24T06:00:00.000000Z\r\nuptime 5\r\n"
		"note n\r\n") },
	{ "NUL in the note", BAD(TIMES "note the\0filter\n") },
	{ "NUL at the beginning", BAD("\0" WHOLE) },
	{ "NUL behind", BAD(WHOLE "\0") },
	{ "control byte", BAD(TIMES "note the\033[2Jfilter\n") },
	{ "DEL", BAD(TIMES "note the\177filter\n") },
	{ "no UTF-8", BAD(TIMES "note \xff\n") },
	{ "overlong UTF-8", BAD(TIMES "note \xc0\x80\n") },
	{ "control byte in the policy", BAD(TIMES "policy a\tb\nnote n\n") },
	{ "until before opened",
	    BAD("opened 2026-11-24T06:00:00.000000Z\n"
		"until 2026-11-24T04:00:00.000000Z\nuptime 5\nnote n\n") },
	{ "until when opened",
	    BAD("opened 2026-11-24T06:00:00.000000Z\n"
		"until 2026-11-24T06:00:00.000000Z\nuptime 5\nnote n\n") },
	{ "a microsecond more than a year",
	    BAD("opened 2026-11-24T06:00:00.000000Z\n"
		"until 2027-11-24T06:00:00.000001Z\nuptime 5\nnote n\n") },
	{ "for ever",
	    BAD("opened 1970-01-01T00:00:00.000000Z\n"
		"until 9999-12-31T23:59:59.999999Z\nuptime 5\nnote n\n") },
	{ "no such day",
	    BAD("opened 2026-11-24T06:00:00.000000Z\n"
		"until 2026-11-31T06:00:00.000001Z\nuptime 5\nnote n\n") },
	{ "no opened",
	    BAD("until 2026-11-24T06:00:00.000000Z\nuptime 5\nnote n\n") },
	{ "no uptime",
	    BAD("opened 2026-11-24T04:00:00.000000Z\n"
		"until 2026-11-24T06:00:00.000000Z\nnote n\n") },
	{ "uptime below 0",
	    BAD("opened 2026-11-24T04:00:00.000000Z\n"
		"until 2026-11-24T06:00:00.000000Z\nuptime -5\nnote n\n") },
	{ "uptime of 2^32",
	    BAD("opened 2026-11-24T04:00:00.000000Z\n"
		"until 2026-11-24T06:00:00.000000Z\nuptime 4294967296\n"
		"note n\n") },
};

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(bad); i++) {
		struct glass_kept kept = { .uptime_s = 42 };

		if (parse(bad[i].text, bad[i].len, &kept) ||
		    kept.uptime_s != 42 || kept.glass.note[0] != '\0')
			fail_msg("%s: taken", bad[i].name);
	}
}

static void
test_bounds(void **state)
{
	static const struct {
		const char *name;
		size_t note, policy;
		bool want;
	} table[] = {
		{ "longest note", 512, 1, true },
		{ "longer note", 513, 1, false },
		{ "longest policy", 1, 64, true },
		{ "longer policy", 1, 65, false },
		{ "both longest", 512, 64, true },
		{ "too long for the file", 2000, 1, false },
		{ "far too long", 100000, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < NITEMS(table); i++) {
		struct glass_kept kept;
		struct buf text;

		buf_init(&text);
		buf_add_text(&text, TIMES "policy ");
		for (size_t j = 0; j < table[i].policy; j++)
			buf_add_text(&text, "p");
		buf_add_text(&text, "\nnote ");
		for (size_t j = 0; j < table[i].note; j++)
			buf_add_text(&text, "n");
		buf_add_text(&text, "\n");
		if (parse(text.data, text.len, &kept) != table[i].want)
			fail_msg("%s: want %d", table[i].name, table[i].want);
		buf_done(&text);
	}
}

/* One byte changed, removed or put in: it is read as such, or refused. */
static void
test_mutations(void **state)
{
	const size_t len = strlen(WHOLE);
	struct glass_kept kept;

	(void)state;
	for (size_t at = 0; at < len; at++) {
		char text[sizeof(WHOLE) + 1];

		for (int byte = 0; byte < 256; byte++) {
			memcpy(text, WHOLE, len);
			text[at] = (char)byte;
			(void)parse(text, len, &kept);
			memcpy(text, WHOLE, at);
			text[at] = (char)byte;
			memcpy(text + at + 1, WHOLE + at, len - at);
			(void)parse(text, len + 1, &kept);
		}
		if (parse(WHOLE, at, &kept))
			fail_msg("cut to %zu bytes: taken", at);
	}
}

/* Opened at T0 for two hours, when the machine had been up for 5000 s. */
static const struct {
	const char *name;
	int64_t now_s, up_s; /* since T0; since the machine came up */
	int64_t start_s;     /* up_s when posternd was started last */
	int64_t want_s;
	bool slack; /* a second more, for what was cut off of the uptime */
} lefts[] = {
	{ "at once", 0, 5000, 5000, 7200, false },
	{ "after a second", 1, 5001, 5000, 7199, false },
	{ "the last second", 7199, 12199, 5000, 1, false },
	{ "over", 7200, 12200, 5000, 0, false },
	{ "long over", 100000, 105000, 5000, -92800, false },
	{ "clock set on an hour", 3600, 5000, 5000, 3600, false },
	{ "clock set on a day", 86400, 5000, 5000, -79200, false },
	{ "clock set back a day, at once", -86400, 5000, 5000, 7200, true },
	{ "clock set back a day, later", -79201, 12199, 5000, 1, true },
	{ "clock set back a day, over", -79198, 12202, 5000, -2, true },
	{ "the same, restarted in between", -79198, 12202, 9000, -2, true },
	{ "clock stands still", 0, 8600, 5000, 3600, true },
	{ "machine restarted", 600, 30, 30, 6600, false },
	{ "in 1970, restarted", -T0, 30, 30, 7170, true },
	{ "in 1970, later", -T0 + 6970, 7000, 30, 200, true },
	{ "in 1970, over", -T0 + 7172, 7202, 30, -2, true },
	/* it might be the same boot: more time has passed than is counted */
	{ "in 1970, posternd restarted late", -T0, 6000, 6000, 6200, true },
};

static void
test_left(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(lefts); i++) {
		struct glass_kept kept = make_kept("", "n");
		int64_t got;

		glass_kept_take_up(&kept, lefts[i].start_s * US);
		got = glass_kept_left_us(
		    &kept, (T0 + lefts[i].now_s) * US, lefts[i].up_s * US);
		int64_t want = (lefts[i].want_s + lefts[i].slack) * US;

		if (got != want)
			fail_msg("%s: got %lld, want %lld", lefts[i].name,
			    (long long)got, (long long)want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_left),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("glass kept", tests, NULL, NULL);
}
