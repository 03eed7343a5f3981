/* SPDX-License-Identifier: ISC */
/* flood.c - does an attempt get a record of its own? */
#include "config.h"

#include "posternd/flood.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "posternd/audit.h"
#include "posternd/clock.h"
#include "posternd/counters.h"
#include "posternd/flood_count.h"
#include "posternd/flood_room.h"
#include "posternd/force.h"

/* A second less than the contract's 5 s: it is looked at once a second. */
#define EVERY_US INT64_C(4000000)
/* What the log took and could not write after all is known by then. */
#define FORGET_US INT64_C(20000000)

static struct {
	/* guards all that follows; never held over I/O */
	pthread_mutex_t lock;
	pthread_cond_t settled; /* a slot is pending no more */
	struct flood_count count;
	uint64_t errors; /* of the log, as they were last seen */
	bool ended;
} flood = { .lock = PTHREAD_MUTEX_INITIALIZER };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
init(void)
{
	pthread_condattr_t attributes;
	uint64_t seed;

	/* So few bytes come whole once the kernel has its seed. */
	while (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		if (errno != EINTR)
			abort();
	flood_count_init(&flood.count, seed);
	/* A deadline must not move with the clock on the wall. */
	(void)pthread_condattr_init(&attributes); /* cannot fail on Linux */
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&flood.settled, &attributes);
	(void)pthread_condattr_destroy(&attributes);
}

static void
enter(void)
{
	(void)pthread_once(&once, init); /* cannot fail */
	(void)pthread_mutex_lock(&flood.lock);
}

static void
leave(void)
{
	(void)pthread_mutex_unlock(&flood.lock);
}

static struct timespec
deadline(void)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail */
	until.tv_sec += LOG_WAIT_MS / 1000;

	return until;
}

void
flood_set(const struct conf_audit *audit)
{
	enter();
	flood.count.limits.per_network = audit->flood;
	flood.count.limits.total = audit->flood_total;
	leave();
	room_set(audit->path, audit->reserve);
}

/* Until the first under that id is written; false: it is not. */
static bool
wait_for_first(struct flood_slot *slot, const char *id)
{
	struct timespec until = deadline();
	int waited = 0;
	bool same;

	slot->waiters++;
	while ((same = strcmp(slot->id, id) == 0) &&
	    slot->state == SLOT_PENDING && waited == 0)
		waited =
		    pthread_cond_timedwait(&flood.settled, &flood.lock, &until);
	slot->waiters--;

	return same && slot->state == SLOT_KEPT;
}

/* Of all others nobody is told the id. */
static bool
is_told(enum record_action action)
{
	return action == ACTION_BYPASS_REJECTED ||
	    action == ACTION_BYPASS_DEFERRED;
}

static struct folding
fold(const struct flood_attempt *attempt, char id[ULID_TEXT])
{
	struct flood_slot *slot = flood_count_add(&flood.count, attempt);

	if (slot == NULL)
		return (struct folding){ FOLD_NONE, 0 };
	if (strcmp(slot->id, id) == 0)
		return (struct folding){ FOLD_FIRST, slot->count };
	memcpy(id, slot->id, ULID_TEXT);
	if (is_told(attempt->action) && !wait_for_first(slot, id))
		return (struct folding){ FOLD_LOST, 0 };

	return (struct folding){ FOLD_MORE, 0 };
}

struct folding
flood_fold(enum record_action action, const struct addr *addr, uint64_t records,
    char id[ULID_TEXT])
{
	struct folding folding = { FOLD_NONE, 0 };
	struct flood_attempt attempt = {
		.action = action,
		.addr = addr,
		.records = records,
		.id = id,
		.short_of_room = room_is_short(),
	};

	if (!flood_may_fold(action))
		return folding;
	enter();
	/* In here, so that it never goes back from one to the next. */
	attempt.now_us = clock_up_us();
	if (!flood.ended) {
		flood_count_expire(&flood.count, attempt.now_us);
		folding = fold(&attempt, id);
	}
	leave();

	return folding;
}

/* What became of a first one. */
static void
settle(const struct record *record, bool written, bool waited)
{
	struct flood_slots *slots = &flood.count.slots;
	struct flood_slot *slot;
	struct flood_line line;

	flood_line_init(&line);
	flood_line_keep(&line, record);
	enter();
	slot = slots_find(slots, record->id);
	/* A second record of the same message finds it settled. */
	if (slot != NULL && slot->state == SLOT_PENDING) {
		struct flood_line before = slot->line;

		slot->line = line;
		line = before;
		slot_settle(slots, slot, written, waited, clock_up_us());
		(void)pthread_cond_broadcast(&flood.settled);
	}
	leave();
	flood_line_done(&line);
}

bool
flood_write(
    const struct record *record, const struct folding *folding, bool wait)
{
	struct record first = *record;
	bool written;

	switch (folding->fold) {
	case FOLD_NONE:
		return audit_write(record, wait);
	case FOLD_MORE:
		return true;
	case FOLD_LOST:
		return false;
	case FOLD_FIRST:
		break;
	}
	first.action = flood_action(record->action);
	first.count = folding->count;
	written = audit_write(&first, wait);
	settle(&first, written, wait);

	return written;
}

bool
flood_is_short(void)
{
	return room_is_short();
}

/* Its count, to the log; the lock is let go meanwhile. */
static void
tell(struct flood_slot *slot, struct record_line *line)
{
	enum record_action action = slot->line.action;
	uint64_t count = slot->count;
	bool taken;

	flood_line_write(&slot->line, clock_us(), count, line);
	leave();
	counters_add_record(action);
	taken = force_append(line, false);
	enter();
	if (taken)
		slot_told(slot, count, clock_up_us());
}

/* Slots go nowhere meanwhile: slots_forget() is called on this thread. */
static void
tell_due(int64_t every_us)
{
	struct record_line line;

	record_line_init(&line);
	enter();
	for (struct flood_slot *slot = flood.count.slots.head; slot;
	     slot = slot->next)
		if (slot_is_due(slot, clock_up_us(), every_us))
			tell(slot, &line);
	leave();
	record_line_done(&line);
}

void
flood_tick(void)
{
	uint64_t errors = force_log_errors();

	room_look();
	enter();
	flood_count_expire(&flood.count, clock_up_us());
	if (errors != flood.errors)
		slots_doubt(&flood.count.slots);
	flood.errors = errors;
	slots_forget(&flood.count.slots, clock_up_us(), FORGET_US);
	leave();
	tell_due(EVERY_US);
}

/* Those who are first and still write hold up the end; they do not come to
 * hang here for longer than at the log. */
static void
wait_for_firsts(void)
{
	struct timespec until = deadline();

	while (flood.count.slots.pending > 0 &&
	    pthread_cond_timedwait(&flood.settled, &flood.lock, &until) == 0)
		;
}

void
flood_end(void)
{
	enter();
	flood.ended = true;
	wait_for_firsts();
	flood_count_end(&flood.count);
	leave();
	tell_due(0);
}
