/* SPDX-License-Identifier: ISC */
/* mem.c - where does memory come from? */
#include "config.h"

#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *
mem_new(size_t count, size_t size)
{
	void *block = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);

	if (block == NULL)
		abort();

	return block;
}

void *
mem_resize(void *old, size_t count, size_t size)
{
	void *block;

	if (size != 0 && count > SIZE_MAX / size)
		abort();
	block = realloc(old, count * size == 0 ? 1 : count * size);
	if (block == NULL)
		abort();

	return block;
}

char *
mem_text_len(const char *text, size_t len)
{
	char *copy = mem_resize(NULL, len + 1, 1);

	memcpy(copy, text, len);
	copy[len] = '\0';

	return copy;
}

char *
mem_text(const char *text)
{
	return mem_text_len(text, strlen(text));
}

void *
mem_grow(void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;

	*room = *room == 0 ? 8 : *room * 2;

	return mem_resize(items, *room, size);
}
