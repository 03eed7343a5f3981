/* SPDX-License-Identifier: ISC */
/* duration.h - how long is that, and how is it written? */
#ifndef POSTERN_BASE_DURATION_H
#define POSTERN_BASE_DURATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum {
	DURATION_TEXT = 12 /* "4294967295s" */
};

/*
 * Digits and one unit of s, m, h, d and w: "90s", "2h".  Returns false with
 * err, out untouched, for all else and for what is not from min_s to max_s.
 */
bool duration_parse(const char *text, uint32_t min_s, uint32_t max_s,
    uint32_t *seconds, struct err *err);
/* In the greatest unit that it is a multiple of. */
const char *duration_text(uint32_t seconds, char out[DURATION_TEXT]);

#endif
