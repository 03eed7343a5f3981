/* SPDX-License-Identifier: ISC */
/* ulid.h - how is an event named?  (ULID specification, github.com/ulid) */
#ifndef POSTERN_BASE_ULID_H
#define POSTERN_BASE_ULID_H

#include <stdbool.h>
#include <stdint.h>

enum {
	ULID_TEXT = 27, /* 26 characters of Crockford's base 32 */
	ULID_RANDOM = 10
};

/* time_us since 1970; milliseconds of it count. */
void ulid_text(
    int64_t time_us, const uint8_t random[ULID_RANDOM], char out[ULID_TEXT]);
/* 26 characters of the alphabet, in any case? */
bool ulid_is(const char *text);

#endif
