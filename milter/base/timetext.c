/* SPDX-License-Identifier: ISC */
/* timetext.c - how are times and days written? */
#include "config.h"

#include "base/timetext.h"

#include <stdio.h>
#include <string.h>

#define US_PER_DAY INT64_C(86400000000)

/*
 * Days to a date of the proleptic Gregorian calendar and back, after Howard
 * Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in
 * March, so that the leap day is the last of one; an era has 400 of them.
 */
static void
civil_of_day(int32_t day, int *year, int *month, int *mday)
{
	int32_t z = day + 719468;
	int32_t era = z / 146097;
	int32_t doe = z - era * 146097;
	int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int32_t mp = (5 * doy + 2) / 153;

	*mday = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = yoe + era * 400 + (*month <= 2);
}

static int32_t
day_of_civil(int year, int month, int mday)
{
	int y = month <= 2 ? year - 1 : year;
	int era = y / 400;
	int yoe = y - era * 400;
	int doy =
	    (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + mday - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

int32_t
day_of_time(int64_t time_us)
{
	return (int32_t)(time_us / US_PER_DAY);
}

const char *
day_text(int32_t day, char out[DAY_TEXT])
{
	int year, month, mday;

	civil_of_day(day, &year, &month, &mday);
	(void)snprintf(out, DAY_TEXT, "%04d-%02d-%02d", year, month, mday);

	return out;
}

const char *
time_text(int64_t time_us, char out[TIME_TEXT])
{
	int64_t of_day = time_us % US_PER_DAY;
	char day[DAY_TEXT];

	(void)snprintf(out, TIME_TEXT, "%.10sT%02d:%02d:%02d.%06dZ",
	    day_text(day_of_time(time_us), day),
	    (int)(of_day / INT64_C(3600000000)),
	    (int)(of_day / INT64_C(60000000) % 60),
	    (int)(of_day / INT64_C(1000000) % 60),
	    (int)(of_day % INT64_C(1000000)));

	return out;
}

bool
day_parse(const char *text, int32_t *day)
{
	int digit[10];
	int year, month, mday;
	char back[DAY_TEXT];
	int32_t found;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return false;
	for (int i = 0; i < 10; i++) {
		digit[i] = text[i] - '0';
		if (i != 4 && i != 7 && (digit[i] < 0 || digit[i] > 9))
			return false;
	}
	year = digit[0] * 1000 + digit[1] * 100 + digit[2] * 10 + digit[3];
	month = digit[5] * 10 + digit[6];
	mday = digit[8] * 10 + digit[9];
	if (year < 1970 || month < 1 || month > 12 || mday < 1)
		return false;

	/* A day that does not exist comes back as another one. */
	found = day_of_civil(year, month, mday);
	if (strcmp(day_text(found, back), text) != 0)
		return false;
	*day = found;

	return true;
}

bool
time_parse(const char *text, int64_t *time_us)
{
	/* Where the digits of a time of day stand, and what they are worth. */
	static const struct {
		size_t at;
		int64_t us;
	} digits[] = {
		{ 11, INT64_C(36000000000) },
		{ 12, INT64_C(3600000000) },
		{ 14, 600000000 },
		{ 15, 60000000 },
		{ 17, 10000000 },
		{ 18, 1000000 },
		{ 20, 100000 },
		{ 21, 10000 },
		{ 22, 1000 },
		{ 23, 100 },
		{ 24, 10 },
		{ 25, 1 },
	};
	char day[DAY_TEXT], back[TIME_TEXT];
	int64_t found;
	int32_t date;

	if (strlen(text) != 27)
		return false;
	(void)snprintf(day, sizeof(day), "%.10s", text);
	if (!day_parse(day, &date))
		return false;
	found = date * US_PER_DAY;
	for (size_t i = 0; i < sizeof(digits) / sizeof(digits[0]); i++)
		found += (text[digits[i].at] - '0') * digits[i].us;

	/* What is no time comes back as another one. */
	if (strcmp(time_text(found, back), text) != 0)
		return false;
	*time_us = found;

	return true;
}
