/* SPDX-License-Identifier: ISC */
/* guid.h - what is the name of a tenant? */
#ifndef POSTERN_POLICY_GUID_H
#define POSTERN_POLICY_GUID_H

#include <stdbool.h>
#include <stdint.h>

enum {
	GUID_TEXT = 37 /* with its terminator */
};

/* A value; all zeros is one like any other. */
struct guid {
	uint8_t bytes[16]; /* as written */
};

/*
 * Eight, four, four, four and twelve hexadecimal digits with "-" between
 * (RFC 4122, section 3), in any case and nothing else; false, guid untouched,
 * for all else.
 */
bool guid_parse(const char *text, struct guid *guid);
/* Lower case. */
const char *guid_text(const struct guid *guid, char out[GUID_TEXT]);
bool guid_equal(const struct guid *a, const struct guid *b);

#endif
