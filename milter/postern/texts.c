/* SPDX-License-Identifier: ISC */
/* texts.c - which texts were given, in their order? */
#include "config.h"

#include "postern/texts.h"

#include <stdlib.h>

#include "base/mem.h"

void
texts_init(struct texts *texts)
{
	*texts = (struct texts){ NULL, 0, 0 };
}

void
texts_done(struct texts *texts)
{
	free(texts->items);
	texts_init(texts);
}

void
texts_add(struct texts *texts, const char *text)
{
	texts->items = mem_grow(
	    texts->items, texts->count, &texts->room, sizeof(texts->items[0]));
	texts->items[texts->count++] = text;
}
