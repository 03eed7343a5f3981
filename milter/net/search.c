/* SPDX-License-Identifier: ISC */
/*
 * search.c - which list stands at an address?
 *
 * No branch hangs on what is compared, but on what is the same for most
 * addresses: so the processor goes on to the next connection's while it waits
 * for this one's memory.
 */
#include "config.h"

#include "net/index.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

#include "net/leaf.h"
#include "net/packed.h"
#include "net/place.h"
#include "net/tree.h"

enum {
	CACHE_LINE = 64 /* on most machines; a leaf may lie in two */
};

/* Four marks in one number, and the bit above each. */
#define EACH UINT64_C(0x0001000100010001)
#define TOPS (EACH << LEAF_MARK_BITS)

/* The tops of the marks, of four, that are larger than the one in all four. */
static inline uint64_t
larger(const uint8_t *marks, uint64_t four)
{
	return (((four | TOPS) - get_u64(marks)) & TOPS) ^ TOPS;
}

/* The last entry that has at most this mark; -1: none. */
static inline int64_t
last_marked(const uint8_t *leaf, uint64_t mark)
{
	uint64_t four =
	    (mark < LEAF_MARK_LAST ? mark : LEAF_MARK_LAST - 1) * EACH;
	uint64_t first = larger(leaf + LEAF_MARKS, four);
	uint64_t second = larger(leaf + LEAF_MARKS + 8, four);
	uint64_t none = 0 - (uint64_t)(first == 0); /* all ones or 0 */

	/* before the lowest of them; the leaf's last mark is always one */
	first |= second & none;

	return (int64_t)(none & 4) + (__builtin_ctzll(first) >> 4) - 1;
}

static inline uint64_t
mark_at(const uint8_t *leaf, int64_t i)
{
	return get_u16(leaf + LEAF_MARKS + i * 2);
}

/* i may be -1: behind that one stands the list at the base. */
static inline const uint8_t *
entry_at(const uint8_t *leaf, int64_t i, unsigned width)
{
	return leaf + (LEAF_HEAD + leaf[0] * 2) +
	    i * (int64_t)(width + LEAF_ENTRY);
}

/* The list of an entry, inside or behind it. */
static inline uint32_t
list_of(const uint8_t *entry, size_t width, bool is_inside)
{
	return get_u32(entry + width + 7 - 4 * is_inside);
}

/* i goes back where the mark is the same, but not the rest: rare. */
static inline uint32_t
find_narrow(const uint8_t *leaf, uint64_t units)
{
	unsigned step = leaf[3] & 63;

	for (int64_t i = last_marked(leaf, units >> step);; i--) {
		/* all ones if there is none: behind one without a size */
		uint64_t none = (uint64_t)(i >> 63);
		uint64_t at = units | none;
		const uint8_t *entry = entry_at(leaf, i, LEAF_NARROW);
		uint64_t number = get_u64(entry) & ~none;
		uint64_t size = number >> LEAF_REST_BITS;
		uint64_t first =
		    (mark_at(leaf, i) << step) + (number & LEAF_REST_MASK);

		if (at >= first)
			return list_of(entry, LEAF_NARROW,
			    (at - first) >> (size >> LEAF_SIZE_BITS & 63) <
				(size & LEAF_SIZE_MASK));
	}
}

/*
 * As find_narrow(); apart, so that the other way needs no more registers than
 * there are.
 */
__attribute__((noinline)) static uint32_t
find_wide(const uint8_t *leaf, struct wide units)
{
	struct wide steps = wide_right(units, leaf[3]);
	uint64_t mark = steps.high > 0 ? UINT64_MAX : steps.low;

	for (int64_t i = last_marked(leaf, mark);; i--) {
		uint64_t none = (uint64_t)(i >> 63);
		struct wide at = { units.high | none, units.low | none };
		const uint8_t *entry = entry_at(leaf, i, LEAF_WIDE);
		uint64_t upper = get_u64(entry + 8) & ~none;
		unsigned size = (unsigned)(upper >> LEAF_REST_BITS);
		struct wide first = wide_plus(
		    wide_left((struct wide){ 0, mark_at(leaf, i) }, leaf[3]),
		    (struct wide){ upper & LEAF_REST_MASK, get_u64(entry) });
		struct wide within =
		    wide_right(wide_minus(at, first), size >> LEAF_SIZE_BITS);

		if (!wide_less(at, first))
			return list_of(entry, LEAF_WIDE,
			    (within.high == 0) &
				(within.low < (size & LEAF_SIZE_MASK)));
	}
}

static inline uint32_t
find_in_leaf(const uint8_t *leaf, struct wide distance)
{
	unsigned unit = leaf[2];
	struct wide units;

	if (leaf[1] == LEAF_NARROW && unit >= 64)
		return find_narrow(leaf, distance.high >> (unit - 64));

	units = wide_right(distance, unit);
	if (leaf[1] == LEAF_WIDE)
		return find_wide(leaf, units);

	/* what is behind all that the leaf knows is the same there */
	return find_narrow(leaf, units.high > 0 ? UINT64_MAX : units.low);
}

/* Which of the slots up to last is it in? */
static inline uint64_t
slot_of(struct wide distance, unsigned shift, uint64_t last)
{
	struct wide slot;

	if (shift >= 64) { /* as a rule */
		uint64_t upper = distance.high >> (shift - 64);

		return upper < last ? upper : last;
	}
	slot = wide_right(distance, shift);

	return slot.high == 0 && slot.low < last ? slot.low : last;
}

uint32_t
index_find(const struct index *index, const struct addr *addr)
{
	const struct wide at = place_of(addr);
	struct wide distance = at; /* from where the node's slot begins */
	const uint8_t *node = index->tree + TREE_ROOT;

	assert(addr->family == index->family);
	while (node[0] == TREE_NODE) {
		struct wide base = tree_base(node);
		unsigned shift = node[1];
		uint64_t slot;

		distance = at;
		if (at.high < base.high ||
		    (at.high == base.high && at.low < base.low))
			distance = base; /* before the first slot: in it */
		distance = wide_minus(distance, base);
		slot = slot_of(distance, shift, tree_last_slot(node));
		if (shift >= 64)
			distance.high -= slot << (shift - 64);
		else
			distance = wide_minus(distance,
			    wide_left((struct wide){ 0, slot }, shift));
		node = index->tree + tree_slot(node, slot);
		__builtin_prefetch(node + CACHE_LINE);
	}

	return find_in_leaf(node, distance);
}
