/* SPDX-License-Identifier: ISC */
/*
 * test_keeper.c - are rotated files packed, and deleted in time, on the record?
 *
 * The linker leads unlink() and fdatasync() of the room through here (--wrap):
 * what goes must be told, and safe on disk, before it goes.
 */
#include "config.h"

#include "log/keeper.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "log_help.h"

int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

#define HOUR_US INT64_C(3600000000)

static struct place place;
static atomic_bool keep_names; /* unlink() fails */
static atomic_bool no_sync;
static atomic_bool watching;
static atomic_uint unsafe;   /* files that went before it was safe */
static atomic_llong on_disk; /* size of the log when it was last synced */

static bool
is_rotated_name(const char *path)
{
	const char *end = strstr(path, "audit.jsonl.0");

	return end != NULL && strstr(end, ".part") == NULL;
}

/* Is a `deleted` in the part of the log that is on disk? */
static bool
is_told(void)
{
	size_t len;
	char *text = slurp(&place, "", &len);
	long long safe = atomic_load(&on_disk);
	size_t told = count_of(
	    text, safe < (long long)len ? (size_t)safe : len, "\"deleted\":{");

	free(text);

	return told > 0;
}

int
__wrap_unlink(const char *path)
{
	if (is_rotated_name(path) && atomic_load(&keep_names)) {
		errno = EACCES;
		return -1;
	}
	if (is_rotated_name(path) && atomic_load(&watching) && !is_told())
		atomic_fetch_add(&unsafe, 1);

	return __real_unlink(path);
}

int
__wrap_fdatasync(int fd)
{
	struct stat st;

	if (atomic_load(&no_sync)) {
		errno = EIO;
		return -1;
	}
	if (fstat(fd, &st) == 0)
		atomic_store(&on_disk, (long long)st.st_size);

	return __real_fdatasync(fd);
}

static int64_t
now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);

	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/*
 * Three files whose first records are four, three and two hours old, all
 * packed but for the log itself, which begins an hour ago.
 */
static void
make_old_sealed(int64_t seal_ms)
{
	struct log_keeping small = { .seal_ms = seal_ms };
	const struct log_keeping none = { .rotate_bytes = 0 };
	struct log *log;

	place_init(&place);
	place.keeping.seal_ms = seal_ms;
	log = place_open(&place);
	place.keeping.seal_ms = 0;
	for (unsigned i = 0; i < 4; i++) {
		int64_t time_us = now_us() - (4 - (int64_t)i) * HOUR_US;

		assert_true(put_at(log, time_us, 2 * i, true));
		/* a second one is too many, and that is seen with it */
		if (i == 0)
			small.rotate_bytes =
			    (uint64_t)size_of(&place, "") * 3 / 2;
		log_set_keeping(log, i < 3 ? &small : &none);
		assert_true(put_at(log, time_us, 2 * i + 1, true));
		if (i == 3)
			break;
		assert_true(wait_files(&place, ".0", i + 1));
	}
	log_close(log);
	assert_int_equal(count_files(&place, ".0"), 3);
	assert_true(chain_of_all(&place, true));
}

static void
make_old(void)
{
	make_old_sealed(0);
}

static struct log *
open_keeping(int64_t keep_us)
{
	place.keeping.keep_us = keep_us;

	return place_open(&place);
}

static size_t
told(void)
{
	size_t len;
	char *text = slurp(&place, "", &len);
	size_t n = count_of(text, len, "\"deleted\":{");

	free(text);

	return n;
}

static void
test_packs(void **state)
{
	struct log *log;

	(void)state;
	make_old();
	log = open_keeping(0);
	assert_true(wait_files(&place, ".000000000001.gz", 1));
	assert_true(wait_files(&place, ".000000000004.gz", 1));
	assert_true(wait_files(&place, ".000000000007.gz", 1));
	assert_true(wait_files(&place, ".0", 3));
	log_close(log);
	assert_true(chain_of_all(&place, true));
	assert_int_equal(told(), 0);
	place_done(&place);
}

/* Edges of what is too old: that of the last record, told by the next one. */
static const struct {
	const char *name;
	int64_t keep_us;
	size_t left; /* rotated files */
} keeps[] = {
	{ "for ever", 0, 3 },
	{ "all young enough", HOUR_US * 7 / 2, 3 },
	{ "one too old", HOUR_US * 5 / 2, 2 },
	{ "two", HOUR_US * 3 / 2, 1 },
	{ "all", HOUR_US / 2, 0 },
};

static void
test_keep(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(keeps); i++) {
		struct log *log;

		print_message("# %s\n", keeps[i].name);
		make_old();
		atomic_store(&watching, true);
		atomic_store(&on_disk, 0);
		log = open_keeping(keeps[i].keep_us);
		assert_true(wait_files(&place, ".0", keeps[i].left));
		assert_true(wait_files(&place, ".0", keeps[i].left));
		log_close(log);
		atomic_store(&watching, false);
		assert_int_equal(atomic_exchange(&unsafe, 0), 0);
		assert_int_equal(told(), 3 - keeps[i].left);
		assert_true(chain_of_all(&place, false));
		place_done(&place);
	}
}

/* What it says of what is gone: the range, and the hash of its last record,
 * as they stood in the file. */
static void
test_says(void **state)
{
	char want[256], *text;
	const char *hash;
	struct log *log;
	size_t len;

	(void)state;
	make_old();
	(void)snprintf(want, sizeof(want),
	    "gzip -dcf '%s'.000000000001* | tail -n 1 > '%s.last'", place.path,
	    place.path);
	assert_int_equal(system(want), 0);
	text = slurp(&place, ".last", &len);
	hash = strstr(text, "\"hash\":\"");
	assert_non_null(hash);
	(void)snprintf(want, sizeof(want),
	    "\"deleted\":{\"first\":1,\"last\":3,\"hash\":\"%.64s\"}",
	    hash + strlen("\"hash\":\""));
	free(text);

	log = open_keeping(HOUR_US * 5 / 2);
	assert_true(wait_files(&place, ".0", 2));
	log_close(log);
	text = slurp(&place, "", &len);
	assert_non_null(strstr(text, want));
	free(text);
	place_done(&place);
}

/* It is told once, though the file does not go. */
static void
test_stays(void **state)
{
	struct log_keeping keeping = { .keep_us = HOUR_US * 5 / 2 };
	struct log *log;

	(void)state;
	make_old();
	atomic_store(&keep_names, true);
	log = open_keeping(keeping.keep_us);
	assert_true(was_said(&place, "cannot delete it: Permission denied"));
	assert_int_equal(told(), 1);
	log_set_keeping(log, &keeping);
	(void)sleep(2);
	assert_int_equal(told(), 1);
	atomic_store(&keep_names, false);
	log_set_keeping(log, &keeping);
	assert_true(wait_files(&place, ".0", 2));
	log_close(log);
	assert_int_equal(told(), 1);
	place_done(&place);
}

/* What cannot be made safe is not deleted. */
static void
test_not_safe(void **state)
{
	struct log *log;

	(void)state;
	make_old();
	atomic_store(&no_sync, true);
	log = open_keeping(HOUR_US * 5 / 2);
	assert_true(was_said(&place, "cannot sync it to disk"));
	assert_int_equal(count_files(&place, ".0"), 3);
	log_close(log);
	atomic_store(&no_sync, false);
	assert_int_equal(count_files(&place, ".0"), 3);
	place_done(&place);
}

/* A file that something else was done to is not what `deleted` may tell. */
static void
test_damaged(void **state)
{
	char command[512];
	struct log *log;

	(void)state;
	make_old();
	(void)snprintf(command, sizeof(command),
	    "cd '%s'; f=$(ls audit.jsonl.000000000004*); gzip -dcf $f | "
	    "sed 1s/rcpt/mail/ > x; rm $f; mv x audit.jsonl.000000000004",
	    place.dir);
	assert_int_equal(system(command), 0);
	log = open_keeping(HOUR_US * 3 / 2);
	assert_true(was_said(&place, "does not begin where"));
	log_close(log);
	assert_int_equal(told(), 0);
	assert_int_equal(count_files(&place, ".0"), 3);
	place_done(&place);
}

/* The seals of the old files are of now: for verify, which believes them, the
 * files are too young to be deleted. */
static void
test_sealed(void **state)
{
	struct log *log;

	(void)state;
	make_old_sealed(HOUR_US / 1000);
	log = open_keeping(HOUR_US / 2);
	(void)sleep(2);
	assert_int_equal(count_files(&place, ".0"), 3);
	log_close(log);
	assert_int_equal(told(), 0);
	place_done(&place);
}

/* A `deleted` would cover up what somebody took from between two files. */
static void
test_taken(void **state)
{
	char command[256];
	struct log *log;

	(void)state;
	make_old();
	(void)snprintf(command, sizeof(command),
	    "rm '%s'/audit.jsonl.000000000004*", place.dir);
	assert_int_equal(system(command), 0);
	log = open_keeping(HOUR_US * 3 / 2);
	assert_true(was_said(&place,
	    "records 4 to 6, which stood before it, are missing; deleting "
	    "nothing"));
	log_close(log);
	assert_int_equal(told(), 0);
	assert_int_equal(count_files(&place, ".0"), 2);
	place_done(&place);
}

/*
 * The files begin an hour apart.  With half an hour as keep: where no file may
 * be older than that, only a clock that jumped has made them so.
 */
static const struct {
	const char *name;
	int64_t rotate_us;
	size_t left;
} jumps[] = {
	{ "clocks that jumped", HOUR_US / 2, 4 },
	{ "files that may be older", HOUR_US / 2 + 1, 1 },
};

static void
test_jump(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(jumps); i++) {
		const struct log_keeping again = { .keep_us = HOUR_US / 2,
			.rotate_us = jumps[i].rotate_us };
		struct log *log;

		print_message("# %s\n", jumps[i].name);
		make_old();
		place.keeping.rotate_us = jumps[i].rotate_us;
		log = open_keeping(HOUR_US / 2);
		assert_true(wait_files(&place, ".00000000001", 1));
		assert_true(put_at(log, now_us(), 99, true));
		log_set_keeping(log, &again); /* looks */
		(void)sleep(2);
		assert_true(wait_files(&place, ".0", jumps[i].left));
		log_close(log);
		assert_true(chain_of_all(&place, false));
		place_done(&place);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packs),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_says),
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_not_safe),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_jump),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
