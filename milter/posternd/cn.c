/* SPDX-License-Identifier: ISC */
/* cn.c - which name does Sendmail say a certificate bears? */
#include "config.h"

#include "posternd/cn.h"

#include <string.h>

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;

	return -1;
}

/* The byte that stands as +XX at text, or -1. */
static int
escaped_at(const char *text)
{
	int high, low;

	if (text[0] != '+')
		return -1;
	high = hex_value(text[1]);
	low = high < 0 ? -1 : hex_value(text[2]);

	return low < 0 ? -1 : high * 16 + low;
}

bool
cn_decode(char *text)
{
	static const char bad[] = "BadCertificate";
	const char *from = text;
	char *to = text;

	if (*text == '\0' || strncmp(text, bad, sizeof(bad) - 1) == 0)
		return false;
	while (*from != '\0') {
		int byte = escaped_at(from);

		if (byte == 0)
			return false;
		*to++ = byte > 0 ? (char)byte : *from;
		from += byte > 0 ? 3 : 1;
	}
	*to = '\0';

	return true;
}
