/* SPDX-License-Identifier: ISC */
/* plain.c - what would a plain binary search over the same intervals cost? */
#include "config.h"

#include "plain.h"

#include <stdlib.h>

#include "base/mem.h"

struct place {
	uint64_t high;
	uint64_t low;
};

struct plain {
	uint32_t *v4;
	uint32_t *v4_lists;
	size_t nv4;
	struct place *v6;
	uint32_t *v6_lists;
	size_t nv6;
	const uint8_t *first_list;
};

uint32_t
plain_find(const struct plain *plain, const struct addr *addr)
{
	size_t low = 0;

	if (addr->family == FAMILY_V4) {
		for (size_t high = plain->nv4; high - low > 1;) {
			size_t middle = low + (high - low) / 2;

			if (plain->v4[middle] > addr->low)
				high = middle;
			else
				low = middle;
		}
		return plain->v4_lists[low];
	}
	for (size_t high = plain->nv6; high - low > 1;) {
		size_t middle = low + (high - low) / 2;
		const struct place *place = &plain->v6[middle];

		if (place->high > addr->high ||
		    (place->high == addr->high && place->low > addr->low))
			high = middle;
		else
			low = middle;
	}

	return plain->v6_lists[low];
}

const struct setlist *
plain_list(const struct plain *plain, uint32_t found)
{
	return (
	    const struct setlist *)(const void *)(plain->first_list + found);
}

size_t
plain_count(const struct plain *plain)
{
	return plain->nv4 + plain->nv6;
}

size_t
plain_bytes(const struct plain *plain)
{
	return plain->nv4 * (sizeof(plain->v4[0]) + sizeof(uint32_t)) +
	    plain->nv6 * (sizeof(plain->v6[0]) + sizeof(uint32_t));
}

static int
compare(const void *a, const void *b)
{
	return addr_compare(a, b);
}

static void
add(struct plain *plain, const struct addr *addr, uint32_t list)
{
	if (addr->family == FAMILY_V4) {
		plain->v4[plain->nv4] = (uint32_t)addr->low;
		plain->v4_lists[plain->nv4++] = list;
	} else {
		plain->v6[plain->nv6] = (struct place){ addr->high, addr->low };
		plain->v6_lists[plain->nv6++] = list;
	}
}

/* Every place where the answer may change, sorted. */
static struct addr *
places_of(const struct networks *networks, size_t *count)
{
	struct addr *places =
	    mem_new(2 * networks->count + 2, sizeof(places[0]));

	*count = 0;
	places[(*count)++] = (struct addr){ FAMILY_V4, 0, 0 };
	places[(*count)++] = (struct addr){ FAMILY_V6, 0, 0 };
	for (size_t i = 0; i < networks->count; i++) {
		struct addr behind = networks->ranges[i].last;

		places[(*count)++] = networks->ranges[i].first;
		if (addr_next(&behind))
			places[(*count)++] = behind;
	}
	qsort(places, *count, sizeof(places[0]), compare);

	return places;
}

struct plain *
plain_new(const struct networks *networks, const struct table *table)
{
	const struct addr none = { FAMILY_NONE, 0, 0 };
	struct plain *plain = mem_new(1, sizeof(*plain));
	enum family family = FAMILY_NONE;
	uint32_t last = 0;
	struct addr *places;
	size_t count;

	plain->first_list = (const uint8_t *)table_find(table, &none);
	places = places_of(networks, &count);
	plain->v4 = mem_new(count, sizeof(plain->v4[0]));
	plain->v4_lists = mem_new(count, sizeof(plain->v4_lists[0]));
	plain->v6 = mem_new(count, sizeof(plain->v6[0]));
	plain->v6_lists = mem_new(count, sizeof(plain->v6_lists[0]));
	for (size_t i = 0; i < count; i++) {
		const uint8_t *at =
		    (const uint8_t *)table_find(table, &places[i]);
		uint32_t list = (uint32_t)(at - plain->first_list);

		if (places[i].family != family || list != last)
			add(plain, &places[i], list);
		family = places[i].family;
		last = list;
	}
	free(places);

	return plain;
}

void
plain_free(struct plain *plain)
{
	free(plain->v4);
	free(plain->v4_lists);
	free(plain->v6);
	free(plain->v6_lists);
	free(plain);
}
