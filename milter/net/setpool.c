/* SPDX-License-Identifier: ISC */
/* setpool.c - was this list of sets seen before? */
#include "config.h"

#include "net/setpool.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/setlist.h"

#define NO_NUMBER UINT32_MAX

enum {
	FIRST_SLOTS = 64,
	FIRST_ROOM = 256
};

/* The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit counts. */
static uint64_t
hash_of_set(uint32_t set)
{
	uint64_t hash = set + UINT64_C(0x9e3779b97f4a7c15);

	hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);

	return hash ^ hash >> 31;
}

/* Where set stands in the list, or would have to. */
static size_t
place_of(const struct active *active, uint32_t set)
{
	size_t low = 0;
	size_t high = active->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (active->sets[middle] < set)
			low = middle + 1;
		else
			high = middle;
	}

	return low;
}

void
active_toggle(struct active *active, uint32_t set)
{
	size_t place = place_of(active, set);
	size_t behind = active->count - place;
	bool is_in = behind > 0 && active->sets[place] == set;

	if (is_in) {
		memmove(&active->sets[place], &active->sets[place + 1],
		    (behind - 1) * sizeof(set));
		active->count--;
		active->hash -= hash_of_set(set);
		return;
	}

	active->sets =
	    mem_grow(active->sets, active->count, &active->room, sizeof(set));
	memmove(&active->sets[place + 1], &active->sets[place],
	    behind * sizeof(set));
	active->sets[place] = set;
	active->count++;
	active->hash += hash_of_set(set);
}

void
active_done(struct active *active)
{
	free(active->sets);
	*active = (struct active){ NULL, 0, 0, 0 };
}

/* Writes the list behind the others, without counting it yet. */
static size_t
pack(struct setpool *pool, const struct active *active)
{
	size_t most = active->count * SETLIST_SET + SETLIST_END;

	while (pool->room - pool->len < most) {
		pool->room = pool->room == 0 ? FIRST_ROOM : pool->room * 2;
		pool->bytes = mem_resize(pool->bytes, pool->room, 1);
	}

	return setlist_pack(
	    active->sets, active->count, pool->bytes + pool->len);
}

/* Is it the list of len bytes that is not counted yet? */
static bool
is_same(const struct setpool *pool, uint32_t number, size_t len)
{
	/* one that is shorter differs within its own bytes */
	return memcmp(pool->bytes + number, pool->bytes + pool->len, len) == 0;
}

/* The slot with the list, or the free one where it belongs. */
static struct setpool_slot *
slot_of(const struct setpool *pool, uint32_t hash, size_t len)
{
	size_t at = hash & (pool->nslots - 1);

	while (pool->slots[at].number != NO_NUMBER &&
	    (pool->slots[at].hash != hash ||
		!is_same(pool, pool->slots[at].number, len)))
		at = (at + 1) & (pool->nslots - 1);

	return &pool->slots[at];
}

static void
make_slots(struct setpool *pool, size_t nslots)
{
	struct setpool_slot *old = pool->slots;
	size_t nold = pool->nslots;

	pool->slots = mem_new(nslots, sizeof(*pool->slots));
	pool->nslots = nslots;
	for (size_t i = 0; i < nslots; i++)
		pool->slots[i].number = NO_NUMBER;
	for (size_t i = 0; i < nold; i++) {
		size_t at = old[i].hash & (nslots - 1);

		if (old[i].number == NO_NUMBER)
			continue;
		while (pool->slots[at].number != NO_NUMBER)
			at = (at + 1) & (nslots - 1);
		pool->slots[at] = old[i];
	}
	free(old);
}

uint32_t
setpool_number(struct setpool *pool, const struct active *active)
{
	uint32_t hash = (uint32_t)(active->hash >> 32);
	size_t len = pack(pool, active);
	struct setpool_slot *slot = slot_of(pool, hash, len);
	uint32_t number = slot->number;

	if (number != NO_NUMBER)
		return number;

	/* 4 GB of lists: the machine is not made for that either */
	if (pool->len >= NO_NUMBER)
		abort();
	number = (uint32_t)pool->len;
	*slot = (struct setpool_slot){ number, hash };
	pool->len += len;
	if (++pool->count * 2 >= pool->nslots)
		make_slots(pool, pool->nslots * 2);

	return number;
}

void
setpool_init(struct setpool *pool)
{
	const struct active none = { NULL, 0, 0, 0 };

	*pool = (struct setpool){ 0 };
	make_slots(pool, FIRST_SLOTS);
	(void)setpool_number(pool, &none); /* SETPOOL_EMPTY */
}

void
setpool_done(struct setpool *pool)
{
	free(pool->bytes);
	free(pool->slots);
	*pool = (struct setpool){ 0 };
}

uint8_t *
setpool_take(struct setpool *pool, size_t *len)
{
	uint8_t *bytes = mem_resize(pool->bytes, pool->len, 1);

	*len = pool->len;
	pool->bytes = NULL;
	pool->len = 0;

	return bytes;
}
