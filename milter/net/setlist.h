/* SPDX-License-Identifier: ISC */
/* setlist.h - how is a list of sets kept in few bytes? */
#ifndef POSTERN_NET_SETLIST_H
#define POSTERN_NET_SETLIST_H

#include <stddef.h>
#include <stdint.h>

enum {
	SETLIST_SET = 5, /* bytes that a set may take, */
	SETLIST_END = 1  /* and the end */
};

/*
 * Writes the ascending sets as a struct setlist (net/table.h), of which none
 * is the beginning of another.  Returns its length.
 */
size_t setlist_pack(const uint32_t *sets, size_t count, uint8_t *out);

#endif
