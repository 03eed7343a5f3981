/* SPDX-License-Identifier: ISC */
/* setpool.c - was this list of sets seen before? */
#include "config.h"

#include "net/setpool.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	FIRST_SLOTS = 64
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

static struct setlist *
setlist_new(const uint32_t *sets, size_t count)
{
	struct setlist *list =
	    mem_new(1, sizeof(*list) + count * sizeof(list->sets[0]));

	list->count = (uint32_t)count;
	if (count > 0)
		memcpy(list->sets, sets, count * sizeof(list->sets[0]));

	return list;
}

static bool
is_same(const struct setlist *list, const struct active *active)
{
	return list->count == active->count &&
	    (active->count == 0 ||
		memcmp(list->sets, active->sets,
		    active->count * sizeof(list->sets[0])) == 0);
}

/* The slot with the list's number, or the free one where it belongs. */
static uint32_t *
slot_of(const struct setpool *pool, const struct active *active)
{
	size_t at = active->hash & (pool->nslots - 1);

	for (; pool->slots[at] != 0; at = (at + 1) & (pool->nslots - 1)) {
		uint32_t number = pool->slots[at] - 1;

		if (pool->hashes[number] == active->hash &&
		    is_same(pool->lists[number], active))
			break;
	}

	return &pool->slots[at];
}

static void
make_slots(struct setpool *pool, size_t nslots)
{
	free(pool->slots);
	pool->slots = mem_new(nslots, sizeof(*pool->slots));
	pool->nslots = nslots;
	for (size_t i = 0; i < pool->count; i++) {
		size_t at = pool->hashes[i] & (nslots - 1);

		while (pool->slots[at] != 0)
			at = (at + 1) & (nslots - 1);
		pool->slots[at] = (uint32_t)(i + 1);
	}
}

static uint32_t
add(struct setpool *pool, const struct active *active)
{
	size_t room = pool->room;

	pool->lists =
	    mem_grow(pool->lists, pool->count, &room, sizeof(*pool->lists));
	pool->hashes = mem_grow(
	    pool->hashes, pool->count, &pool->room, sizeof(*pool->hashes));
	pool->lists[pool->count] = setlist_new(active->sets, active->count);
	pool->hashes[pool->count] = active->hash;

	return (uint32_t)pool->count++;
}

uint32_t
setpool_number(struct setpool *pool, const struct active *active)
{
	uint32_t *slot = slot_of(pool, active);
	uint32_t number;

	if (*slot != 0)
		return *slot - 1;

	number = add(pool, active);
	*slot = number + 1;
	if (pool->count * 2 >= pool->nslots)
		make_slots(pool, pool->nslots * 2);

	return number;
}

void
setpool_init(struct setpool *pool)
{
	const struct active none = { NULL, 0, 0, 0 };

	*pool = (struct setpool){ NULL, NULL, 0, 0, NULL, 0 };
	make_slots(pool, FIRST_SLOTS);
	(void)setpool_number(pool, &none); /* SETPOOL_EMPTY */
}

void
setpool_done(struct setpool *pool)
{
	for (size_t i = 0; i < pool->count; i++)
		free(pool->lists[i]);
	free(pool->lists);
	free(pool->hashes);
	free(pool->slots);
	*pool = (struct setpool){ NULL, NULL, 0, 0, NULL, 0 };
}

struct setlist **
setpool_take(struct setpool *pool, size_t *count)
{
	struct setlist **lists = pool->lists;

	*count = pool->count;
	pool->lists = NULL;
	pool->count = 0;

	return lists;
}
