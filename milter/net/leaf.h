/* SPDX-License-Identifier: ISC */
/*
 * leaf.h - how do a few intervals fit into a cache line?
 *
 * Packed bytes, numbers with the low byte first:
 *
 *	count, width, unit, step  a byte each
 *	count marks, and a last   2 bytes each, ascending; LEAF_MARK_LAST
 *	list                      4 bytes; from the leaf's base on
 *	count entries, in the order of their marks:
 *	    rest                  width bytes, LEAF_NARROW or LEAF_WIDE
 *	    size                  3 bytes
 *	    inside, behind        4 bytes each: lists
 *
 * Distances are in units of 2^unit.  An entry begins mark * 2^step + rest
 * behind the base.  It stands for two borders, where its network begins and
 * where it ends, which is what keeps a list of IPv6 networks small: size is
 * m * 2^s, s in its upper bits, m in the lower LEAF_SIZE_BITS; 0 where one
 * border stands alone.  A mark has 15 bits, so that four of them are compared
 * at once; one that is larger than all ends the search.
 */
#ifndef POSTERN_NET_LEAF_H
#define POSTERN_NET_LEAF_H

#include <stddef.h>
#include <stdint.h>

#include "net/index.h"
#include "net/wide.h"

enum {
	LEAF_MOST = 7,  /* entries; with the last mark two times four */
	LEAF_HEAD = 10, /* bytes of all but the entries and their marks */
	LEAF_MARKS = 4, /* where they stand */
	LEAF_MARK_BITS = 15,
	LEAF_MARK_LAST = (1 << LEAF_MARK_BITS) - 1, /* of no entry */
	LEAF_NARROW = 5,                            /* distances have 55 bits */
	LEAF_WIDE = 13,
	LEAF_SIZE_BITS = 17, /* nested a step of 16 bits apart, and one more */
	LEAF_SIZE_MASK = (1 << LEAF_SIZE_BITS) - 1,
	LEAF_REST_BITS = 40, /* beside a size, in the last 8 bytes of both */
	LEAF_ENTRY = 11,     /* bytes behind the rest */
	LEAF_BYTES = LEAF_HEAD + LEAF_MOST * (2 + LEAF_WIDE + LEAF_ENTRY),
	LEAF_SPARE = 32 /* bytes that may be read before and behind a leaf */
};

#define LEAF_REST_MASK ((UINT64_C(1) << LEAF_REST_BITS) - 1)

/*
 * Packs the count borders of run, which are not before base; list: what
 * stands before the first of them.  Returns the bytes, or 0 where they are
 * too many or too far apart for a leaf.
 */
size_t leaf_pack(const struct interval *run, size_t count, struct wide base,
    uint32_t list, uint8_t out[LEAF_BYTES]);

/* All borders, in order, and its first list at the base. */
void leaf_each(const uint8_t *leaf, struct wide base,
    void (*visit)(void *owner, const struct interval *from), void *owner);

#endif
