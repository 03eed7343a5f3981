/* SPDX-License-Identifier: ISC */
/* test_log_chores.c - what does the log do of itself, and what if it cannot? */
#include "config.h"

#include "log/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "log/keys.h"
#include "log_help.h"

enum {
	HOUR_MS = 3600 * 1000,
	FILES = 4
};

static struct place place;

static int
setup(void **state)
{
	(void)state;
	place_init(&place);

	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	place_done(&place);

	return 0;
}

static uint64_t
last_number(void)
{
	struct chain_head record;
	struct seal seal;
	struct err err;

	if (!keys_last_seal(place.path, &seal, &record, &err))
		fail_msg("%s", err.text);

	return seal.number;
}

/* Each record ends its file. */
static void
fill_files(struct log *log)
{
	for (unsigned i = 0; i < FILES; i++) {
		assert_true(put(log, i, true));
		assert_true(wait_files(&place, ".0", i + 1));
	}
}

/* A file that ends is sealed first, though no seal is due. */
static void
test_rotated(void **state)
{
	struct log *log;

	(void)state;
	place.keeping =
	    (struct log_keeping){ .seal_ms = HOUR_MS, .rotate_bytes = 1 };
	log = place_open(&place);
	fill_files(log);
	log_close(log);
	assert_true(chain_of_all(&place, true));
	assert_int_equal(last_number(), FILES);
	assert_true(said_times(&place, 0));
}

/* A seal that is due comes though nobody writes, time and again. */
static void
test_idle(void **state)
{
	struct log *log;

	(void)state;
	place.keeping = (struct log_keeping){ .seal_ms = 1 };
	log = place_open(&place);
	for (unsigned i = 0; i < 1000 && last_number() < 2; i++) {
		const struct timespec pause = { .tv_nsec = 20000000 };

		(void)nanosleep(&pause, NULL);
	}
	log_close(log);
	assert_true(last_number() >= 2);
	assert_true(chain_of_all(&place, true));
}

/* Without a key nothing is sealed; all else goes on, and it is said once, on
 * record, too. */
static void
test_damaged(void **state)
{
	struct log *log;
	size_t len;
	char *text;

	(void)state;
	spill(&place, ".key", "damaged\n", 8);
	{
		char name[128];

		(void)snprintf(name, sizeof(name), "%s.key", place.path);
		assert_int_equal(chmod(name, 0600), 0);
	}
	place.keeping = (struct log_keeping){ .seal_ms = 1, .rotate_bytes = 1 };
	log = place_open(&place);
	fill_files(log);
	log_close(log);
	assert_true(chain_of_all(&place, true));
	assert_int_equal(last_number(), 0);
	assert_true(was_said(&place, ".key: it is damaged"));
	assert_true(said_times(&place, 1));
	assert_int_equal(ngaps(&place), 1);
	assert_true(gap_of(&place, 0).unsealed != NULL);
	text = slurp(&place, ".key", &len);
	assert_string_equal(text, "damaged\n");
	free(text);
}

/* PATH.seals is lost on the way: the same. */
static void
test_lost(void **state)
{
	char name[128];
	struct log *log;

	(void)state;
	place.keeping =
	    (struct log_keeping){ .seal_ms = HOUR_MS, .rotate_bytes = 1 };
	log = place_open(&place);
	(void)snprintf(name, sizeof(name), "%s.seals", place.path);
	assert_int_equal(remove(name), 0);
	fill_files(log);
	log_close(log);
	assert_true(chain_of_all(&place, true));
	assert_true(was_said(&place, ".seals"));
	assert_true(said_times(&place, 1));
	assert_int_equal(ngaps(&place), 1);
	assert_true(gap_of(&place, 0).unsealed != NULL);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rotated),
		TEST(test_idle),
		TEST(test_damaged),
		TEST(test_lost),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
