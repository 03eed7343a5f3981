/* SPDX-License-Identifier: ISC */
/* flood_count.c - does an attempt fold, and into what? */
#include "config.h"

#include "posternd/flood_count.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* Those that fold, and as what. */
static const struct {
	enum record_action action, folded;
} kinds[FLOOD_KINDS] = {
	{ ACTION_BYPASS_REJECTED, ACTION_BYPASS_REPEATED },
	{ ACTION_BYPASS_ABANDONED, ACTION_BYPASS_REPEATED },
	{ ACTION_BYPASS_DEFERRED, ACTION_BYPASS_DEFERRED },
	{ ACTION_BYPASS_OBSERVED, ACTION_BYPASS_OBSERVED },
	{ ACTION_PROBE_SEEN, ACTION_PROBE_SEEN },
};

/* Its number in kinds; FLOOD_KINDS: it never folds. */
static size_t
kind_of(enum record_action action)
{
	size_t kind = 0;

	while (kind < FLOOD_KINDS && kinds[kind].action != action)
		kind++;

	return kind;
}

bool
flood_may_fold(enum record_action action)
{
	return kind_of(action) < FLOOD_KINDS;
}

enum record_action
flood_action(enum record_action action)
{
	size_t kind = kind_of(action);

	return kind < FLOOD_KINDS ? kinds[kind].folded : action;
}

void
flood_count_init(struct flood_count *count, uint64_t seed)
{
	memset(count, 0, sizeof(*count));
	count->all.begin_us = -FLOOD_MINUTE_US;
	count->networks = networks_new(seed);
}

void
flood_count_done(struct flood_count *count)
{
	networks_free(count->networks);
	slots_done(&count->slots);
}

void
flood_count_expire(struct flood_count *count, int64_t now_us)
{
	networks_expire(count->networks, now_us);
	if (now_us - count->all.begin_us >= FLOOD_MINUTE_US) {
		minute_end(&count->all);
		memset(&count->all, 0, sizeof(count->all));
		/* none is under way; the next record begins it */
		count->all.begin_us = -FLOOD_MINUTE_US;
	}
}

void
flood_count_end(struct flood_count *count)
{
	networks_expire(count->networks, INT64_MAX);
	minute_end(&count->all);
}

/* Has it a first, that is written or being written? */
static bool
has_first(const struct flood_minute *minute, size_t kind)
{
	const struct flood_slot *slot = minute->slots[kind];

	return slot != NULL && slot->state != SLOT_LOST;
}

/* NULL: there is no slot left. */
static struct flood_slot *
fold(struct flood_count *count, struct flood_minute *minute,
    const struct flood_attempt *attempt, size_t spared)
{
	size_t kind = kind_of(attempt->action);
	struct flood_slot **slot = &minute->slots[kind];

	if (*slot == NULL)
		*slot = slots_add(&count->slots, spared);
	if (*slot == NULL)
		return NULL;
	if ((*slot)->state == SLOT_LOST)
		slot_begin(&count->slots, *slot, attempt->id, attempt->records);
	else
		(*slot)->count += attempt->records;

	return *slot;
}

static struct flood_slot *
fold_over_all(struct flood_count *count, const struct flood_attempt *attempt)
{
	return fold(count, &count->all, attempt, 0);
}

/* Are these records still within what may be written in all? */
static bool
fits_in_all(struct flood_count *count, const struct flood_attempt *attempt)
{
	count->all.attempts += attempt->records;

	return count->limits.total == 0 ||
	    count->all.attempts <= count->limits.total;
}

/* Above what its network may leave; network NULL: it is not known yet.  Once
 * one has folded all that follow do, be they smaller. */
static struct flood_slot *
add_surplus(struct flood_count *count, struct flood_minute *network,
    const struct flood_attempt *attempt)
{
	struct flood_slot *slot;

	if (network != NULL)
		network->attempts += attempt->records;
	if (network != NULL && has_first(network, kind_of(attempt->action)))
		return fold(count, network, attempt, FLOOD_SPARE);
	/* The first of it is a record, too. */
	if (!fits_in_all(count, attempt))
		return fold_over_all(count, attempt);
	if (network == NULL) {
		network = networks_add(
		    count->networks, attempt->addr, attempt->now_us);
		network->attempts = attempt->records;
	}
	slot = fold(count, network, attempt, FLOOD_SPARE);

	return slot != NULL ? slot : fold_over_all(count, attempt);
}

static struct flood_slot *
add_of_network(struct flood_count *count, const struct flood_attempt *attempt)
{
	struct flood_minute *network =
	    networks_find(count->networks, attempt->addr);
	uint64_t attempts =
	    attempt->records + (network == NULL ? 0 : network->attempts);

	if (network == NULL && networks_full(count->networks))
		return fold_over_all(count, attempt);
	if (attempts > count->limits.per_network)
		return add_surplus(count, network, attempt);
	if (!fits_in_all(count, attempt))
		return fold_over_all(count, attempt);
	if (network == NULL)
		network = networks_add(
		    count->networks, attempt->addr, attempt->now_us);
	network->attempts = attempts;

	return NULL;
}

struct flood_slot *
flood_count_add(struct flood_count *count, const struct flood_attempt *attempt)
{
	assert(flood_may_fold(attempt->action));
	if (count->all.begin_us < 0)
		count->all.begin_us = attempt->now_us;
	if (attempt->short_of_room)
		return fold_over_all(count, attempt);
	if (count->limits.per_network != 0)
		return add_of_network(count, attempt);
	if (!fits_in_all(count, attempt))
		return fold_over_all(count, attempt);

	return NULL;
}
