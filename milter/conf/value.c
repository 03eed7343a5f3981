/* SPDX-License-Identifier: ISC */
/* value.c - what does this text or number say, and would libconfig agree? */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/scanner.h"

static const char digits[] = "0123456789";
static const char hex_digits[] = "0123456789abcdefABCDEF";

const char *
scanner_string_end(struct scanner *scanner, const struct cursor *cursor)
{
	const char *at = cursor->at + 1;

	while (at < cursor->end && *at != '"' && *at != '\n') {
		bool pair = at[0] == '\\' && (at[1] == '\\' || at[1] == '"');

		at += pair ? 2 : 1;
	}
	if (at < cursor->end && *at == '"')
		return at;
	scanner_error(scanner, cursor, false,
	    "text is not closed; write its second \" on the same line");
	scanner->stop = true;

	return NULL;
}

static bool
is_nul_escape(const char *at)
{
	return at[0] == '\\' && (at[1] == 'x' || at[1] == 'X') &&
	    at[2] == '0' && at[3] == '0';
}

/*
 * The text between the quotes, with each \x00 as four characters of its own:
 * libconfig would end the text there.
 */
void
scanner_string(struct scanner *scanner, struct cursor *cursor)
{
	const char *end = scanner_string_end(scanner, cursor);
	struct buf raw;

	if (end == NULL)
		return;

	buf_init(&raw);
	for (const char *at = cursor->at + 1; at < end; at++) {
		buf_add(&raw, at, 1);
		if (is_nul_escape(at)) {
			scanner_error(scanner, cursor, true,
			    "\\x00 in a text; remove it");
			buf_add(&raw, at, 1);
		} else if (*at == '\\' && (at[1] == '\\' || at[1] == '"')) {
			buf_add(&raw, ++at, 1);
		}
	}
	joined_string(scanner, cursor, buf_text(&raw), raw.len);
	buf_done(&raw);
	cursor->at = end + 1;
}

static bool
is_fitting(const char *number, bool hex)
{
	long long value;

	errno = 0;
	value = strtoll(number, NULL, hex ? 16 : 10);

	return errno == 0 && value >= INT32_MIN && value <= INT32_MAX;
}

static size_t
fraction_length(const char *at)
{
	size_t len = 0;
	size_t exponent;

	if (at[0] == '.')
		len = 1 + strspn(at + 1, digits);
	exponent = len + 1;
	if (at[len] != 'e' && at[len] != 'E')
		return len;
	if (at[exponent] == '+' || at[exponent] == '-')
		exponent++;

	return scanner_is_one_of(at[exponent], digits)
	    ? exponent + strspn(at + exponent, digits)
	    : len;
}

/* A whole number that libconfig would wrap becomes the largest there is. */
static void
take_integer(
    struct scanner *scanner, struct cursor *cursor, size_t len, bool hex)
{
	char *number = mem_text_len(cursor->at, len);
	bool fits = is_fitting(number, hex);

	free(number);
	if (fits)
		joined_other(scanner, cursor->at, len);
	else
		joined_other(scanner, "2147483647", strlen("2147483647"));
	cursor->at += len;
	if (!fits)
		scanner_error(scanner, cursor, true,
		    "number does not fit 32 bits; write one from %ld to %ld, "
		    "or an AS number in quotes (\"AS4294967294\")",
		    (long)INT32_MIN, (long)INT32_MAX);
	else if (*cursor->at == 'L')
		scanner_error(scanner, cursor, true,
		    "number with an L; write it without");
	cursor->at += strspn(cursor->at, "L");
}

void
scanner_number(struct scanner *scanner, struct cursor *cursor)
{
	const char *at = cursor->at;
	bool hex = at[0] == '0' && (at[1] == 'x' || at[1] == 'X') &&
	    scanner_is_one_of(at[2], hex_digits);
	size_t len = scanner_is_one_of(*at, "+-") ? 1 : 0;
	size_t fraction = 0;

	if (hex) {
		len = 2 + strspn(at + 2, hex_digits);
	} else {
		len += strspn(at + len, digits);
		fraction = fraction_length(at + len);
	}
	if (!grammar_value(scanner, cursor, at, len + fraction))
		return;
	if (fraction == 0) {
		take_integer(scanner, cursor, len, hex);
		return;
	}
	joined_other(scanner, at, len + fraction);
	cursor->at += len + fraction;
}
