/* SPDX-License-Identifier: ISC */
/* geo.c - how are autonomous systems and countries written? */
#include "config.h"

#include "policy/geo.h"

#include <string.h>

#include "base/str.h"

bool
asn_parse(const char *text, uint32_t *asn)
{
	if (str_lower(text[0]) == 'a' && str_lower(text[1]) == 's')
		text += 2;

	return str_to_u32(text, 1, UINT32_MAX, asn, NULL);
}

static char
capital(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool
country_parse(const char *text, char country[3])
{
	char first, second;

	if (strlen(text) != 2)
		return false;
	first = capital(text[0]);
	second = capital(text[1]);
	if (first < 'A' || first > 'Z' || second < 'A' || second > 'Z')
		return false;
	country[0] = first;
	country[1] = second;
	country[2] = '\0';

	return true;
}
