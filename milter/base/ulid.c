/* SPDX-License-Identifier: ISC */
/* ulid.c - how is an event named? */
#include "config.h"

#include "base/ulid.h"

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum {
	TIME_DIGITS = 10, /* 48 bits of milliseconds, the top two always 0 */
	HALF = 5,         /* bytes of the random ones, in 8 digits */
	HALF_DIGITS = 8,
	DIGITS = TIME_DIGITS + 2 * HALF_DIGITS
};

static void
put(uint64_t bits, int digits, char *out)
{
	for (int i = digits - 1; i >= 0; i--, bits >>= 5)
		out[i] = alphabet[bits & 31];
}

void
ulid_text(
    int64_t time_us, const uint8_t random[ULID_RANDOM], char out[ULID_TEXT])
{
	put((uint64_t)(time_us / 1000), TIME_DIGITS, out);
	out += TIME_DIGITS;
	for (int i = 0; i < ULID_RANDOM; i += HALF, out += HALF_DIGITS) {
		uint64_t bits = 0;

		for (int j = 0; j < HALF; j++)
			bits = bits << 8 | random[i + j];
		put(bits, HALF_DIGITS, out);
	}
	*out = '\0';
}

bool
ulid_is(const char *text)
{
	if (strlen(text) != DIGITS)
		return false;
	for (; *text != '\0'; text++) {
		char c = *text;

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (strchr(alphabet, c) == NULL)
			return false;
	}

	return true;
}
