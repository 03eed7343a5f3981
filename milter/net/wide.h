/* SPDX-License-Identifier: ISC */
/*
 * wide.h - how is a number of 128 bits reckoned with?
 *
 * The place of an address among all of its family.  C has no such type
 * everywhere, and the table is searched with it for each connection.
 */
#ifndef POSTERN_NET_WIDE_H
#define POSTERN_NET_WIDE_H

#include <stdbool.h>
#include <stdint.h>

struct wide {
	uint64_t high;
	uint64_t low;
};

static inline bool
wide_equal(struct wide a, struct wide b)
{
	return a.high == b.high && a.low == b.low;
}

static inline bool
wide_less(struct wide a, struct wide b)
{
	/* no branches: nobody can guess which way they go */
	return (a.high < b.high) | ((a.high == b.high) & (a.low < b.low));
}

/* Both go round the end, as unsigned numbers do. */
static inline struct wide
wide_plus(struct wide a, struct wide b)
{
	uint64_t low = a.low + b.low;

	return (struct wide){ a.high + b.high + (low < a.low), low };
}

static inline struct wide
wide_minus(struct wide a, struct wide b)
{
	return (
	    struct wide){ a.high - b.high - (a.low < b.low), a.low - b.low };
}

/* Shifts by 0 to 127 bits; no branches here either. */
static inline struct wide
wide_left(struct wide a, unsigned bits)
{
	uint64_t far = 0 - (uint64_t)(bits >= 64);
	unsigned near = bits & 63;
	uint64_t low = a.low << near;
	uint64_t high = a.high << near | a.low >> 1 >> (63 - near);

	return (struct wide){ (high & ~far) | (low & far), low & ~far };
}

static inline struct wide
wide_right(struct wide a, unsigned bits)
{
	uint64_t far = 0 - (uint64_t)(bits >= 64);
	unsigned near = bits & 63;
	uint64_t high = a.high >> near;
	uint64_t low = a.low >> near | a.high << 1 << (63 - near);

	return (struct wide){ high & ~far, (low & ~far) | (high & far) };
}

/* How many bits it takes to write it down; 0 for 0. */
static inline unsigned
wide_bits(struct wide a)
{
	if (a.high != 0)
		return 128 - (unsigned)__builtin_clzll(a.high);

	return a.low == 0 ? 0 : 64 - (unsigned)__builtin_clzll(a.low);
}

/* How many bits at its end are 0; 128 for 0. */
static inline unsigned
wide_zeros(struct wide a)
{
	if (a.low != 0)
		return (unsigned)__builtin_ctzll(a.low);

	return a.high == 0 ? 128 : 64 + (unsigned)__builtin_ctzll(a.high);
}

#endif
