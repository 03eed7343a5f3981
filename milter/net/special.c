/* SPDX-License-Identifier: ISC */
/* special.c - which addresses does no mail come from on the internet? */
#include "config.h"

#include "net/addr.h"
#include "net/network.h"

#include <stddef.h>

#include "base/mem.h"

#define IP4(a, b, c, d) \
	(UINT64_C(a) << 24 | UINT64_C(b) << 16 | UINT64_C(c) << 8 | UINT64_C(d))
#define NET4(a, b, c, d, bits)                                 \
	{                                                      \
		{ FAMILY_V4, 0, IP4(a, b, c, d) }, 32 - (bits) \
	}

#define IP6(a, b, c, d)                                              \
	(UINT64_C(a) << 48 | UINT64_C(b) << 32 | UINT64_C(c) << 16 | \
	    UINT64_C(d))
/* The lower half of all of them is 0. */
#define NET6(a, b, c, d, bits)                                  \
	{                                                       \
		{ FAMILY_V6, IP6(a, b, c, d), 0 }, 128 - (bits) \
	}

/*
 * The IANA special-purpose address registries (RFC 6890, RFC 8190), without
 * the blocks there that are routed as any other (AS112, AMT); with multicast
 * and site local addresses.  In order, so that the registry can be laid
 * beside it.
 */
static const struct {
	struct addr first;
	unsigned host_bits;
} specials[] = {
	NET4(0, 0, 0, 0, 8),       /* this network, RFC 791 */
	NET4(10, 0, 0, 0, 8),      /* private, RFC 1918 */
	NET4(100, 64, 0, 0, 10),   /* carrier-grade NAT, RFC 6598 */
	NET4(127, 0, 0, 0, 8),     /* loopback, RFC 1122 */
	NET4(169, 254, 0, 0, 16),  /* link local, RFC 3927 */
	NET4(172, 16, 0, 0, 12),   /* private, RFC 1918 */
	NET4(192, 0, 0, 0, 24),    /* IETF protocols, RFC 6890 */
	NET4(192, 0, 2, 0, 24),    /* documentation, RFC 5737 */
	NET4(192, 88, 99, 0, 24),  /* 6to4 relays, RFC 7526 */
	NET4(192, 168, 0, 0, 16),  /* private, RFC 1918 */
	NET4(198, 18, 0, 0, 15),   /* benchmarks, RFC 2544 */
	NET4(198, 51, 100, 0, 24), /* documentation, RFC 5737 */
	NET4(203, 0, 113, 0, 24),  /* documentation, RFC 5737 */
	NET4(224, 0, 0, 0, 4),     /* multicast, RFC 5771 */
	NET4(240, 0, 0, 0, 4),     /* reserved, RFC 1112, and broadcast */

	/*
	 * All but 2000::/3 is not global unicast (RFC 4291 2.4): loopback,
	 * NAT64, unique and link local, multicast, and what nobody was given.
	 */
	NET6(0, 0, 0, 0, 3), NET6(0x4000, 0, 0, 0, 2), NET6(0x8000, 0, 0, 0, 1),
	NET6(0x2001, 0, 0, 0, 23),     /* IETF protocols, RFC 2928 */
	NET6(0x2001, 0xdb8, 0, 0, 32), /* documentation, RFC 3849 */
	NET6(0x2002, 0, 0, 0, 16),     /* 6to4, RFC 3056 */
	NET6(0x3fff, 0, 0, 0, 20)      /* documentation, RFC 9637 */
};

bool
range_is_special(const struct range *range)
{
	for (size_t i = 0; i < NITEMS(specials); i++) {
		const struct range special =
		    range_around(&specials[i].first, specials[i].host_bits);

		if (addr_compare(&special.first, &range->last) <= 0 &&
		    addr_compare(&range->first, &special.last) <= 0)
			return true;
	}

	return false;
}

bool
addr_is_special(const struct addr *addr)
{
	const struct range one = { *addr, *addr };

	return range_is_special(&one);
}
