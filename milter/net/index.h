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

/* A family's place: IPv4 in low; the interval goes to the next one's. */
struct interval {
	uint64_t high;
	uint64_t low;
	uint32_t list;
};

struct index;

/*
 * Copies count intervals (ascending, the first at 0, so at least one); free
 * with index_free().
 */
struct index *index_new(
    enum family family, const struct interval *intervals, size_t count);
void index_free(struct index *index); /* NULL is allowed */

/* The number of the list for addr, which is of the index's family. */
uint32_t index_find(const struct index *index, const struct addr *addr);

size_t index_count(const struct index *index);
/* Interval number at, below index_count(), and its list. */
uint32_t index_get(const struct index *index, size_t at, struct range *range);

#endif
