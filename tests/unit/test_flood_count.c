/* SPDX-License-Identifier: ISC */
/* test_flood_count.c - is each attempt counted once, and where it belongs? */
#include "config.h"

#include "posternd/flood_count.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define S INT64_C(1000000)

enum {
	LETTERS = 64,

	STEPS = 20000,
	NETS = 40000
};

static enum record_action
action_of(char letter)
{
	switch (letter) {
	case 'a':
		return ACTION_BYPASS_ABANDONED;
	case 'd':
		return ACTION_BYPASS_DEFERRED;
	case 'o':
		return ACTION_BYPASS_OBSERVED;
	case 'p':
		return ACTION_PROBE_SEEN;
	default:
		return ACTION_BYPASS_REJECTED;
	}
}

/* As ids go up, so do these. */
static void
name_of(unsigned number, char id[ULID_TEXT])
{
	(void)snprintf(id, ULID_TEXT, "%026u", number);
}

static struct flood_slot *
add(struct flood_count *count, const char *addr, char action, unsigned number,
    uint64_t records, int64_t now_us, bool is_short)
{
	char id[ULID_TEXT];
	struct addr from = { .family = FAMILY_NONE };
	struct flood_attempt attempt = {
		.action = action_of(action),
		.addr = &from,
		.records = records,
		.id = id,
		.now_us = now_us,
		.short_of_room = is_short,
	};

	assert_true(*addr == '-' || addr_parse(addr, &from));
	name_of(number, id);
	flood_count_expire(count, now_us);

	return flood_count_add(count, &attempt);
}

/*
 * A step is SECONDS ADDRESS ACTION, where ACTION is r, a, d, o or p; behind
 * it a number: so many records; "!": as first it is lost; "<": the disk is
 * nearly full.  Wanted: "." a record of its own; "F1" first, with that count;
 * "M3" folds into the record of step number 3 (from 1).
 */
static const struct {
	const char *name;
	uint64_t per_network, total;
	const char *steps, *want;
} cases[] = {
	{ "no limit", 0, 0, "0 192.0.2.1 r;0 192.0.2.1 r;0 192.0.2.1 r",
	    ". . ." },
	{ "the edge of a network", 2, 0,
	    "0 192.0.2.1 r;1 192.0.2.1 r;2 192.0.2.1 r;3 192.0.2.1 r",
	    ". . F1 M3" },
	{ "a /24 is one, the next another", 1, 0,
	    "0 192.0.2.0 r;0 192.0.2.255 r;0 192.0.3.0 r;0 192.0.1.255 r;"
	    "0 192.0.2.128 r",
	    ". F1 . . M2" },
	{ "a /48 is one, the next another", 1, 0,
	    "0 2001:db8:1:: r;0 2001:db8:1:ffff:ffff:ffff:ffff:ffff r;"
	    "0 2001:db8:2:: r;0 2001:db8:0:ffff:ffff:ffff:ffff:ffff r;"
	    "0 2001:db8:1:8000:: r",
	    ". F1 . . M2" },
	{ "families apart", 1, 0, "0 0.0.0.1 r;0 ::1 r;0 - r;0 - r",
	    ". . . F1" },
	{ "a minute ends where it ends", 1, 0,
	    "10 192.0.2.1 r;11 192.0.2.1 r;69.999999 192.0.2.1 r;"
	    "70 192.0.2.1 r;71 192.0.2.1 r;129.999999 192.0.2.1 r;"
	    "130 192.0.2.1 r",
	    ". F1 M2 . F1 M5 ." },
	{ "each network has its own minute", 1, 0,
	    "0 192.0.2.1 r;30 198.51.100.1 r;60 192.0.2.1 r;"
	    "60 198.51.100.1 r;89 198.51.100.1 r;90 198.51.100.1 r",
	    ". . . F1 M4 ." },
	{ "each action under an id of its own", 1, 0,
	    "0 192.0.2.1 r;1 192.0.2.1 r;1 192.0.2.1 a;1 192.0.2.1 d;"
	    "1 192.0.2.1 o;1 192.0.2.1 p;2 192.0.2.1 a;2 192.0.2.1 d;"
	    "2 192.0.2.1 o;2 192.0.2.1 p;2 192.0.2.1 r",
	    ". F1 F1 F1 F1 F1 M3 M4 M5 M6 M2" },
	{ "all actions count together", 2, 0,
	    "0 192.0.2.1 p;0 192.0.2.1 a;0 192.0.2.1 r", ". . F1" },
	{ "the edge of all", 0, 2,
	    "0 192.0.2.1 r;0 198.51.100.1 r;0 203.0.113.1 r;0 192.0.2.1 r",
	    ". . F1 M3" },
	{ "all have a minute, too", 0, 1,
	    "5 192.0.2.1 r;6 198.51.100.1 r;64.999999 203.0.113.1 r;"
	    "65 203.0.113.1 r;66 203.0.113.1 r",
	    ". F1 M2 . F1" },
	{ "what has folded is no record for all", 1, 4,
	    "0 192.0.2.1 r;0 192.0.2.1 r;0 192.0.2.1 r;0 192.0.2.1 r;"
	    "0 198.51.100.1 r;0 203.0.113.1 r;0 203.0.114.1 r",
	    ". F1 M2 M2 . . F1" },
	{ "a network's first is a record for all", 1, 2,
	    "0 192.0.2.1 r;0 192.0.2.1 r;0 192.0.2.1 r;0 198.51.100.1 r;"
	    "0 192.0.2.1 d;0 198.51.100.1 r",
	    ". F1 M2 F1 F1 M4" },
	{ "what folds over all begins no minute of a network", 1, 1,
	    "0 192.0.2.1 r;59 198.51.100.1 r;60 198.51.100.1 r;"
	    "61 198.51.100.1 r",
	    ". F1 . F1" },
	{ "no room: all folds over all", 9, 9,
	    "0 192.0.2.1 r;1 192.0.2.1 r<;2 198.51.100.1 r<;3 2001:db8::1 a<;"
	    "4 198.51.100.1 r;60 192.0.2.1 r<",
	    ". F1 M2 F1 . F1" },
	{ "a first that was lost: the next tries again", 1, 0,
	    "0 192.0.2.1 r;1 192.0.2.1 r!;2 192.0.2.1 r!;3 192.0.2.1 r;"
	    "4 192.0.2.1 r",
	    ". F1 F1 F1 M4" },
	{ "a message of several policies", 3, 0,
	    "0 192.0.2.1 r2;0 192.0.2.1 r2;0 192.0.2.1 r;0 192.0.2.1 r3",
	    ". F2 M2 M2" },
	{ "as many as there may be", 3, 0, "0 192.0.2.1 r3;0 192.0.2.1 r",
	    ". F1" },
	{ "more at once than there may be", 2, 0,
	    "0 192.0.2.1 r3;0 192.0.2.1 r", "F3 M1" },
};

static int64_t
us_of(const char *text)
{
	char *point;
	int64_t us = strtol(text, &point, 10) * S;

	return *point == '.' ? us + strtol(point + 1, NULL, 10) : us;
}

static void
take_step(struct flood_count *count, char *step, unsigned number, char *got)
{
	char *rest = step;
	int64_t now = us_of(strtok_r(rest, " ", &rest));
	const char *addr = strtok_r(rest, " ", &rest);
	const char *action = strtok_r(rest, " ", &rest);
	unsigned long records = strtoul(action + 1, NULL, 10);
	struct flood_slot *slot = add(count, addr, action[0], number,
	    records == 0 ? 1 : records, now, strchr(action, '<') != NULL);
	char id[ULID_TEXT];

	name_of(number, id);
	if (slot == NULL)
		strcpy(got, ".");
	else if (strcmp(slot->id, id) != 0)
		(void)snprintf(
		    got, LETTERS, "M%lu", strtoul(slot->id, NULL, 10));
	else {
		(void)snprintf(got, LETTERS, "F%" PRIu64, slot->count);
		slot_settle(&count->slots, slot, strchr(action, '!') == NULL,
		    true, now);
	}
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		char *steps = mem_text(cases[i].steps), *rest = steps, *step;
		char got[1024] = "", one[LETTERS];
		struct flood_count count;
		unsigned number = 0;

		flood_count_init(&count, i);
		count.limits.per_network = cases[i].per_network;
		count.limits.total = cases[i].total;
		while ((step = strtok_r(rest, ";", &rest)) != NULL) {
			take_step(&count, step, ++number, one);
			if (number > 1)
				strcat(got, " ");
			strcat(got, one);
		}
		print_message("%s\n", cases[i].name);
		assert_string_equal(got, cases[i].want);
		flood_count_done(&count);
		free(steps);
	}
}

/* The same, told in the plainest way: all that ever was, looked through. */
struct window {
	unsigned network; /* 0: over all */
	int64_t begin;
	uint64_t attempts;
	unsigned firsts[5]; /* number of the attempt; 0: none */
};

static struct model {
	uint64_t per_network, total;
	struct window windows[STEPS * 2 + 2];
	size_t count;
	uint64_t counts[STEPS + 1]; /* by the number of the first */
} model;

static struct window *
window_of(unsigned network, int64_t now)
{
	for (size_t i = model.count; i-- > 0;)
		if (model.windows[i].network == network)
			return now - model.windows[i].begin < 60 * S
			    ? &model.windows[i]
			    : NULL;

	return NULL;
}

static struct window *
begin_window(unsigned network, int64_t now)
{
	struct window *window = &model.windows[model.count++];

	*window = (struct window){ .network = network, .begin = now };

	return window;
}

/* Returns the number of the first; 0: a record of its own. */
static unsigned
model_fold(struct window *window, unsigned kind, unsigned number)
{
	if (window->firsts[kind] == 0)
		window->firsts[kind] = number;
	model.counts[window->firsts[kind]]++;

	return window->firsts[kind];
}

static unsigned
model_add(unsigned network, unsigned kind, unsigned number, int64_t now)
{
	struct window *all = window_of(0, now);
	struct window *own;
	bool surplus;

	if (all == NULL)
		all = begin_window(0, now);
	own = window_of(network, now);
	surplus = (own == NULL ? 0 : own->attempts) >= model.per_network;
	if (surplus && own != NULL && own->firsts[kind] != 0)
		return model_fold(own, kind, number);
	if (++all->attempts > model.total)
		return model_fold(all, kind, number);
	if (own == NULL)
		own = begin_window(network, now);
	if (surplus)
		return model_fold(own, kind, number);
	own->attempts++;

	return 0;
}

static unsigned
random_below(unsigned end)
{
	return (unsigned)random() % end;
}

static void
address_of(unsigned network, char text[ADDR_TEXT])
{
	unsigned host = random_below(256);

	if (network % 2 == 0)
		(void)snprintf(text, ADDR_TEXT, "10.%u.%u.%u", network >> 8,
		    network & 255, host);
	else
		(void)snprintf(text, ADDR_TEXT, "2001:db8:%x:%x::%x", network,
		    host * 200, host);
}

/* Of what is over: it has its count, and goes.  Returns how many it was. */
static uint64_t
collect(struct flood_count *count, int64_t now)
{
	uint64_t folded = 0;

	for (struct flood_slot *slot = count->slots.head; slot;
	     slot = slot->next) {
		assert_int_equal(
		    slot->count, model.counts[strtoul(slot->id, NULL, 10)]);
		if (!slot->over)
			continue;
		folded += slot->count;
		slot_told(slot, slot->count, now);
	}
	slots_forget(&count->slots, now, 0);

	return folded;
}

static void
compare(uint64_t per_network, uint64_t total, unsigned networks, int64_t pause)
{
	static const char actions[] = "radop";
	struct flood_count count;
	int64_t now = 5 * S;
	uint64_t folded = 0;

	memset(&model, 0, sizeof(model));
	model.per_network = per_network;
	model.total = total;
	flood_count_init(&count, 7);
	count.limits = (struct flood_limits){ per_network, total };
	for (unsigned number = 1; number <= STEPS; number++) {
		unsigned network = 1 + random_below(networks);
		unsigned kind = random_below(5);
		unsigned want = model_add(network, kind, number, now);
		char addr[ADDR_TEXT];
		struct flood_slot *slot;

		address_of(network, addr);
		slot = add(&count, addr, actions[kind], number, 1, now, false);
		assert_int_equal(
		    slot == NULL ? 0 : strtoul(slot->id, NULL, 10), want);
		if (slot != NULL && slot->state == SLOT_PENDING)
			slot_settle(&count.slots, slot, true, true, now);
		if (number % 100 == 0)
			folded += collect(&count, now);
		now += random_below((unsigned)pause);
	}
	flood_count_end(&count);
	folded += collect(&count, now);
	for (size_t i = 1; i <= STEPS; i++)
		folded -= model.counts[i];
	assert_int_equal(folded, 0);
	assert_int_equal(count.slots.count, 0);
	flood_count_done(&count);
}

static void
test_random(void **state)
{
	(void)state;
	srandom(20261124);
	compare(3, 1000000, 40, S);
	compare(10, 200, 60, S / 5);
	compare(1, 50, 5, 3 * S);
	compare(1000000, 20, 300, S / 2);
}

static void
address_of_many(unsigned network, char text[ADDR_TEXT])
{
	(void)snprintf(
	    text, ADDR_TEXT, "10.%u.%u.1", network >> 8, network & 255);
}

/* Memory has an end: what comes from others folds over all. */
static void
test_many_networks(void **state)
{
	struct flood_count count;
	uint64_t own = 0, firsts = 0, folded = 0;
	char addr[ADDR_TEXT];

	(void)state;
	flood_count_init(&count, 1);
	count.limits.per_network = 1;
	for (unsigned i = 0; i < NETS; i++) {
		struct flood_slot *slot;

		address_of_many(i, addr);
		slot = add(&count, addr, 'r', i + 1, 1, i * 10, false);
		if (slot == NULL)
			own++;
		else if (slot->state == SLOT_PENDING) {
			slot_settle(&count.slots, slot, true, true, i * 10);
			firsts++;
		} else
			folded++;
	}
	assert_int_equal(own, FLOOD_NETWORKS);
	assert_int_equal(firsts, 1);
	assert_int_equal(folded, NETS - FLOOD_NETWORKS - 1);
	assert_int_equal(count.slots.head->count, NETS - FLOOD_NETWORKS);
	/* Those that are known are still told apart, until slots end, too. */
	own = firsts = folded = 0;
	for (unsigned i = 0; i < FLOOD_NETWORKS; i++) {
		struct flood_slot *slot;

		address_of_many(i, addr);
		slot = add(&count, addr, 'r', NETS + i + 1, 1, S, false);
		assert_non_null(slot);
		if (slot->state == SLOT_PENDING) {
			slot_settle(&count.slots, slot, true, true, S);
			firsts++;
		}
		folded++;
	}
	assert_int_equal(firsts, FLOOD_SLOTS - FLOOD_SPARE - 1);
	assert_int_equal(folded, FLOOD_NETWORKS);
	/* A minute later all are forgotten. */
	for (unsigned i = 0; i < FLOOD_NETWORKS; i++) {
		address_of_many(i, addr);
		assert_null(
		    add(&count, addr, 'r', 1, 1, 61 * S + (int64_t)i, false));
	}
	flood_count_done(&count);
}

/* What was told is told again where the log lost it, and let go at last. */
static void
test_telling(void **state)
{
	struct flood_count count;
	struct flood_slot *slot;

	(void)state;
	flood_count_init(&count, 1);
	slot = add(&count, "192.0.2.1", 'r', 1, 1, 0, true);
	assert_non_null(slot);
	assert_false(slot_is_due(slot, 100 * S, 0));
	slot->line.count = 1;
	slot_settle(&count.slots, slot, true, true, 0);
	assert_false(slot_is_due(slot, 100 * S, 4 * S)); /* it has not grown */
	assert_ptr_equal(slot, add(&count, "192.0.2.1", 'r', 2, 1, 1, true));
	assert_false(slot_is_due(slot, 4 * S - 1, 4 * S));
	assert_true(slot_is_due(slot, 4 * S, 4 * S));
	slot_told(slot, slot->count, 4 * S);
	assert_false(slot_is_due(slot, 9 * S, 4 * S));
	slots_doubt(&count.slots);
	assert_false(slot_is_due(slot, 8 * S - 1, 4 * S));
	assert_true(slot_is_due(slot, 8 * S, 4 * S));
	slot_told(slot, slot->count, 8 * S);
	slots_forget(&count.slots, 8 * S + 20 * S, 20 * S);
	assert_int_equal(count.slots.count, 1); /* its minute goes on */
	slots_doubt(&count.slots);
	assert_false(slot_is_due(slot, 50 * S, 4 * S)); /* that is safe now */
	assert_ptr_equal(
	    slot, add(&count, "192.0.2.1", 'r', 3, 1, 59 * S, true));
	flood_count_expire(&count, 60 * S);
	slots_forget(&count.slots, 99 * S, 20 * S);
	assert_int_equal(count.slots.count, 1); /* it has not been told */
	slot_told(slot, slot->count, 99 * S);
	slots_forget(&count.slots, 119 * S, 20 * S);
	assert_int_equal(count.slots.count, 0);
	flood_count_done(&count);
}

/* Those who waited for a first that was lost are counted all the same. */
static void
test_lost(void **state)
{
	struct flood_count count;
	struct flood_slot *slot;

	(void)state;
	flood_count_init(&count, 1);
	slot = add(&count, "192.0.2.1", 'r', 1, 1, 0, true);
	(void)add(&count, "192.0.2.1", 'r', 2, 1, 0, true);
	(void)add(&count, "192.0.2.1", 'r', 3, 1, 0, true);
	slot_settle(&count.slots, slot, false, true, 0);
	assert_int_equal(slot->count, 2);
	assert_false(slot_is_due(slot, 50 * S, 0)); /* a first may come yet */
	assert_ptr_equal(slot, add(&count, "192.0.2.1", 'r', 4, 1, 0, true));
	assert_int_equal(slot->state, SLOT_PENDING);
	assert_int_equal(slot->count, 3);
	slot_settle(&count.slots, slot, false, true, S);
	assert_int_equal(slot->count, 2);
	flood_count_expire(&count, 60 * S);
	assert_true(slot_is_due(slot, 60 * S, 0)); /* none will */
	slots_forget(&count.slots, 90 * S, 20 * S);
	assert_int_equal(count.slots.count, 1);
	flood_count_done(&count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_many_networks),
		cmocka_unit_test(test_telling),
		cmocka_unit_test(test_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
