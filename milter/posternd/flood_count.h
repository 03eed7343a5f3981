/* SPDX-License-Identifier: ISC */
/*
 * flood_count.h - does an attempt fold, and into what?
 *
 * The counting alone: time is an argument, and never goes back.  Guarded by
 * the caller's lock.
 */
#ifndef POSTERN_POSTERND_FLOOD_COUNT_H
#define POSTERN_POSTERND_FLOOD_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "net/addr.h"
#include "policy/record.h"
#include "posternd/flood_networks.h"
#include "posternd/flood_slots.h"

/* Records a minute; 0: no limit. */
struct flood_limits {
	uint64_t per_network;
	uint64_t total;
};

struct flood_attempt {
	enum record_action action;
	const struct addr *addr;
	uint64_t records; /* that it would leave, all under one id */
	const char *id;
	int64_t now_us;
	bool short_of_room; /* all folds, over all networks */
};

struct flood_count {
	struct flood_limits limits;
	struct flood_networks *networks;
	struct flood_minute all;
	struct flood_slots slots;
};

void flood_count_init(struct flood_count *count, uint64_t seed);
void flood_count_done(struct flood_count *count);

/* Does this action ever fold? */
bool flood_may_fold(enum record_action action);
/* As what does the record that stands for many of these go? */
enum record_action flood_action(enum record_action action);

/* Ends the minutes that are over; before what follows. */
void flood_count_expire(struct flood_count *count, int64_t now_us);
/* Ends all of them. */
void flood_count_end(struct flood_count *count);
/*
 * Counts the attempt.  NULL: it gets records of its own.  A slot that is
 * pending under the attempt's id: it is the first there.
 */
struct flood_slot *flood_count_add(
    struct flood_count *count, const struct flood_attempt *attempt);

#endif
