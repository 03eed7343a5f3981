/* SPDX-License-Identifier: ISC */
/* str.h - how are short texts compared and read? */
#ifndef POSTERN_BASE_STR_H
#define POSTERN_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* ASCII only, whatever the locale. */
char str_lower(char c);
void str_lower_all(char *text);
bool str_equal_nocase(const char *a, const char *b);
bool str_ends_with(const char *text, const char *end);

/*
 * A decimal number: digits only, no sign, no blank, min <= it <= max.
 * Returns false with err, out untouched, for all else.
 */
bool str_to_u32(const char *text, uint32_t min, uint32_t max, uint32_t *out,
    struct err *err);

/*
 * The nearest of count words by edit distance (Damerau-Levenshtein), for
 * "did you mean"; NULL where none is near enough to be meant.
 */
const char *str_nearest(
    const char *word, const char *const *words, size_t count);

#endif
