/* SPDX-License-Identifier: ISC */
/* ulid.c - how is an event named? */
#include "config.h"

#include "base/ulid.h"

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum {
	TIME_DIGITS = 10, /* 48 bits of milliseconds, the top two always 0 */
	DIGITS = 26
};

void
ulid_text(
    int64_t time_us, const uint8_t random[ULID_RANDOM], char out[ULID_TEXT])
{
	uint64_t ms = (uint64_t)(time_us / 1000);
	unsigned bits = 0;
	unsigned held = 0;
	int at = TIME_DIGITS;

	for (int i = TIME_DIGITS - 1; i >= 0; i--) {
		out[i] = alphabet[ms & 31];
		ms >>= 5;
	}
	for (int i = 0; i < ULID_RANDOM; i++) {
		held = (held << 8 | random[i]) & 0xfff;
		for (bits += 8; bits >= 5; bits -= 5)
			out[at++] = alphabet[held >> (bits - 5) & 31];
	}
	out[DIGITS] = '\0';
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
