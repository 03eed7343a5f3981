/* SPDX-License-Identifier: ISC */
/* test_log_append.c - does each record get into the chain, once, in order? */
#include "config.h"

#include "log/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "log/queue.h"
#include "log_help.h"

enum {
	THREADS = 16,
	EACH = 500
};

struct crowd {
	struct log *log;
	unsigned first;
	unsigned failed;
};

static void *
append_many(void *arg)
{
	struct crowd *one = arg;

	for (unsigned i = 0; i < EACH; i++)
		if (!put(one->log, one->first + i, true))
			one->failed++;

	return NULL;
}

/* Each id once, and those of one thread in the order it gave them. */
static void
check_order(const struct place *place)
{
	unsigned next[THREADS] = { 0 };
	size_t len;
	char *text = slurp(place, "", &len);
	const char *at = text;
	unsigned count = 0;
	unsigned long n;

	while (next_id(&at, text + len, &n)) {
		assert_true(n / EACH < THREADS);
		assert_int_equal(n % EACH, next[n / EACH]++);
		count++;
	}
	assert_int_equal(count, THREADS * EACH);
	free(text);
}

static void
test_threads(void **state)
{
	static const enum log_sync syncs[] = { LOG_SYNC_ALWAYS, LOG_SYNC_SECOND,
		LOG_SYNC_NEVER };

	(void)state;
	for (size_t s = 0; s < 3; s++) {
		struct crowd crowd[THREADS];
		pthread_t threads[THREADS];
		struct place place;
		struct log *log;

		place_init(&place);
		place.sync = syncs[s];
		log = place_open(&place);
		for (unsigned i = 0; i < THREADS; i++) {
			crowd[i] =
			    (struct crowd){ .log = log, .first = i * EACH };
			assert_int_equal(pthread_create(&threads[i], NULL,
					     append_many, &crowd[i]),
			    0);
		}
		for (unsigned i = 0; i < THREADS; i++) {
			(void)pthread_join(threads[i], NULL);
			assert_int_equal(crowd[i].failed, 0);
		}
		assert_int_equal(log_errors(log), 0);
		log_close(log);
		assert_true(chain_is_whole(&place, ""));
		check_order(&place);
		assert_true(said_times(&place, 0));
		assert_int_equal(ngaps(&place), 0);
		place_done(&place);
	}
}

/* What returned true is in the file at once, not at the end only. */
static void
test_wait_is_written(void **state)
{
	struct place place;
	struct stat st;
	struct log *log;
	char id[27];

	(void)state;
	place_init(&place);
	log = place_open(&place);
	for (unsigned i = 0; i < 20; i++) {
		size_t len;
		char *text;

		assert_true(put(log, i, true));
		text = slurp(&place, "", &len);
		assert_int_equal(count_of(text, len, id_of(i, id)), 1);
		assert_int_equal(count_of(text, len, "\n"), i + 1);
		free(text);
	}
	assert_int_equal(stat(place.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	log_close(log);
	place_done(&place);
}

/* Records that nobody waits for are there after the close. */
static void
test_close_drains(void **state)
{
	struct place place;
	struct log *log;
	size_t len;
	char *text;

	(void)state;
	place_init(&place);
	log = place_open(&place);
	for (unsigned i = 0; i < 3000; i++)
		assert_true(put(log, i, false));
	log_close(log);
	text = slurp(&place, "", &len);
	assert_int_equal(count_of(text, len, "\n"), 3000);
	free(text);
	assert_true(chain_is_whole(&place, ""));
	place_done(&place);
}

/* The chain goes on where the last run left it, without a word. */
static void
test_resume(void **state)
{
	struct place place;

	(void)state;
	place_init(&place);
	for (unsigned run = 0; run < 4; run++) {
		struct log *log = place_open(&place);

		for (unsigned i = 0; i < 3; i++)
			assert_true(put(log, run * 3 + i, true));
		log_close(log);
	}
	assert_true(chain_is_whole(&place, ""));
	assert_int_equal(ngaps(&place), 0);
	assert_true(said_times(&place, 0));
	place_done(&place);
}

static void
test_lock(void **state)
{
	struct place place;
	struct log *log, *other;
	struct err err;
	bool taken = false;

	(void)state;
	place_init(&place);
	log = place_open(&place);
	other = place_try(&place, &taken, &err);
	assert_null(other);
	assert_true(taken);
	assert_non_null(strstr(err.text, ".lock: another instance"));
	log_close(log);

	log = place_try(&place, &taken, &err);
	assert_non_null(log);
	assert_false(taken);
	log_close(log);
	place_done(&place);
}

/* Somebody removed PATH.lock, and started another: the first one stands back,
 * and does not go on behind what that wrote. */
static void
test_two(void **state)
{
	char name[128];
	struct place place;
	struct log *first, *second;
	bool taken;
	struct err err;

	(void)state;
	place_init(&place);
	first = place_open(&place);
	assert_true(put(first, 1, true));
	(void)snprintf(name, sizeof(name), "%s.lock", place.path);
	assert_int_equal(unlink(name), 0);
	/* alone it makes it again */
	assert_true(put(first, 2, true));
	assert_null(place_try(&place, &taken, &err));
	assert_true(taken);
	assert_int_equal(unlink(name), 0);
	second = place_open(&place);
	assert_false(put(first, 3, true));
	assert_true(was_said(&place, "another instance writes this log"));
	assert_true(put(second, 4, true));
	log_close(second);
	assert_false(put(first, 5, true));
	assert_true(was_said(&place, "has written behind record 2"));
	log_close(first);
	assert_true(chain_is_whole(&place, ""));
	first = place_open(&place);
	assert_true(put(first, 6, true));
	log_close(first);
	assert_int_equal(ngaps(&place), 0);
	assert_true(chain_is_whole(&place, ""));
	place_done(&place);
}

/* Leaves a file behind that ends in the middle of a record. */
static void
make_torn(struct place *place)
{
	size_t len;
	char *text;

	log_close(place_open(place));
	for (unsigned i = 0; i < 3; i++) {
		struct log *log = place_open(place);

		assert_true(put(log, i, true));
		log_close(log);
	}
	text = slurp(place, "", &len);
	spill(place, "", text, len - 100);
	spill(place, ".lock", "", 0); /* which never saw that record */
	free(text);
}

/*
 * The writer hangs: waiters leave in time with false, and what still gets in
 * is named afterwards.
 */
static void
test_late(void **state)
{
	struct place place;
	struct timespec from, to;
	struct log_gap gap;
	struct log *log;

	(void)state;
	place_init(&place);
	make_torn(&place);
	place.wait_ms = 50;
	hold(&place);
	log = place_open(&place);
	wait_held(&place);
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	assert_false(put(log, 10, true));
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	assert_in_range((to.tv_sec - from.tv_sec) * 1000 +
		(to.tv_nsec - from.tv_nsec) / 1000000,
	    49, 2000);
	assert_false(put(log, 11, true));
	assert_true(put(log, 12, false));
	let_go(&place);
	log_close(log);

	/* 1 and 2 were whole, 3 is `recovered`, then 10, 11, 12, and it. */
	assert_int_equal(ngaps(&place), 2);
	gap = gap_of(&place, 1);
	assert_int_equal(gap.late, 2);
	assert_int_equal(gap.late_from, 4);
	assert_int_equal(gap.late_to, 5);
	assert_int_equal(gap.lost, 0);
	assert_true(was_said(&place, "2 were written too late"));
	assert_true(chain_is_whole(&place, ""));
	place_done(&place);
}

/* The queue is bounded for those who do not wait; they are counted. */
static void
test_full(void **state)
{
	struct place place;
	struct log *log;
	unsigned taken = 0;
	unsigned refused = 0;
	size_t len;
	char *text;

	(void)state;
	place_init(&place);
	make_torn(&place);
	place.wait_ms = 20;
	hold(&place);
	log = place_open(&place);
	wait_held(&place);
	for (unsigned i = 0; i < QUEUE_RECORDS; i++)
		if (put(log, i, false))
			taken++;
		else
			refused++;
	assert_true(refused > 0);
	assert_in_range(taken, QUEUE_BYTES / 400, QUEUE_BYTES / 200);
	assert_int_equal(log_errors(log), refused);
	/* Those who wait have room of their own. */
	assert_false(put(log, 1, true));
	assert_int_equal(log_errors(log), refused);
	let_go(&place);
	log_close(log);

	assert_int_equal(gap_of(&place, 1).lost, refused);
	text = slurp(&place, "", &len);
	/* Two from before, three `recovered`. */
	assert_int_equal(count_of(text, len, "\n"), taken + 1 + 5);
	free(text);
	assert_true(chain_is_whole(&place, ""));
	place_done(&place);
}

/* Nothing was started yet: a close does not hang, and the lock is free. */
static void
test_close_unstarted(void **state)
{
	struct place place;
	struct err err;
	bool taken;

	(void)state;
	place_init(&place);
	log_close(NULL);
	log_close(place_try(&place, &taken, &err));
	log_close(place_open(&place));
	place_done(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_wait_is_written),
		cmocka_unit_test(test_close_drains),
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_close_unstarted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
