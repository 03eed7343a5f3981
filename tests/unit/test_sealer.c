/* SPDX-License-Identifier: ISC */
/*
 * test_sealer.c - when is the chain sealed, and is it still after a crash?
 *
 * The log's writer is played here, step by step: a record, a seal, and again.
 */
#include "config.h"

#include "log/sealer.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hex.h"
#include "base/mem.h"
#include "keys_help.h"
#include "log/clock.h"

enum {
	HOUR_MS = 3600 * 1000,
	MINUTE_MS = 60 * 1000,
	/* calls of two_seals(), about */
	SECOND_SEAL = 36,
	AFTER_IT = 60
};

static struct room room;
static struct logged logged;
static struct sealer sealer;

static int
setup(void **state)
{
	(void)state;
	room_init(&room);

	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	die_at(-1, false);
	room_done(&room);

	return 0;
}

static void
start(int64_t interval_ms)
{
	logged_open(&logged, &room);
	sealer_init(&sealer, &logged.file, interval_ms, 0);
}

static void
stop(void)
{
	sealer_done(&sealer);
	logged_done(&logged);
}

/* As chores_do(); false where something failed. */
static bool
seal(struct err *err)
{
	int64_t now_ms = clock_now_ms();
	struct chain_head head = logged.head;
	struct buf out;
	bool done;

	if (!sealer_mend(&sealer, HOUR_MS, now_ms, err) ||
	    !sealer_prepare(&sealer, now_ms, err))
		return false;
	buf_init(&out);
	sealer_add(&sealer, &room_news, &head, &out);
	done = logged_put(&logged, out.data, out.len, &head);
	if (!done)
		(void)err_set(err, "the log could not be written");
	done = done && sealer_keep(&sealer, out.data, out.len, now_ms, err);
	buf_done(&out);

	return done;
}

static void
must_seal(void)
{
	struct err err;

	assert_true(logged_put_any(&logged));
	if (!seal(&err))
		fail_msg("%s", err.text);
}

static void
must_start(void)
{
	start(HOUR_MS);
	if (!sealer.ready)
		fail_msg("%s", sealer.why.text);
}

/*
 * The log from its text: seals from 1 on, one key after the other from the
 * first, each over the record before it; PATH.seals holds just these, PATH.key
 * just the next secret.
 */
static void
check_whole(uint64_t want)
{
	char key[SIGN_PUBLIC_TEXT], next[SIGN_PUBLIC_TEXT];
	char *log = room_read(&room, "");
	char *seals = room_read(&room, ".seals");
	char *keys = room_read(&room, ".key");
	struct sign_key secret;
	struct chain_head before;
	struct buf text, list;
	struct err err;
	uint64_t n = 0;
	char *space;

	chain_start(&before);
	assert_true(keys_first(room.path, key, &err));
	buf_init(&text);
	buf_addf(&text, "{\"postern_seals\":1,\"key\":\"%s\"}\n", key);
	for (char *line = log; *line != '\0';) {
		size_t len = strcspn(line, "\n");
		struct chain_head head;
		struct seal got;

		assert_true(chain_read(line, len, &head));
		assert_int_equal(head.sequence, before.sequence + 1);
		if (seal_read(line, len, &got)) {
			assert_int_equal(got.number, ++n);
			assert_true(seal_check(&got, key));
			assert_true(chain_equal(&got.head, &before));
			memcpy(key, got.next, sizeof(key));
			buf_add(&text, line, len + 1);
		}
		before = head;
		line += len + 1;
	}
	assert_int_equal(n, want);
	assert_string_equal(seals, text.data);
	assert_int_equal(strtoull(keys, &space, 10), n + 1);
	assert_true(hex_parse(space + 1, SIGN_SECRET, secret.secret));
	assert_string_equal(space + 1 + 2 * SIGN_SECRET, "\n");
	sign_key_complete(&secret);
	hex_text(secret.public, SIGN_PUBLIC, next);
	assert_string_equal(next, key);
	room_list(&room, &list);
	assert_string_equal(list.data, " .key .seals ");
	buf_done(&list);
	buf_done(&text);
	free(log);
	free(seals);
	free(keys);
}

static void
test_life(void **state)
{
	(void)state;
	must_start();
	for (int i = 0; i < 3; i++)
		must_seal();
	stop();
	check_whole(3);
	must_start();
	must_seal();
	stop();
	check_whole(4);
}

/* All that a process does until it dies; 0: it came to its end. */
static int
die_in(void (*deed)(void), int call, bool torn)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		die_at(call, torn);
		deed();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));

	return WEXITSTATUS(status);
}

static void
two_seals(void)
{
	struct err err;

	start(HOUR_MS);
	for (int i = 0; i < 2; i++)
		if (!logged_put_any(&logged) || !seal(&err))
			_exit(1);
}

static void
start_only(void)
{
	start(HOUR_MS);
}

static uint64_t
count_seals(void)
{
	char *log = room_read(&room, "");
	uint64_t n = 0;

	for (const char *at = log; at != NULL && *at != '\0';) {
		size_t len = strcspn(at, "\n");
		struct seal got;

		if (at[len] == '\n' && seal_read(at, len, &got))
			n++;
		at += at[len] == '\n' ? len + 1 : len;
	}
	free(log);

	return n;
}

static void
again(void)
{
	room_done(&room);
	room_init(&room);
}

/* Dead at each call in turn, whole or in the middle of what it writes. */
static void
test_crash(void **state)
{
	int died = DIED;
	int call;

	(void)state;
	for (call = 0; died == DIED; call++)
		for (int torn = 0; torn < 2; torn++) {
			uint64_t n;

			died = die_in(two_seals, call, torn != 0);
			assert_true(died == 0 || died == DIED);
			n = count_seals();
			must_start();
			must_seal();
			must_seal();
			stop();
			check_whole(n + 2);
			again();
		}
	assert_true(call > 40);
}

/* The start after a crash dies, too, at each of its calls. */
static void
test_crash_twice(void **state)
{
	(void)state;
	for (int first = SECOND_SEAL; first < AFTER_IT; first++) {
		int died = DIED;

		for (int call = 0; died == DIED; call++) {
			uint64_t n;

			(void)die_in(two_seals, first, true);
			n = count_seals();
			died = die_in(start_only, call, true);
			assert_true(died == 0 || died == DIED);
			must_start();
			must_seal();
			stop();
			check_whole(n + 1);
			again();
		}
	}
}

/* What fails is said, and done again once it can; nothing stands twice. */
static void
test_failures(void **state)
{
	bool failed = true;
	int call;

	(void)state;
	for (call = 0; failed; call++) {
		struct err err = { "" };
		uint64_t n;

		must_start();
		must_seal();
		fail_at(call);
		(void)seal(&err);
		failed = has_failed();
		fail_at(-1);
		assert_true(logged_put_any(&logged));
		sealer.retry_ms = 0;
		if (!sealer_mend(&sealer, HOUR_MS, clock_now_ms(), &err))
			fail_msg("%s", err.text);
		assert_false(sealer_is_busy(&sealer));
		must_seal();
		n = count_seals();
		assert_in_range(n, 2, 3);
		stop();
		check_whole(n);
		again();
	}
	assert_true(call > 20);
}

/* PATH.seals cannot be added to: the seal waits, no other is made. */
static void
test_busy(void **state)
{
	int64_t now_ms = clock_now_ms();
	struct chain_head head;
	char name[128], other[128];
	struct err err;
	struct buf out;

	(void)state;
	must_start();
	must_seal();
	assert_true(sealer_prepare(&sealer, now_ms, &err));
	head = logged.head;
	buf_init(&out);
	sealer_add(&sealer, &room_news, &head, &out);
	assert_true(logged_put(&logged, out.data, out.len, &head));
	(void)room_name(&room, ".seals", name);
	(void)room_name(&room, ".away", other);
	assert_int_equal(rename(name, other), 0);
	assert_false(sealer_keep(&sealer, out.data, out.len, now_ms, &err));
	buf_done(&out);
	assert_non_null(strstr(err.text, ".seals"));
	assert_true(sealer_is_busy(&sealer));
	assert_false(sealer_is_due(&sealer, 1, now_ms + HOUR_MS));
	assert_false(sealer_can(&sealer, 1, now_ms + HOUR_MS));

	/* Not at once again; then even where no seals are asked for. */
	assert_int_equal(rename(other, name), 0);
	assert_true(sealer_mend(&sealer, 0, now_ms + MINUTE_MS - 1, &err));
	assert_true(sealer_is_busy(&sealer));
	assert_true(sealer_mend(&sealer, 0, now_ms + MINUTE_MS, &err));
	assert_false(sealer_is_busy(&sealer));
	assert_true(sealer_can(&sealer, 1, now_ms + MINUTE_MS));
	stop();
	check_whole(2);
}

/* Waits for a crash with a seal in the log and nowhere else. */
static void
seal_and_die(void)
{
	must_start();
	must_seal();
	assert_true(logged_put_any(&logged));
	{
		int64_t now_ms = clock_now_ms();
		struct chain_head head = logged.head;
		struct err err;
		struct buf out;

		assert_true(sealer_prepare(&sealer, now_ms, &err));
		buf_init(&out);
		sealer_add(&sealer, &room_news, &head, &out);
		assert_true(logged_put(&logged, out.data, out.len, &head));
		buf_done(&out);
	}
	stop();
}

/* It is found however much was written after it. */
static void
test_far_back(void **state)
{
	(void)state;
	seal_and_die();
	logged_open(&logged, &room);
	for (int i = 0; i < 200; i++)
		assert_true(logged_put_any(&logged));
	logged_done(&logged);
	must_start();
	assert_int_equal(sealer.keys.number, 3);
	stop();
}

/* The file got its other name before the seal was looked for. */
static void
test_rotated(void **state)
{
	char name[128];
	struct err err;

	(void)state;
	seal_and_die();
	assert_int_equal(
	    rename(room.path, room_name(&room, ".000000000001", name)), 0);
	must_start();
	assert_int_equal(sealer.keys.number, 3);
	assert_true(logged_put_any(&logged));
	if (!seal(&err))
		fail_msg("%s", err.text);
	stop();
}

/* A packed one is not read: it cannot be told, and nothing is sealed. */
static void
test_packed(void **state)
{
	char name[128], packed[128];

	(void)state;
	seal_and_die();
	(void)room_name(&room, ".000000000001", name);
	(void)room_name(&room, ".000000000001.gz", packed);
	assert_int_equal(rename(room.path, packed), 0);
	start(HOUR_MS);
	assert_false(sealer.ready);
	assert_non_null(strstr(sealer.why.text, "unpack it"));
	assert_int_equal(rename(packed, name), 0);
	assert_true(sealer_mend(
	    &sealer, HOUR_MS, clock_now_ms() + MINUTE_MS, &sealer.why));
	assert_true(sealer.ready);
	assert_int_equal(sealer.keys.number, 3);
	stop();
}

/* Somebody else's seal of that number is none. */
static void
test_forged(void **state)
{
	struct keys forged = { .number = 2, .has_next = true };
	struct chain_head head;
	struct err err;
	struct buf out;

	(void)state;
	must_start();
	must_seal();
	assert_true(keys_prepare(&sealer.keys, &err));
	forged.current = sealer.keys.current;
	sign_key_new(&forged.next);
	head = logged.head;
	buf_init(&out);
	seal_line(&forged, &head, &out);
	assert_true(logged_put(&logged, out.data, out.len, &head));
	buf_clear(&out);
	sign_key_new(&forged.current);
	forged.next = sealer.keys.next;
	seal_line(&forged, &head, &out);
	assert_true(logged_put(&logged, out.data, out.len, &head));
	buf_done(&out);
	stop();
	must_start();
	assert_int_equal(sealer.keys.number, 2);
	assert_false(sealer.keys.has_next);
	stop();
}

static void
set_time(const char *suffix, time_t ago_s)
{
	char name[128];
	struct timespec times[2];

	(void)clock_gettime(CLOCK_REALTIME, &times[0]);
	times[0].tv_sec -= ago_s;
	times[1] = times[0];
	assert_int_equal(
	    utimensat(AT_FDCWD, room_name(&room, suffix, name), times, 0), 0);
}

static void
test_due(void **state)
{
	int64_t now_ms = clock_now_ms();
	struct err err;

	(void)state;
	/* Nobody asks: no keys. */
	start(0);
	assert_false(sealer.ready);
	assert_string_equal(sealer.why.text, "");
	assert_true(sealer_mend(&sealer, 0, now_ms, &err));
	assert_false(sealer_is_due(&sealer, 0, now_ms + HOUR_MS));
	assert_null(room_read(&room, ".key"));

	/* Then somebody does; the first seal comes an interval after that. */
	assert_true(sealer_mend(&sealer, HOUR_MS, now_ms, &err));
	assert_true(sealer.ready);
	assert_false(sealer_is_due(&sealer, HOUR_MS, now_ms));
	assert_true(sealer_is_due(&sealer, HOUR_MS, now_ms + HOUR_MS));
	assert_false(sealer_is_due(&sealer, 0, now_ms + HOUR_MS));
	assert_true(sealer_can(&sealer, HOUR_MS, now_ms));
	assert_false(sealer_can(&sealer, 0, now_ms));

	/* After each start as well: it is not put off by them. */
	stop();
	set_time(".seals", HOUR_MS / 1000 - 100);
	now_ms = clock_now_ms();
	must_start();
	assert_false(sealer_is_due(&sealer, HOUR_MS, now_ms));
	assert_true(sealer_is_due(&sealer, HOUR_MS, now_ms + 200 * 1000));
	stop();
	set_time(".seals", HOUR_MS / 1000 + 1);
	must_start();
	assert_true(sealer_is_due(&sealer, HOUR_MS, clock_now_ms()));

	/* Once there is one, its own time counts. */
	must_seal();
	now_ms = clock_now_ms();
	assert_false(sealer_is_due(&sealer, HOUR_MS, now_ms));
	assert_true(sealer_is_due(&sealer, HOUR_MS, now_ms + HOUR_MS));
	stop();
	set_time(".seals", HOUR_MS);
	must_start();
	assert_false(sealer_is_due(&sealer, HOUR_MS, clock_now_ms()));
	/* A shorter interval counts from then, too. */
	assert_true(sealer_is_due(&sealer, MINUTE_MS, now_ms + MINUTE_MS));
	stop();
}

static void
test_damaged(void **state)
{
	int64_t now_ms = clock_now_ms();
	struct err err;
	char *key, *text;

	(void)state;
	must_start();
	must_seal();
	stop();
	key = room_read(&room, ".key");
	room_write(&room, ".key", "damaged\n");
	start(HOUR_MS);
	assert_false(sealer.ready);
	assert_non_null(strstr(sealer.why.text, ".key: it is damaged"));
	assert_false(sealer_is_due(&sealer, 1, now_ms + HOUR_MS));
	assert_false(sealer_can(&sealer, 1, now_ms + HOUR_MS));
	text = room_read(&room, ".key");
	assert_string_equal(text, "damaged\n");
	free(text);

	/* Put right, it goes on by itself, within a minute. */
	assert_false(
	    sealer_mend(&sealer, HOUR_MS, clock_now_ms() + MINUTE_MS, &err));
	room_write(&room, ".key", key);
	assert_true(sealer_mend(
	    &sealer, HOUR_MS, clock_now_ms() + 2 * MINUTE_MS, &err));
	assert_true(sealer.ready);
	free(key);
	sealer.retry_ms = 0;
	must_seal();
	stop();
	check_whole(2);

	/* Without seals nobody is told. */
	room_write(&room, ".key", "damaged\n");
	start(0);
	assert_false(sealer.ready);
	assert_string_equal(sealer.why.text, "");
	stop();
}

/* A crash is made good where no more seals are asked for, too. */
static void
test_off(void **state)
{
	(void)state;
	seal_and_die();
	start(0);
	assert_int_equal(sealer.keys.number, 3);
	stop();
	check_whole(2);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_life),
		TEST(test_crash),
		TEST(test_crash_twice),
		TEST(test_failures),
		TEST(test_busy),
		TEST(test_far_back),
		TEST(test_rotated),
		TEST(test_packed),
		TEST(test_forged),
		TEST(test_due),
		TEST(test_damaged),
		TEST(test_off),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
