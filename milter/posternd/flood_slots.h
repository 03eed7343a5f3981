/* SPDX-License-Identifier: ISC */
/*
 * flood_slots.h - which records stand for many, and how many is that so far?
 *
 * A slot is one event.id under which attempts fold.  It outlives its minute
 * until its last count is in the log.  Guarded by the caller's lock.
 */
#ifndef POSTERN_POSTERND_FLOOD_SLOTS_H
#define POSTERN_POSTERND_FLOOD_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ulid.h"
#include "posternd/flood_line.h"

enum {
	FLOOD_SLOTS = 4096, /* each keeps a line: 32 MiB at the very most */
	FLOOD_SPARE = 64    /* of them, for what folds over all networks */
};

enum slot_state {
	SLOT_PENDING, /* its first record is being written */
	SLOT_KEPT,    /* that is written: others refer to it */
	SLOT_LOST     /* it could not be: the next attempt is first again */
};

struct flood_slot {
	struct flood_slot *next;
	enum slot_state state;
	bool over; /* its minute is: no more come */
	char id[ULID_TEXT];
	uint64_t count;         /* of attempts so far */
	uint64_t first;         /* of them in the first record itself */
	uint64_t told;          /* count of the last record that the log took */
	uint64_t safe;          /* count that is written for sure */
	int64_t told_us;        /* when the log took it */
	unsigned waiters;       /* who look at it */
	struct flood_line line; /* of the first record */
};

struct flood_slots {
	struct flood_slot *head;
	size_t count;
	size_t pending; /* slots in that state */
};

/* A new one, or NULL: all are taken, but for so many that are spared. */
struct flood_slot *slots_add(struct flood_slots *slots, size_t spared);
void slots_done(struct flood_slots *slots);

/* The attempts are first under that id; those of a first that was lost before
 * are counted with them. */
void slot_begin(struct flood_slots *slots, struct flood_slot *slot,
    const char *id, uint64_t attempts);
struct flood_slot *slots_find(const struct flood_slots *slots, const char *id);
/*
 * What became of the first record.  One that was not written has been counted
 * as lost by the log: for itself it is not counted here.
 */
void slot_settle(struct flood_slots *slots, struct flood_slot *slot,
    bool written, bool waited, int64_t now_us);

/* Has it grown, and was it told so long ago? */
bool slot_is_due(
    const struct flood_slot *slot, int64_t now_us, int64_t every_us);
void slot_told(struct flood_slot *slot, uint64_t count, int64_t now_us);
/* Something that the log had taken was lost: what may have been that is told
 * again. */
void slots_doubt(struct flood_slots *slots);
/* Lets go what is over and, for so long, has been told in full. */
void slots_forget(struct flood_slots *slots, int64_t now_us, int64_t after_us);

#endif
