/* SPDX-License-Identifier: ISC */
/*
 * test_flood.c - is nobody told what is not written, and all of it told?
 *
 * One story, from the start of the process to its end.
 */
#include "config.h"

#include "posternd/flood.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "posternd/audit.h"
#include "posternd/clock.h"
#include "posternd/force.h"

#define S INT64_C(1000000)

/* Instead of posternd/clock.c, audit.c and force.c. */
static struct {
	_Atomic int64_t now_us;
	atomic_ulong errors; /* of the log */
	bool refuses;        /* force_append() */
	/* audit_write() waits: 1 it has come, 2 a second attempt is being
	 * counted, 3 it may go on */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int stage;
	bool blocks;
	bool writes;
	char last[RECORD_LINE]; /* that force_append() took */
	unsigned appended;
} world = { .now_us = 100 * S,
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER,
	.writes = true };

int64_t
clock_us(void)
{
	return INT64_C(1800000000) * S + atomic_load(&world.now_us);
}

uint64_t
force_log_errors(void)
{
	return atomic_load(&world.errors);
}

bool
force_append(const struct record_line *line, bool wait)
{
	assert_false(wait); /* a tick waits for no disk */
	if (world.refuses)
		return false;
	(void)snprintf(
	    world.last, sizeof(world.last), "%s", buf_text(&line->text));
	world.appended++;

	return true;
}

static void
set_stage(int stage)
{
	(void)pthread_mutex_lock(&world.lock);
	world.stage = stage;
	(void)pthread_cond_broadcast(&world.changed);
	(void)pthread_mutex_unlock(&world.lock);
}

static void
wait_stage(int stage)
{
	(void)pthread_mutex_lock(&world.lock);
	while (world.stage < stage)
		(void)pthread_cond_wait(&world.changed, &world.lock);
	(void)pthread_mutex_unlock(&world.lock);
}

/* The clock is read under the lock, which a second attempt lets go only once
 * it waits, or is through. */
static _Thread_local bool is_second;

int64_t
clock_up_us(void)
{
	if (is_second)
		set_stage(2);

	return atomic_load(&world.now_us);
}

bool
audit_write(const struct record *record, bool wait)
{
	(void)record;
	(void)wait;
	if (world.blocks) {
		set_stage(1);
		wait_stage(3);
	}

	return world.writes;
}

static const struct addr stranger = { FAMILY_V4, 0, 0xc0000201 };

static enum fold
fold_as(enum record_action action, char id[ULID_TEXT])
{
	static unsigned number;
	struct folding folding;
	bool safe;
	struct record record = {
		.action = action,
		.time_us = clock_us(),
		.id = id,
		.host = "test",
	};

	(void)snprintf(id, ULID_TEXT, "%026u", ++number);
	folding = flood_fold(action, &stranger, 1, id);
	safe = flood_write(&record, &folding, true);
	assert_true(safe || folding.fold == FOLD_LOST || !world.writes);

	return folding.fold;
}

static enum fold
attempt(char id[ULID_TEXT])
{
	return fold_as(ACTION_BYPASS_REJECTED, id);
}

static void
tick(int64_t later_us)
{
	(void)atomic_fetch_add(&world.now_us, later_us);
	world.last[0] = '\0';
	flood_tick();
}

static void
next_minute(void)
{
	tick(60 * S);
	tick(60 * S);
}

static void
set_flood(uint64_t flood)
{
	static char path[] = "/audit.jsonl";
	const struct conf_audit audit = { .path = path, .flood = flood };

	flood_set(&audit);
}

static bool
told(const char *count)
{
	return strstr(world.last, count) != NULL;
}

static void
test_counts(void **state)
{
	char first[ULID_TEXT], id[ULID_TEXT];

	(void)state;
	set_flood(1);
	assert_int_equal(attempt(id), FOLD_NONE);
	assert_int_equal(attempt(first), FOLD_FIRST);
	assert_int_equal(attempt(id), FOLD_MORE);
	assert_string_equal(id, first);
	tick(S);
	assert_string_equal(world.last, "");
	tick(3 * S);
	assert_true(told("\"count\":2"));
	assert_true(told(first));
	assert_true(told("\"bypass-repeated\""));
	/* as of now, with a sequence still to come */
	assert_true(told("{\"@timestamp\":\"2027-01-15T08:01:44.000000Z\","));
	assert_true(told("\"sequence\":,"));
	tick(4 * S);
	assert_string_equal(world.last, ""); /* it has not grown */
	/* The log could not write what it had taken. */
	atomic_store(&world.errors, 1);
	tick(4 * S);
	assert_true(told("\"count\":2"));
	/* It does not take it. */
	assert_int_equal(attempt(id), FOLD_MORE);
	world.refuses = true;
	tick(4 * S);
	assert_string_equal(world.last, "");
	world.refuses = false;
	tick(S);
	assert_true(told("\"count\":3"));
	/* What came at the end of its minute is told behind it. */
	assert_int_equal(attempt(id), FOLD_MORE);
	tick(60 * S);
	assert_true(told("\"count\":4"));
	next_minute();
}

struct other {
	pthread_t thread;
	enum record_action action;
	enum fold fold;
	char id[ULID_TEXT];
};

static void *
run_first(void *argument)
{
	struct other *other = argument;

	other->fold = fold_as(other->action, other->id);

	return NULL;
}

static void *
run_second(void *argument)
{
	struct other *other = argument;
	struct folding folding;

	is_second = true;
	(void)snprintf(other->id, ULID_TEXT, "SECOND");
	folding = flood_fold(other->action, &stranger, 1, other->id);
	other->fold = folding.fold;

	return NULL;
}

/* A first that hangs in the log, and one who comes meanwhile; what he gets. */
static enum fold
meet(enum record_action action, bool writes, struct other *first)
{
	struct other second = { .action = action };

	*first = (struct other){ .action = action };
	world.blocks = true;
	world.writes = writes;
	world.stage = 0;
	(void)pthread_create(&first->thread, NULL, run_first, first);
	wait_stage(1);
	(void)pthread_create(&second.thread, NULL, run_second, &second);
	wait_stage(2);
	if (action == ACTION_BYPASS_OBSERVED) /* it waits for nothing */
		(void)pthread_join(second.thread, NULL);
	set_stage(3);
	(void)pthread_join(first->thread, NULL);
	if (action != ACTION_BYPASS_OBSERVED)
		(void)pthread_join(second.thread, NULL);
	world.blocks = false;
	world.writes = true;
	assert_int_equal(first->fold, FOLD_FIRST);

	return second.fold;
}

static void
test_waiting(void **state)
{
	struct other first;
	char id[ULID_TEXT];

	(void)state;
	set_flood(1);
	assert_int_equal(attempt(id), FOLD_NONE);
	assert_int_equal(
	    meet(ACTION_BYPASS_REJECTED, false, &first), FOLD_LOST);
	/* He is counted with the next first. */
	assert_int_equal(attempt(id), FOLD_FIRST);
	assert_string_not_equal(id, first.id);
	assert_int_equal(attempt(id), FOLD_MORE);
	tick(4 * S);
	assert_true(told("\"count\":3"));
	next_minute();

	assert_int_equal(attempt(id), FOLD_NONE);
	assert_int_equal(meet(ACTION_BYPASS_REJECTED, true, &first), FOLD_MORE);
	assert_int_equal(meet(ACTION_BYPASS_OBSERVED, true, &first), FOLD_MORE);
	tick(4 * S);
	assert_true(told("\"count\":2"));
	next_minute();
}

static void
test_end(void **state)
{
	unsigned before;
	char id[ULID_TEXT];

	(void)state;
	set_flood(1);
	assert_int_equal(attempt(id), FOLD_NONE);
	assert_int_equal(attempt(id), FOLD_FIRST);
	assert_int_equal(attempt(id), FOLD_MORE);
	before = world.appended;
	flood_end();
	assert_int_equal(world.appended, before + 1);
	assert_true(told("\"count\":2"));
	/* Who comes now would not be counted any more. */
	for (int i = 0; i < 3; i++)
		assert_int_equal(attempt(id), FOLD_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
