/* SPDX-License-Identifier: ISC */
/* size.h - how many bytes is that, and how is it written? */
#ifndef POSTERN_BASE_SIZE_H
#define POSTERN_BASE_SIZE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum {
	SIZE_TEXT = 24 /* "18446744073709551615B" */
};

/*
 * Digits and one unit of B, KiB, MiB, GiB and TiB (powers of 1024) or KB, MB
 * and GB (powers of 1000): "64MiB"; "0" needs none.  Returns false with err,
 * bytes untouched, for all else and for what is not from min to max.
 */
bool size_parse(const char *text, uint64_t min, uint64_t max, uint64_t *bytes,
    struct err *err);
/* In the greatest unit that it is a multiple of; "0" is none. */
const char *size_text(uint64_t bytes, char out[SIZE_TEXT]);

#endif
