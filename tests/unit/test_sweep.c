/* SPDX-License-Identifier: ISC */
/* test_sweep.c - into which intervals do overlapping ranges cut the space? */
#include "config.h"

#include "net/sweep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

enum {
	SETS = 4,
	BORDERS = 8
};

/*
 * Borders as "PLACE KIND SET;", KIND + or - for an add and its end, ! or .
 * for an exception and its end; intervals as "PLACE:SETS ".  Neighbours with
 * the same sets have to be one.
 */
static const struct {
	const char *name, *borders, *want;
} cases[] = {
	{ "nothing", "", "0: " },
	{ "one", "5+1;9-1;", "0: 5:1 9: " },
	{ "from the first place", "0+1;9-1;", "0:1 9: " },
	{ "without an end", "5+1;", "0: 5:1 " },
	{ "whole", "0+1;", "0:1 " },
	{ "any order", "9-1;5+1;", "0: 5:1 9: " },
	{ "adjacent ones are one", "5+1;9-1;9+1;12-1;", "0: 5:1 12: " },
	{ "nested in itself", "5+1;12-1;6+1;9-1;", "0: 5:1 12: " },
	{ "overlapping itself", "5+1;9-1;6+1;12-1;", "0: 5:1 12: " },
	{ "nested", "5+1;12-1;6+2;9-2;", "0: 5:1 6:12 9:1 12: " },
	{ "one for the other", "5+1;9-1;9+2;12-2;", "0: 5:1 9:2 12: " },
	{ "hole", "5+1;12-1;6!1;9.1;", "0: 5:1 6: 9:1 12: " },
	{ "hole over all", "5+1;9-1;0!1;", "0: " },
	{ "hole at the begin", "5+1;12-1;5!1;9.1;", "0: 9:1 12: " },
	{ "hole of nothing", "5!1;9.1;", "0: " },
	{ "hole of another", "5+1;12-1;6!2;9.2;", "0: 5:1 12: " },
	{ "holes side by side", "0+1;5!1;9.1;9!1;12.1;", "0:1 5: 12:1 " },
};

static void
ignore(void *owner, uint32_t set, struct wide from, struct wide behind)
{
	(void)owner;
	(void)set;
	(void)from;
	(void)behind;
}

static const struct stretches nobody = { ignore, NULL };

static size_t
borders_of(const char *text, struct border borders[BORDERS])
{
	static const char kinds[] = "+-!.";
	size_t count = 0;

	while (*text != '\0') {
		char *end;
		uint64_t low = strtoull(text, &end, 10);
		const char *kind = strchr(kinds, *end);
		uint32_t set = (uint32_t)strtoul(end + 1, &end, 10);

		assert_true(count < BORDERS && kind != NULL && *end == ';');
		borders[count++] = (struct border){ { 0, low }, set,
			(enum border_kind)(kind - kinds) };
		text = end + 1;
	}

	return count;
}

static const struct setlist *
list_at(const struct setpool *pool, uint32_t number)
{
	return (const struct setlist *)(const void *)(pool->bytes + number);
}

static void
intervals_text(const struct intervals *intervals, const struct setpool *pool,
    char *out, size_t room)
{
	size_t len = 0;

	for (size_t i = 0; i < intervals->count; i++) {
		const struct interval *item = &intervals->items[i];
		const struct setlist *list = list_at(pool, item->list);

		len += (size_t)snprintf(
		    out + len, room - len, "%d:", (int)item->at.low);
		for (uint32_t set = 0; set < SETS; set++)
			if (setlist_has(list, set))
				len += (size_t)snprintf(
				    out + len, room - len, "%d", (int)set);
		len += (size_t)snprintf(out + len, room - len, " ");
	}
}

static void
test_sweep(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct intervals intervals = { NULL, 0, 0 };
		struct border borders[BORDERS];
		struct setpool pool;
		char got[200];

		setpool_init(&pool);
		sweep(borders, borders_of(cases[i].borders, borders), SETS,
		    &pool, &intervals, &nobody);
		intervals_text(&intervals, &pool, got, sizeof(got));
		if (strcmp(got, cases[i].want) != 0) {
			print_error("%s: got \"%s\", want \"%s\"\n",
			    cases[i].name, got, cases[i].want);
			failed++;
		}
		free(intervals.items);
		setpool_done(&pool);
	}
	assert_int_equal(failed, 0);
}

/* A carry from the lower into the upper half is the next place. */
static void
test_halves(void **state)
{
	struct border borders[] = { { { 1, 5 }, 1, BORDER_ADD_END },
		{ { 0, UINT64_MAX }, 1, BORDER_ADD },
		{ { 1, UINT64_MAX }, 2, BORDER_ADD },
		{ { 2, 0 }, 2, BORDER_ADD_END } };
	struct intervals intervals = { NULL, 0, 0 };
	struct setpool pool;

	(void)state;
	setpool_init(&pool);
	sweep(borders, NITEMS(borders), SETS, &pool, &intervals, &nobody);
	assert_int_equal(intervals.count, 5);
	assert_int_equal(intervals.items[2].at.high, 1);
	assert_int_equal(intervals.items[2].at.low, 5);
	assert_int_equal(intervals.items[2].list, SETPOOL_EMPTY);
	assert_int_equal(intervals.items[4].at.high, 2);
	assert_int_equal(intervals.items[4].at.low, 0);
	free(intervals.items);
	setpool_done(&pool);
}

/* A list that comes again has its number; toggled twice is as before. */
static void
test_pool(void **state)
{
	struct active active = { NULL, 0, 0, 0 };
	struct setpool pool;
	uint32_t numbers[1000];

	(void)state;
	setpool_init(&pool);
	for (uint32_t i = 0; i < NITEMS(numbers); i++) {
		active_toggle(&active, NITEMS(numbers) - i);
		numbers[i] = setpool_number(&pool, &active);
		assert_int_equal(pool.count, i + 2);
	}
	for (uint32_t i = NITEMS(numbers); i > 0; i--) {
		assert_int_equal(
		    setpool_number(&pool, &active), numbers[i - 1]);
		active_toggle(&active, (uint32_t)NITEMS(numbers) - i + 1);
	}
	assert_int_equal(setpool_number(&pool, &active), SETPOOL_EMPTY);
	assert_int_equal(pool.count, NITEMS(numbers) + 1);
	active_done(&active);
	setpool_done(&pool);
}

/*
 * Two lists with the same hash, found by a search over all pairs below 2^24
 * (sums of SplitMix64's finalizer; 24 bits fixed, the other 40 by birthday):
 * who chooses the set numbers must not be able to mix up lists.
 */
static void
test_same_hash(void **state)
{
	static const uint32_t sets[2][2] = { { 625902, 902924 },
		{ 13464702, 15639134 } };
	struct active active[2] = { { NULL, 0, 0, 0 }, { NULL, 0, 0, 0 } };
	struct setpool pool;
	uint32_t first;

	(void)state;
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++)
			active_toggle(&active[i], sets[i][j]);
	assert_true(active[0].hash == active[1].hash);
	setpool_init(&pool);
	first = setpool_number(&pool, &active[0]);
	assert_int_not_equal(setpool_number(&pool, &active[1]), first);
	assert_int_equal(setpool_number(&pool, &active[0]), first);
	assert_int_equal(pool.count, 3);
	setpool_done(&pool);
	active_done(&active[0]);
	active_done(&active[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_halves),
		cmocka_unit_test(test_pool),
		cmocka_unit_test(test_same_hash),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
