/* SPDX-License-Identifier: ISC */
/*
 * test_callbacks.c - in whatever order libmilter calls, is the answer right?
 *
 * Sessions one after the other, and many at once that pass from thread to
 * thread, while generations are swapped and the glass is broken.  What is
 * answered and recorded must be what the model says.  POSTERN_SEED in the
 * environment takes another way through it.
 */
#include "config.h"

#include "posternd/callbacks.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "callbacks_help.h"
#include "callbacks_model.h"
#include "callbacks_run.h"
#include "posternd/counters.h"
#include "posternd/force.h"

enum {
	ALONE = 150,    /* sessions one after the other */
	TOGETHER = 300, /* at once */
	THREADS = 6     /* that pass them on */
};

static uint64_t seed;

/* In turn; closed at the end. */
static const enum model_glass glasses[] = { GLASS_IS_OPEN, GLASS_IS_CLOSED,
	GLASS_IS_OPEN_TO_P, GLASS_IS_OPEN, GLASS_IS_OPEN_TO_P,
	GLASS_IS_CLOSED };

/* One step at a time, so that each record is known by its step. */
static void
test_one_at_a_time(void **state)
{
	uint64_t random = seed;
	size_t glass = 0;
	bool right = true;

	(void)state;
	for (unsigned i = 0; i < ALONE; i++) {
		struct run *run = mem_new(1, sizeof(*run));

		run_begin(run, i);
		while (run->left > 0 && run->wrong[0] == '\0') {
			if (random_below(&random, 30) == 0)
				assert_true(
				    world_swap((enum model_rules)random_below(
					&random, RULES_COUNT)));
			if (random_below(&random, 60) == 0)
				assert_true(run_change_glass(
				    glasses[glass++ % NITEMS(glasses)]));
			run_step(run, true);
		}
		right = run_end(run) && right;
		free(run);
	}
	while (glass % NITEMS(glasses) != 0)
		assert_true(
		    run_change_glass(glasses[glass++ % NITEMS(glasses)]));
	assert_true(right);
	assert_int_equal(counters_open_sessions(), 0);
}

/* Sessions that wait for a thread, as in libmilter's pool. */
static struct {
	pthread_mutex_t lock; /* guards all of these */
	struct run *waiting[TOGETHER];
	size_t count;
	size_t ended;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER };

static atomic_bool all_ended;

/* Any that waits; NULL: none does at this moment. */
static struct run *
take_run(uint64_t *random)
{
	struct run *run = NULL;
	size_t i;

	(void)pthread_mutex_lock(&pool.lock);
	if (pool.count > 0) {
		i = random_below(random, pool.count);
		run = pool.waiting[i];
		pool.waiting[i] = pool.waiting[--pool.count];
	}
	(void)pthread_mutex_unlock(&pool.lock);

	return run;
}

static void
give_run(struct run *run)
{
	(void)pthread_mutex_lock(&pool.lock);
	if (run->left > 0 && run->wrong[0] == '\0')
		pool.waiting[pool.count++] = run;
	else if (++pool.ended == TOGETHER)
		atomic_store(&all_ended, true);
	(void)pthread_mutex_unlock(&pool.lock);
}

static void *
serve(void *number)
{
	uint64_t random = seed + 1000 + *(unsigned *)number;

	while (!atomic_load(&all_ended)) {
		struct run *run = take_run(&random);

		if (run == NULL) {
			(void)sched_yield();
			continue;
		}
		run_step(run, false);
		give_run(run);
	}

	return NULL;
}

/* A reload after the other. */
static void *
swap(void *failed)
{
	uint64_t random = seed + 2000;

	while (!atomic_load(&all_ended))
		if (!world_swap(
			(enum model_rules)random_below(&random, RULES_COUNT)))
			atomic_store((atomic_bool *)failed, true);

	return NULL;
}

static void *
break_glass(void *failed)
{
	const struct timespec pause = { .tv_nsec = 8000000 };
	size_t i = 0;

	while (!atomic_load(&all_ended) || i % NITEMS(glasses) != 0) {
		if (!run_change_glass(glasses[i++ % NITEMS(glasses)]))
			atomic_store((atomic_bool *)failed, true);
		(void)nanosleep(&pause, NULL);
	}

	return NULL;
}

static void
test_threads(void **state)
{
	struct run *runs = mem_new(TOGETHER, sizeof(*runs));
	pthread_t threads[THREADS], swapper, breaker;
	unsigned numbers[THREADS];
	atomic_bool failed = false;
	bool right = true;

	(void)state;
	for (unsigned i = 0; i < TOGETHER; i++) {
		run_begin(&runs[i], 10000 + i);
		pool.waiting[pool.count++] = &runs[i];
	}
	assert_int_equal(pthread_create(&swapper, NULL, swap, &failed), 0);
	assert_int_equal(
	    pthread_create(&breaker, NULL, break_glass, &failed), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		numbers[i] = i;
		assert_int_equal(
		    pthread_create(&threads[i], NULL, serve, &numbers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	(void)pthread_join(swapper, NULL);
	(void)pthread_join(breaker, NULL);

	for (unsigned i = 0; i < TOGETHER; i++)
		right = run_end(&runs[i]) && right;
	free(runs);
	assert_true(right);
	assert_false(atomic_load(&failed));
	assert_int_equal(counters_open_sessions(), 0);
}

static uint64_t
difference(uint64_t one, uint64_t other)
{
	return one > other ? one - other : other - one;
}

/* An operator's records are not the model's; those that are: what it says. */
static uint64_t
wanted(enum record_action action)
{
	return action < ACTION_STARTED ? run_wanted(action)
				       : counters_records(action);
}

/* Counters, log and model tell of the same records; the chain is whole. */
static void
test_books(void **state)
{
	uint64_t unsure = run_unsure();
	size_t lines[ACTION_COUNT];
	bool agree = true;

	(void)state;
	world_count_lines(lines);
	for (enum record_action action = 0; action < ACTION_COUNT; action++) {
		uint64_t counted = counters_records(action);
		uint64_t want = wanted(action);

		print_message("# %s: %zu lines, counted %" PRIu64
			      ", want %" PRIu64 "\n",
		    record_action_text(action), lines[action], counted, want);
		if (lines[action] != counted ||
		    difference(counted, want) > unsure)
			agree = false;
	}
	print_message("# one or the other, or none: %" PRIu64 "\n", unsure);
	assert_true(agree);
	assert_int_equal(force_log_errors(), 0);
	assert_int_equal(counters_sessions(), run_connects());
	assert_true(world_chain_is_whole());
}

static int
begin(void **state)
{
	(void)state;
	seed = random_seed();
	run_prepare(seed);
	world_begin();

	return 0;
}

static int
end(void **state)
{
	(void)state;
	world_end();

	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_books),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, begin, end);
}
