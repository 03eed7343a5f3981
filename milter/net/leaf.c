/* SPDX-License-Identifier: ISC */
/* leaf.c - how do a few intervals fit into a cache line? */
#include "config.h"

#include "net/leaf.h"

#include "net/packed.h"

struct entry {
	struct wide first; /* from the base, in units */
	uint32_t size;
	uint32_t inside;
	uint32_t behind;
};

/* 0 where it cannot be said exactly. */
static uint32_t
size_of(struct wide units)
{
	unsigned bits = wide_bits(units);
	unsigned shift = bits > LEAF_SIZE_BITS ? bits - LEAF_SIZE_BITS : 0;

	if (wide_zeros(units) < shift)
		return 0;

	return (uint32_t)wide_right(units, shift).low |
	    (uint32_t)shift << LEAF_SIZE_BITS;
}

/* Two borders an entry wherever that can be said, which is nearly always. */
static size_t
join(const struct interval *run, size_t count, struct wide base, unsigned unit,
    struct entry entries[LEAF_MOST])
{
	size_t n = 0;

	for (size_t i = 0; i < count; n++) {
		struct entry *entry = &entries[n];

		if (n == LEAF_MOST)
			return LEAF_MOST + 1;
		entry->first = wide_right(wide_minus(run[i].at, base), unit);
		entry->size = 0;
		if (i + 1 < count)
			entry->size = size_of(wide_right(
			    wide_minus(run[i + 1].at, run[i].at), unit));
		entry->inside = run[i].list;
		i += entry->size == 0 ? 1 : 2;
		entry->behind = run[i - 1].list;
	}

	return n;
}

/* The largest unit that all borders are a multiple of, from base. */
static unsigned
unit_of(const struct interval *run, size_t count, struct wide base)
{
	struct wide any = { 0, 0 };

	for (size_t i = 0; i < count; i++) {
		struct wide distance = wide_minus(run[i].at, base);

		any.high |= distance.high;
		any.low |= distance.low;
	}

	return count == 0 ? 0 : wide_zeros(any);
}

/* So that the mark of the last entry is not that of none. */
static unsigned
step_for(struct wide last)
{
	unsigned bits = wide_bits(last);
	unsigned step = bits > LEAF_MARK_BITS ? bits - LEAF_MARK_BITS : 0;

	return step + (wide_right(last, step).low == LEAF_MARK_LAST);
}

static struct wide
rest_of(const struct entry *entry, unsigned step)
{
	return wide_minus(
	    entry->first, wide_left(wide_right(entry->first, step), step));
}

/* The bytes of the longest rest; 0 where it is too long. */
static unsigned
width_for(const struct entry *entries, size_t n, unsigned step)
{
	if (step <= 8 * LEAF_NARROW)
		return LEAF_NARROW;
	for (size_t i = 0; i < n; i++)
		if (wide_bits(rest_of(&entries[i], step)) > 8 * LEAF_WIDE)
			return 0;

	return LEAF_WIDE;
}

static size_t
write_leaf(uint8_t *out, const struct entry *entries, size_t n, uint32_t list)
{
	unsigned width = out[1], step = out[3];
	uint8_t *at = out + LEAF_MARKS;

	for (size_t i = 0; i < n; i++, at += 2)
		put_wide(at, wide_right(entries[i].first, step), 2);
	put_wide(at, (struct wide){ 0, LEAF_MARK_LAST }, 2);
	put_u32(at + 2, list);
	at += 6;
	for (size_t i = 0; i < n; i++, at += width + LEAF_ENTRY) {
		put_wide(at, rest_of(&entries[i], step), width);
		put_wide(at + width, (struct wide){ 0, entries[i].size }, 3);
		put_u32(at + width + 3, entries[i].inside);
		put_u32(at + width + 7, entries[i].behind);
	}

	return (size_t)(at - out);
}

size_t
leaf_pack(const struct interval *run, size_t count, struct wide base,
    uint32_t list, uint8_t out[LEAF_BYTES])
{
	struct entry entries[LEAF_MOST];
	unsigned unit, width, step = 0;
	size_t n;

	if (count > 0 && wide_equal(run[0].at, base)) {
		list = run[0].list;
		run++;
		count--;
	}
	unit = unit_of(run, count, base);
	n = join(run, count, base, unit, entries);
	if (n > LEAF_MOST)
		return 0;
	if (n > 0)
		step = step_for(entries[n - 1].first);
	width = width_for(entries, n, step);
	if (width == 0)
		return 0;
	out[0] = (uint8_t)n;
	out[1] = (uint8_t)width;
	out[2] = (uint8_t)unit;
	out[3] = (uint8_t)step;

	return write_leaf(out, entries, n, list);
}

static struct wide
first_of(const uint8_t *leaf, size_t i, const uint8_t *entry)
{
	const struct wide mark = { 0, get_u16(leaf + LEAF_MARKS + i * 2) };
	struct wide rest = get_wide(entry);

	if (leaf[1] == LEAF_NARROW)
		rest = (struct wide){ 0, rest.low & LEAF_REST_MASK };
	else
		rest.high &= LEAF_REST_MASK;

	return wide_plus(wide_left(mark, leaf[3]), rest);
}

void
leaf_each(const uint8_t *leaf, struct wide base,
    void (*visit)(void *owner, const struct interval *from), void *owner)
{
	const uint8_t *entry = leaf + LEAF_HEAD + leaf[0] * 2;
	struct interval from = { base, get_u32(entry - 4) };
	unsigned unit = leaf[2];

	visit(owner, &from);
	for (size_t i = 0; i < leaf[0]; i++, entry += leaf[1] + LEAF_ENTRY) {
		const uint8_t *end = entry + leaf[1];
		uint32_t size = get_u32(end) & 0xffffff;
		struct wide units = { 0, size & LEAF_SIZE_MASK };

		from.at =
		    wide_plus(base, wide_left(first_of(leaf, i, entry), unit));
		from.list = get_u32(end + 3);
		if (size != 0)
			visit(owner, &from);
		units = wide_left(units, unit + (size >> LEAF_SIZE_BITS));
		from.at = wide_plus(from.at, units);
		from.list = get_u32(end + 7);
		visit(owner, &from);
	}
}
