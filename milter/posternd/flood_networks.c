/* SPDX-License-Identifier: ISC */
/* flood_networks.c - how many came from this network in its minute? */
#include "config.h"

#include "posternd/flood_networks.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"
#include "net/network.h"
#include "posternd/flood_slots.h"

enum {
	HOSTS_V4 = 8,  /* bits behind a /24 */
	HOSTS_V6 = 80, /* behind a /48 */
	NONE = FLOOD_NETWORKS
};

struct network {
	struct addr first; /* its first address names it */
	struct flood_minute minute;
	uint32_t next; /* of the same bucket; NONE */
};

/* All minutes are of one length, so that the first to begin is the first to
 * end: the networks stand in a ring, in the order in which they began. */
struct flood_networks {
	uint64_t seed;
	uint32_t oldest;
	uint32_t count;
	uint32_t buckets[FLOOD_NETWORKS];
	struct network ring[FLOOD_NETWORKS];
};

void
minute_end(struct flood_minute *minute)
{
	for (size_t i = 0; i < FLOOD_KINDS; i++)
		if (minute->slots[i] != NULL)
			minute->slots[i]->over = true;
}

struct flood_networks *
networks_new(uint64_t seed)
{
	struct flood_networks *networks = mem_new(1, sizeof(*networks));

	networks->seed = seed;
	for (size_t i = 0; i < FLOOD_NETWORKS; i++)
		networks->buckets[i] = NONE;

	return networks;
}

void
networks_free(struct flood_networks *networks)
{
	free(networks);
}

static struct addr
network_of(const struct addr *addr)
{
	if (addr->family == FAMILY_NONE)
		return (struct addr){ .family = FAMILY_NONE };

	return range_around(
	    addr, addr->family == FAMILY_V4 ? HOSTS_V4 : HOSTS_V6)
	    .first;
}

/* splitmix64's finalizer (Steele, Lea, Flood 2014), twice. */
static uint64_t
mix(uint64_t value)
{
	value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);

	return value ^ (value >> 31);
}

static uint32_t
bucket_of(const struct flood_networks *networks, const struct addr *first)
{
	/* Of a network either high or low alone says something. */
	uint64_t name = first->high ^ first->low;

	return (uint32_t)(mix(mix(name ^ networks->seed) + networks->seed) %
	    FLOOD_NETWORKS);
}

/* Takes the oldest out of its bucket. */
static void
unlink_oldest(struct flood_networks *networks)
{
	uint32_t oldest = networks->oldest;
	const struct network *network = &networks->ring[oldest];
	uint32_t *link =
	    &networks->buckets[bucket_of(networks, &network->first)];

	while (*link != oldest)
		link = &networks->ring[*link].next;
	*link = network->next;
}

void
networks_expire(struct flood_networks *networks, int64_t now_us)
{
	while (networks->count > 0) {
		struct flood_minute *minute =
		    &networks->ring[networks->oldest].minute;

		if (now_us - minute->begin_us < FLOOD_MINUTE_US)
			return;
		minute_end(minute);
		unlink_oldest(networks);
		networks->oldest = (networks->oldest + 1) % FLOOD_NETWORKS;
		networks->count--;
	}
}

struct flood_minute *
networks_find(struct flood_networks *networks, const struct addr *addr)
{
	struct addr first = network_of(addr);
	uint32_t at = networks->buckets[bucket_of(networks, &first)];

	while (at != NONE && !addr_equal(&networks->ring[at].first, &first))
		at = networks->ring[at].next;

	return at == NONE ? NULL : &networks->ring[at].minute;
}

bool
networks_full(const struct flood_networks *networks)
{
	return networks->count == FLOOD_NETWORKS;
}

struct flood_minute *
networks_add(
    struct flood_networks *networks, const struct addr *addr, int64_t now_us)
{
	uint32_t at = (networks->oldest + networks->count) % FLOOD_NETWORKS;
	struct network *network = &networks->ring[at];
	uint32_t *bucket;

	assert(!networks_full(networks));
	*network = (struct network){
		.first = network_of(addr),
		.minute = { .begin_us = now_us },
	};
	bucket = &networks->buckets[bucket_of(networks, &network->first)];
	network->next = *bucket;
	*bucket = at;
	networks->count++;

	return &network->minute;
}
