/* SPDX-License-Identifier: ISC */
/*
 * flood_slots.c - which records stand for many, and how many is that so far?
 */
#include "config.h"

#include "posternd/flood_slots.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void
slot_free(struct flood_slot *slot)
{
	flood_line_done(&slot->line);
	free(slot);
}

struct flood_slot *
slots_add(struct flood_slots *slots, size_t spared)
{
	struct flood_slot *slot;

	if (slots->count + spared >= FLOOD_SLOTS)
		return NULL;
	slot = mem_new(1, sizeof(*slot));
	slot->state = SLOT_LOST; /* no first so far */
	flood_line_init(&slot->line);
	slot->next = slots->head;
	slots->head = slot;
	slots->count++;

	return slot;
}

void
slots_done(struct flood_slots *slots)
{
	while (slots->head != NULL) {
		struct flood_slot *slot = slots->head;

		slots->head = slot->next;
		slot_free(slot);
	}
	slots->count = slots->pending = 0;
}

void
slot_begin(struct flood_slots *slots, struct flood_slot *slot, const char *id,
    uint64_t attempts)
{
	assert(slot->state == SLOT_LOST);
	memcpy(slot->id, id, sizeof(slot->id));
	slot->state = SLOT_PENDING;
	slot->count += attempts;
	slot->first = attempts;
	slots->pending++;
}

struct flood_slot *
slots_find(const struct flood_slots *slots, const char *id)
{
	struct flood_slot *slot = slots->head;

	while (slot != NULL && strcmp(slot->id, id) != 0)
		slot = slot->next;

	return slot;
}

void
slot_settle(struct flood_slots *slots, struct flood_slot *slot, bool written,
    bool waited, int64_t now_us)
{
	assert(slot->state == SLOT_PENDING);
	slots->pending--;
	slot->state = written ? SLOT_KEPT : SLOT_LOST;
	slot->told_us = now_us;
	if (!written) {
		slot->count -= slot->first;
		return;
	}
	slot->told = slot->line.count;
	slot->safe = waited ? slot->told : 0;
}

bool
slot_is_due(const struct flood_slot *slot, int64_t now_us, int64_t every_us)
{
	/* A lost one may still have a first to tell it with. */
	if (slot->state == SLOT_PENDING ||
	    (slot->state == SLOT_LOST && !slot->over))
		return false;

	return slot->count > slot->told && now_us - slot->told_us >= every_us;
}

void
slot_told(struct flood_slot *slot, uint64_t count, int64_t now_us)
{
	slot->told = count;
	slot->told_us = now_us;
}

void
slots_doubt(struct flood_slots *slots)
{
	for (struct flood_slot *slot = slots->head; slot; slot = slot->next)
		slot->told = slot->safe;
}

void
slots_forget(struct flood_slots *slots, int64_t now_us, int64_t after_us)
{
	struct flood_slot **link = &slots->head;

	while (*link != NULL) {
		struct flood_slot *slot = *link;
		bool long_told = slot->count <= slot->told &&
		    now_us - slot->told_us >= after_us;

		if (long_told)
			slot->safe = slot->told;
		if (!long_told || !slot->over || slot->waiters > 0 ||
		    slot->state == SLOT_PENDING) {
			link = &slot->next;
			continue;
		}
		*link = slot->next;
		slots->count--;
		slot_free(slot);
	}
}
