/* SPDX-License-Identifier: ISC */
/*
 * table.h - in which sets is an address?
 *
 * All networks of all sources in one table: address -> list of sets, one
 * search a connection.  A builder is filled by one thread; a table never
 * changes, so any number of threads may search it.
 */
#ifndef POSTERN_NET_TABLE_H
#define POSTERN_NET_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/network.h"

struct table;
struct table_builder;

/* The sets that an address is in, owned by the table. */
struct setlist;

bool setlist_has(const struct setlist *list, uint32_t set);

struct table_builder *table_builder_new(void);
void table_builder_free(struct table_builder *builder); /* NULL is allowed */
/* Set numbers are the caller's: small, any order, below 2^24. */
void table_add(
    struct table_builder *builder, uint32_t set, const struct range *range);
/* An exception wins over every add of the same set, whatever the order. */
void table_except(
    struct table_builder *builder, uint32_t set, const struct range *range);

/* The table of all that was added; the builder stays the caller's. */
struct table *table_new(struct table_builder *builder);
void table_free(struct table *table); /* NULL is allowed */

/* Never NULL: the empty list where addr is in no set or FAMILY_NONE. */
const struct setlist *table_find(
    const struct table *table, const struct addr *addr);

/* The fewest networks that say the set, ascending, one call each. */
void table_each(const struct table *table, uint32_t set,
    void (*visit)(void *owner, const struct range *network), void *owner);

/*
 * How many addresses are in set, each once, IPv4 and IPv6 together (exact up
 * to 2^53), and in how few networks they can be said; either may be NULL.
 */
void table_measure(const struct table *table, uint32_t set, double *addresses,
    size_t *networks);

/* What it takes of memory. */
size_t table_bytes(const struct table *table);

#endif
