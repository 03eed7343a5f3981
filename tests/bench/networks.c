/* SPDX-License-Identifier: ISC */
/* networks.c - what would a table of a million networks hold? */
#include "config.h"

#include "networks.h"

#include <stdlib.h>

#include "base/mem.h"

const char *const networks_names[NETWORKS_KINDS] = {
	[NETWORKS_V4] = "IPv4, /24 to /32",
	[NETWORKS_V6] = "IPv6, /32 to /64",
	[NETWORKS_LONG] = "IPv6, /32 to /128",
	[NETWORKS_MIXED] = "IPv4 and IPv6",
	[NETWORKS_NESTED] = "nested 8 deep, IPv4",
	[NETWORKS_NESTED_V6] = "nested 8 deep, IPv6",
	[NETWORKS_SKEWED] = "in 3 clusters",
};

/* SplitMix64. */
static uint64_t
random_u64(struct networks *networks)
{
	uint64_t z = (networks->random += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);

	return z ^ z >> 31;
}

static unsigned
random_below(struct networks *networks, unsigned limit)
{
	return (unsigned)(random_u64(networks) % limit);
}

static struct addr
random_v4(struct networks *networks)
{
	return (struct addr){ FAMILY_V4, 0, random_u64(networks) & UINT32_MAX };
}

/* Of 2000::/3: nobody has any other. */
static struct addr
random_v6(struct networks *networks)
{
	return (struct addr){ FAMILY_V6,
		random_u64(networks) >> 3 | UINT64_C(1) << 61,
		random_u64(networks) };
}

static struct range
random_network(struct networks *networks, enum family family, unsigned shortest,
    unsigned longest)
{
	struct addr addr =
	    family == FAMILY_V4 ? random_v4(networks) : random_v6(networks);
	unsigned bits = family == FAMILY_V4 ? 32 : 128;

	return range_around(&addr,
	    bits - shortest - random_below(networks, longest - shortest + 1));
}

/* Each third one in another part of the space, none of which is wide. */
static struct range
skewed_network(struct networks *networks, size_t i)
{
	struct addr addr = random_v4(networks);

	switch (i % 3) {
	case 0:
		addr.low = UINT64_C(0x50000000) | (addr.low & 0x1fffffff);
		break;
	case 1:
		addr.low = UINT64_C(0xc6120000) | (addr.low & 0x0003ffff) << 4;
		break;
	default:
		addr = random_v6(networks);
		addr.high =
		    UINT64_C(0x20010db800000000) | (addr.high & 0xffffffff);
	}

	return range_around(&addr, i % 3 == 2 ? 64 : random_below(networks, 4));
}

/* Each one around the same address is wider than the one before. */
static struct range
nested_network(struct networks *networks, enum family family, size_t i)
{
	static const unsigned v4[] = { 0, 2, 4, 6, 8, 10, 12, 14 };
	static const unsigned v6[] = { 64, 68, 72, 76, 80, 84, 88, 92 };
	struct addr addr;

	if (i % NITEMS(v4) == 0)
		return random_network(networks, family,
		    family == FAMILY_V4 ? 32 : 64,
		    family == FAMILY_V4 ? 32 : 64);
	addr = networks->ranges[i - 1].first;

	return range_around(&addr, family == FAMILY_V4 ? v4[i % 8] : v6[i % 8]);
}

static struct range
make_one(struct networks *networks, enum networks_kind kind, size_t i)
{
	switch (kind) {
	case NETWORKS_V4:
		return random_network(networks, FAMILY_V4, 24, 32);
	case NETWORKS_V6:
		return random_network(networks, FAMILY_V6, 32, 64);
	case NETWORKS_LONG:
		return random_network(networks, FAMILY_V6, 32, 128);
	case NETWORKS_MIXED:
		return i % 2 == 0 ? random_network(networks, FAMILY_V4, 24, 32)
				  : random_network(networks, FAMILY_V6, 32, 64);
	case NETWORKS_NESTED:
		return nested_network(networks, FAMILY_V4, i);
	case NETWORKS_NESTED_V6:
		return nested_network(networks, FAMILY_V6, i);
	case NETWORKS_SKEWED:
		return skewed_network(networks, i);
	case NETWORKS_KINDS:
		break;
	}
	abort();
}

void
networks_make(struct networks *networks, enum networks_kind kind, size_t count)
{
	networks->ranges = mem_new(count, sizeof(networks->ranges[0]));
	networks->random = kind + 1;
	networks->count = count;
	for (size_t i = 0; i < count; i++)
		networks->ranges[i] = make_one(networks, kind, i);
}

void
networks_done(struct networks *networks)
{
	free(networks->ranges);
}

struct table *
networks_table(struct networks *networks)
{
	struct table_builder *builder = table_builder_new();
	struct table *table;

	for (size_t i = 0; i < networks->count; i++)
		for (unsigned n = random_below(networks, NETWORKS_MOST_SETS);;
		     n--) {
			table_add(builder,
			    random_below(networks, NETWORKS_SETS),
			    &networks->ranges[i]);
			if (n == 0)
				break;
		}
	table = table_new(builder);
	table_builder_free(builder);

	return table;
}

struct addr
networks_inside(struct networks *networks)
{
	const struct range *range =
	    &networks->ranges[random_u64(networks) % networks->count];
	struct addr addr = range->first;

	addr.high +=
	    random_u64(networks) & (range->last.high - range->first.high);
	addr.low += random_u64(networks) & (range->last.low - range->first.low);

	return addr;
}

struct addr
networks_anywhere(struct networks *networks)
{
	const struct range *range =
	    &networks->ranges[random_u64(networks) % networks->count];

	return range->first.family == FAMILY_V4 ? random_v4(networks)
						: random_v6(networks);
}
