/* SPDX-License-Identifier: ISC */
/*
 * plain.h - what would a plain binary search over the same intervals cost?
 *
 * What the table is held against: sorted arrays of where each interval
 * begins, a number of a list beside it.
 */
#ifndef POSTERN_BENCH_PLAIN_H
#define POSTERN_BENCH_PLAIN_H

#include <stddef.h>
#include <stdint.h>

#include "net/table.h"
#include "networks.h"

struct plain;

/* The intervals that the borders of the networks make in table. */
struct plain *plain_new(
    const struct networks *networks, const struct table *table);
void plain_free(struct plain *plain);

uint32_t plain_find(const struct plain *plain, const struct addr *addr);
/* The answer in words of the table that it was made of. */
const struct setlist *plain_list(const struct plain *plain, uint32_t found);

size_t plain_count(const struct plain *plain); /* intervals */
size_t plain_bytes(const struct plain *plain);

#endif
