/* SPDX-License-Identifier: ISC */
/* guid.c - what is the name of a tenant? */
#include "config.h"

#include "policy/guid.h"

#include <string.h>

static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

/* -1: it is no hexadecimal digit. */
static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;

	return -1;
}

bool
guid_parse(const char *text, struct guid *guid)
{
	struct guid found;
	size_t digits = 0;

	memset(&found, 0, sizeof(found));
	if (strlen(text) != strlen(form))
		return false;
	for (size_t i = 0; form[i] != '\0'; i++) {
		int value = digit_value(text[i]);

		if (form[i] == '-') {
			if (text[i] != '-')
				return false;
			continue;
		}
		if (value < 0)
			return false;
		found.bytes[digits / 2] =
		    (uint8_t)(found.bytes[digits / 2] << 4 | value);
		digits++;
	}
	*guid = found;

	return true;
}

const char *
guid_text(const struct guid *guid, char out[GUID_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (size_t i = 0; form[i] != '\0'; i++) {
		unsigned byte = guid->bytes[n / 2];

		if (form[i] == '-') {
			out[i] = '-';
			continue;
		}
		out[i] = digits[n % 2 == 0 ? byte >> 4 : byte & 15];
		n++;
	}
	out[sizeof(form) - 1] = '\0';

	return out;
}

bool
guid_equal(const struct guid *a, const struct guid *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
