/* SPDX-License-Identifier: ISC */
/*
 * place.h - where in its family's space is an address?
 *
 * As a number of 128 bits; IPv4 stands in the upper 32, so that the networks
 * of both families are told apart by the upper half, as a rule, and one way
 * to search is fast for both.
 */
#ifndef POSTERN_NET_PLACE_H
#define POSTERN_NET_PLACE_H

#include "net/addr.h"
#include "net/wide.h"

static inline struct wide
place_of(const struct addr *addr)
{
	if (addr->family == FAMILY_V4)
		return (struct wide){ addr->low << 32, 0 };

	return (struct wide){ addr->high, addr->low };
}

/* The address that place is in. */
static inline struct addr
place_addr(enum family family, struct wide place)
{
	if (family == FAMILY_V4)
		return (struct addr){ family, 0, place.high >> 32 };

	return (struct addr){ family, place.high, place.low };
}

/* The last place before this one; before 0, the space's last. */
static inline struct wide
place_before(struct wide place)
{
	return wide_minus(place, (struct wide){ 0, 1 });
}

#endif
