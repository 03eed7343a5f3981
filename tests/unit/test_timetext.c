/* SPDX-License-Identifier: ISC */
/* test_timetext.c - how are times and days written? */
#include "config.h"

#include "base/timetext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"

enum {
	DAY_9999_12_31 = 2932896
};

#define US_PER_DAY INT64_C(86400000000)

/* Every day from 1970 to 9999 against the C library's calendar. */
static void
test_days(void **state)
{
	(void)state;
	for (int32_t day = 0; day <= DAY_9999_12_31; day++) {
		time_t second = (time_t)day * 86400;
		char got[DAY_TEXT], want[80];
		int32_t back = -1;
		struct tm tm;

		assert_non_null(gmtime_r(&second, &tm));
		(void)snprintf(want, sizeof(want), "%04d-%02d-%02d",
		    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
		if (strcmp(day_text(day, got), want) != 0 ||
		    !day_parse(want, &back) || back != day)
			fail_msg("day %d: got %s and %d, want %s", (int)day,
			    got, (int)back, want);
	}
}

/* Each day of the month from 0 to 32 exists just where timegm keeps it. */
static void
test_which_days_exist(void **state)
{
	static const int years[] = { 1970, 1972, 1999, 2000, 2023, 2024, 2100,
		2400, 9999 };

	(void)state;
	for (size_t i = 0; i < NITEMS(years) * 14 * 33; i++) {
		int year = years[i / (14 * 33)];
		int month = (int)(i / 33 % 14);
		int mday = (int)(i % 33);
		struct tm tm = { .tm_year = year - 1900,
			.tm_mon = month - 1,
			.tm_mday = mday };
		time_t second = timegm(&tm);
		bool exists = tm.tm_year == year - 1900 &&
		    tm.tm_mon == month - 1 && tm.tm_mday == mday;
		int32_t day = -1;
		char text[80];

		(void)snprintf(
		    text, sizeof(text), "%04d-%02d-%02d", year, month, mday);
		if (day_parse(text, &day) != exists ||
		    day != (exists ? (int32_t)(second / 86400) : -1))
			fail_msg("%s: got %d", text, (int)day);
	}
}

static const struct {
	const char *name, *text;
	int32_t want; /* -1: none */
} days[] = {
	{ "first", "1970-01-01", 0 },
	{ "before the first", "1969-12-31", -1 },
	{ "last", "9999-12-31", DAY_9999_12_31 },
	{ "leap day", "2024-02-29", 19782 },
	{ "no leap day", "2023-02-29", -1 },
	{ "no leap day in a century", "2100-02-29", -1 },
	{ "leap day in the fourth century", "2000-02-29", 11016 },
	{ "five digits", "10000-01-01", -1 },
	{ "two digits", "24-02-29", -1 },
	{ "one digit less", "2024-2-29", -1 },
	{ "blank for a digit", "2024- 2-29", -1 },
	{ "sign for a digit", "2024-+2-29", -1 },
	{ "slashes", "2024/02/29", -1 },
	{ "behind it", "2024-02-29 ", -1 },
	{ "with a time", "2024-02-29T00:00:00Z", -1 },
	{ "empty", "", -1 },
	{ "letters", "YYYY-MM-DD", -1 },
	{ "before 0", "202/-02-29", -1 },
	{ "behind 9", "202:-02-29", -1 },
};

static void
test_day_parse(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(days); i++) {
		int32_t got = -1;
		bool taken = day_parse(days[i].text, &got);

		if (got == days[i].want && taken == (got >= 0))
			continue;
		print_error("%s: got %d, want %d\n", days[i].name, (int)got,
		    (int)days[i].want);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *name;
	int64_t second;
	int us;
	const char *want;
} times[] = {
	{ "first", 0, 0, "1970-01-01T00:00:00.000000Z" },
	{ "one microsecond", 0, 1, "1970-01-01T00:00:00.000001Z" },
	{ "last of a day", 86399, 999999, "1970-01-01T23:59:59.999999Z" },
	{ "first of the next", 86400, 0, "1970-01-02T00:00:00.000000Z" },
	/* 1e9 and 2^31 - 1 seconds are well known. */
	{ "1e9", 1000000000, 123456, "2001-09-09T01:46:40.123456Z" },
	{ "2^31 - 1", INT32_MAX, 0, "2038-01-19T03:14:07.000000Z" },
	{ "2^31", INT64_C(2147483648), 0, "2038-01-19T03:14:08.000000Z" },
	{ "last", INT64_C(253402300799), 999999,
	    "9999-12-31T23:59:59.999999Z" },
};

static void
test_time_text(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(times); i++) {
		int64_t time_us = times[i].second * 1000000 + times[i].us;
		int64_t back = -1;
		char got[TIME_TEXT];

		(void)time_text(time_us, got);
		if (strcmp(got, times[i].want) == 0 && time_parse(got, &back) &&
		    back == time_us)
			continue;
		print_error(
		    "%s: got %s, want %s\n", times[i].name, got, times[i].want);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static const struct {
	const char *name, *text;
} no_times[] = {
	{ "empty", "" },
	{ "a day", "2026-11-24" },
	{ "whole seconds", "2026-11-24T18:00:00Z" },
	{ "one digit less", "2026-11-24T18:00:00.00000Z" },
	{ "one digit more", "2026-11-24T18:00:00.0000000Z" },
	{ "no such day", "2026-02-29T18:00:00.000000Z" },
	{ "hour 24", "2026-11-24T24:00:00.000000Z" },
	{ "minute 60", "2026-11-24T18:60:00.000000Z" },
	{ "leap second", "2016-12-31T23:59:60.000000Z" },
	{ "blank for T", "2026-11-24 18:00:00.000000Z" },
	{ "lower case", "2026-11-24t18:00:00.000000z" },
	{ "offset", "2026-11-24T18:00:00.00000+01" },
	{ "comma", "2026-11-24T18:00:00,000000Z" },
	{ "sign for a digit", "2026-11-24T-1:00:00.000000Z" },
	{ "behind 9", "2026-11-24T1::00:00.000000Z" },
	{ "before 0", "2026-11-24T18:00:00.00000/Z" },
	{ "too early", "1969-12-31T23:59:59.999999Z" },
	{ "brought before 1970", "1970-01-01T00:00:00.00000/Z" },
	{ "a blank before", " 2026-11-24T18:00:00.000000Z" },
	{ "a blank behind", "2026-11-24T18:00:00.000000Z " },
	{ "high bytes", "2026-11-24T\xff\xff:00:00.000000Z" },
};

static void
test_time_parse(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(no_times); i++) {
		int64_t got = -1;

		if (!time_parse(no_times[i].text, &got) && got == -1)
			continue;
		print_error("%s: got %lld, want none\n", no_times[i].name,
		    (long long)got);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void
test_day_of_time(void **state)
{
	(void)state;
	assert_int_equal(day_of_time(0), 0);
	assert_int_equal(day_of_time(US_PER_DAY - 1), 0);
	assert_int_equal(day_of_time(US_PER_DAY), 1);
	assert_int_equal(
	    day_of_time((DAY_9999_12_31 + 1) * US_PER_DAY - 1), DAY_9999_12_31);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_which_days_exist),
		cmocka_unit_test(test_day_parse),
		cmocka_unit_test(test_time_text),
		cmocka_unit_test(test_time_parse),
		cmocka_unit_test(test_day_of_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
