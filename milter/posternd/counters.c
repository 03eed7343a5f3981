/* SPDX-License-Identifier: ISC */
/* counters.c - how many were there since the start? */
#include "config.h"

#include "posternd/counters.h"

#include <stdatomic.h>

static struct {
	atomic_uint_fast64_t records[ACTION_COUNT];
	atomic_uint_fast64_t begun;
	atomic_uint_fast64_t ended;
} counters;

static uint64_t
get(const atomic_uint_fast64_t *counter)
{
	return atomic_load(counter);
}

static void
add_one(atomic_uint_fast64_t *counter)
{
	(void)atomic_fetch_add(counter, 1);
}

void
counters_add_record(enum record_action action)
{
	add_one(&counters.records[action]);
}

uint64_t
counters_records(enum record_action action)
{
	return get(&counters.records[action]);
}

void
counters_begin_session(void)
{
	add_one(&counters.begun);
}

void
counters_end_session(void)
{
	add_one(&counters.ended);
}

uint64_t
counters_sessions(void)
{
	return get(&counters.begun);
}

uint64_t
counters_open_sessions(void)
{
	/* In this order, so that one that ends meanwhile is not owed. */
	uint64_t ended = get(&counters.ended);

	return get(&counters.begun) - ended;
}
