/* SPDX-License-Identifier: ISC */
/* str.c - how are short texts compared and read? */
#include "config.h"

#include "base/str.h"

#include <string.h>

enum {
	WORD = 64 /* longer words are nobody's typing mistake */
};

char
str_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

void
str_lower_all(char *text)
{
	for (; *text != '\0'; text++)
		*text = str_lower(*text);
}

bool
str_equal_nocase(const char *a, const char *b)
{
	while (*a != '\0' && str_lower(*a) == str_lower(*b)) {
		a++;
		b++;
	}

	return str_lower(*a) == str_lower(*b);
}

bool
str_ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

bool
str_to_u32(const char *text, uint32_t min, uint32_t max, uint32_t *out,
    struct err *err)
{
	uint64_t value = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9'; at++) {
		value = value * 10 + (uint64_t)(*at - '0');
		if (value > UINT32_MAX)
			break;
	}
	if (at == text || *at != '\0' || value < min || value > max)
		return err_set(err, "expected a number from %lu to %lu",
		    (unsigned long)min, (unsigned long)max);
	*out = (uint32_t)value;

	return true;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edits that make b of a: one character more, less, other, or two swapped. */
static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][WORD + 1];
	size_t len_a = strlen(a);
	size_t len_b = strlen(b);

	if (len_a > WORD || len_b > WORD)
		return SIZE_MAX;
	for (size_t j = 0; j <= len_b; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= len_a; i++) {
		size_t *now = rows[i % 3];
		const size_t *last = rows[(i - 1) % 3];
		const size_t *before = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= len_b; j++) {
			now[j] = least(least(last[j], now[j - 1]) + 1,
			    last[j - 1] +
				(str_lower(a[i - 1]) != str_lower(b[j - 1])));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}

	return rows[len_a % 3][len_b];
}

const char *
str_nearest(const char *word, const char *const *words, size_t count)
{
	size_t best = 1 + strlen(word) / 3; /* a third of it mistyped */
	const char *nearest = NULL;

	for (size_t i = 0; i < count; i++) {
		size_t far = distance(word, words[i]);

		if (far < best || (far == best && nearest == NULL)) {
			best = far;
			nearest = words[i];
		}
	}

	return nearest;
}
