/* SPDX-License-Identifier: ISC */
/*
 * sort.c - in which order do borders stand?
 *
 * By the first byte of the place into 256 heaps, each of these by the next
 * byte (McIlroy, Bostic, McIlroy: Engineering Radix Sort, 1993), and what is
 * short by insertion.  qsort takes three times as long and as much memory
 * again.
 */
#include "config.h"

#include "net/sort.h"

#include <stdbool.h>

enum {
	SHORT = 64,
	HEAPS = 256,
	BYTES_PLACE = 16,
	BYTES = BYTES_PLACE + 4 /* and of a set */
};

static bool
is_before(const struct border *a, const struct border *b)
{
	if (!wide_equal(a->at, b->at))
		return wide_less(a->at, b->at);

	return a->set < b->set;
}

/* The byte number of the place, the highest first, then of the set. */
static unsigned
byte_of(const struct border *border, unsigned number)
{
	if (number < 8)
		return border->at.high >> (56 - 8 * number) & 0xff;
	if (number < BYTES_PLACE)
		return border->at.low >> (56 - 8 * (number - 8)) & 0xff;

	return border->set >> (24 - 8 * (number - BYTES_PLACE)) & 0xff;
}

static void
insert_all(struct border *borders, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const struct border moving = borders[i];
		size_t at = i;

		for (; at > 0 && is_before(&moving, &borders[at - 1]); at--)
			borders[at] = borders[at - 1];
		borders[at] = moving;
	}
}

/* Swaps each into the heap of its byte until none is left outside. */
static void
deal(struct border *borders, unsigned number, const size_t ends[HEAPS],
    size_t next[HEAPS])
{
	for (unsigned heap = 0; heap < HEAPS; heap++)
		while (next[heap] < ends[heap]) {
			struct border moving = borders[next[heap]];
			unsigned to = byte_of(&moving, number);

			while (to != heap) {
				struct border out = borders[next[to]];

				borders[next[to]++] = moving;
				moving = out;
				to = byte_of(&moving, number);
			}
			borders[next[heap]++] = moving;
		}
}

/* The first byte in which they differ; BYTES where they are all the same. */
static unsigned
first_difference(const struct border *borders, size_t count)
{
	struct border any = { { 0, 0 }, 0, BORDER_ADD };
	unsigned number = 0;

	for (size_t i = 1; i < count; i++) {
		any.at.high |= borders[i].at.high ^ borders[0].at.high;
		any.at.low |= borders[i].at.low ^ borders[0].at.low;
		any.set |= borders[i].set ^ borders[0].set;
	}
	while (number < BYTES && byte_of(&any, number) == 0)
		number++;

	return number;
}

/* At most BYTES deep: a heap's borders differ in later bytes only. */
static void
sort(struct border *borders, size_t count)
{
	size_t next[HEAPS], ends[HEAPS] = { 0 };
	unsigned number;
	size_t sum = 0;

	if (count <= SHORT) {
		insert_all(borders, count);
		return;
	}
	number = first_difference(borders, count);
	if (number == BYTES)
		return;

	for (size_t i = 0; i < count; i++)
		ends[byte_of(&borders[i], number)]++;
	for (unsigned heap = 0; heap < HEAPS; heap++) {
		next[heap] = sum;
		sum += ends[heap];
		ends[heap] = sum;
	}
	deal(borders, number, ends, next);
	for (size_t heap = 0, begin = 0; heap < HEAPS; begin = ends[heap++])
		sort(borders + begin, ends[heap] - begin);
}

void
borders_sort(struct border *borders, size_t count)
{
	size_t i = 1;

	/* most lists are in order already */
	while (i < count && !is_before(&borders[i], &borders[i - 1]))
		i++;
	if (i < count)
		sort(borders, count);
}
