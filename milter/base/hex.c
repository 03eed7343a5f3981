/* SPDX-License-Identifier: ISC */
/* hex.c - how are bytes written in digits? */
#include "config.h"

#include "base/hex.h"

void
hex_text(const uint8_t *bytes, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

/* 16: no digit. */
static unsigned
value_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;

	return 16;
}

bool
hex_parse(const char *text, size_t len, uint8_t *out)
{
	for (size_t i = 0; i < 2 * len; i++)
		if (value_of(text[i]) > 15)
			return false;

	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(value_of(text[2 * i]) << 4 |
		    value_of(text[2 * i + 1]));

	return true;
}
