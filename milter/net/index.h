/* SPDX-License-Identifier: ISC */
/*
 * index.h - which interval is an address in?
 *
 * The search of the table, apart from how it is made: disjoint intervals
 * that cover a family's whole space, each with the number of a list.
 */
#ifndef POSTERN_NET_INDEX_H
#define POSTERN_NET_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "net/network.h"
#include "net/wide.h"

/* From a place (net/place.h) on, to where the next interval begins. */
struct interval {
	struct wide at;
	uint32_t list;
};

struct index;

/*
 * Of count intervals (ascending, the first at 0, so at least one; the lists
 * of neighbours differ), which stay the caller's.  Free with index_free().
 */
struct index *index_new(
    enum family family, const struct interval *intervals, size_t count);
void index_free(struct index *index); /* NULL is allowed */

/* The number of the list for addr, which is of the index's family. */
uint32_t index_find(const struct index *index, const struct addr *addr);

/* All intervals as they were given, in order, one call each. */
void index_each(const struct index *index,
    void (*visit)(void *owner, const struct range *range, uint32_t list),
    void *owner);

/* What it takes of memory. */
size_t index_bytes(const struct index *index);

#endif
