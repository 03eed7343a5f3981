/* SPDX-License-Identifier: ISC */
/* keyword.c - what may stand where? */
#include "config.h"

#include "conf/keyword.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static const struct keyword keywords[] = {
#define PLACE(symbol, name)
#define KEYWORD(place, key, kind, values, handler, shown) \
	{ PLACE_##place, KIND_##kind, key, values, handler },
#define LATER(place, key) { PLACE_##place, KIND_LATER, key, "", NULL },
#include "conf/keywords.def"
#undef PLACE
#undef KEYWORD
#undef LATER
};

const struct keyword *
keyword_find(enum place place, const char *key)
{
	for (size_t i = 0; i < NITEMS(keywords); i++)
		if (keywords[i].place == place &&
		    strcmp(keywords[i].key, key) == 0)
			return &keywords[i];

	return NULL;
}

const char *
keyword_nearest(enum place place, const char *key)
{
	const char *keys[NITEMS(keywords)];
	size_t count = 0;

	for (size_t i = 0; i < NITEMS(keywords); i++)
		if (keywords[i].place == place &&
		    keywords[i].kind != KIND_LATER)
			keys[count++] = keywords[i].key;

	return str_nearest(key, keys, count);
}
