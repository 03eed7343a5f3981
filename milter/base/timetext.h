/* SPDX-License-Identifier: ISC */
/* timetext.h - how are times and days written?  All UTC (RFC 3339). */
#ifndef POSTERN_BASE_TIMETEXT_H
#define POSTERN_BASE_TIMETEXT_H

#include <stdbool.h>
#include <stdint.h>

enum {
	TIME_TEXT = 80, /* "2026-11-24T04:00:00.123456Z" */
	DAY_TEXT = 40   /* "2026-11-24" and what an int could take */
};

/* time_us: microseconds since 1970-01-01 UTC, years 1970 to 9999. */
const char *time_text(int64_t time_us, char out[TIME_TEXT]);

/* Just what time_text() writes; else false, untouched. */
bool time_parse(const char *text, int64_t *time_us);

/* Days since 1970-01-01 UTC. */
int32_t day_of_time(int64_t time_us);
const char *day_text(int32_t day, char out[DAY_TEXT]);
/* "YYYY-MM-DD", a day that exists, 1970 to 9999; else false, untouched. */
bool day_parse(const char *text, int32_t *day);

#endif
