/* SPDX-License-Identifier: ISC */
/*
 * mem.h - where does memory come from?
 *
 * Allocators that never return NULL: when there is no memory the process
 * ends (abort), the MTA defers, the supervisor starts it again.  So every
 * size that comes from outside is limited before it gets here.
 */
#ifndef POSTERN_BASE_MEM_H
#define POSTERN_BASE_MEM_H

#include <stddef.h>

#define NITEMS(array) (sizeof(array) / sizeof((array)[0]))

/* count zeroed items of size bytes; free with free(). */
void *mem_new(size_t count, size_t size);
/* As realloc; what is new is not zeroed. */
void *mem_resize(void *old, size_t count, size_t size);
/* A copy of text; free with free(). */
char *mem_text(const char *text);
/* A copy of the first len bytes, terminated; free with free(). */
char *mem_text_len(const char *text, size_t len);

/*
 * Makes room for one more item in a growing array: *items holds count items
 * of size bytes and has place for *room.  Doubles when full.
 */
void *mem_grow(void *items, size_t count, size_t *room, size_t size);

#endif
