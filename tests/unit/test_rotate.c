/* SPDX-License-Identifier: ISC */
/* test_rotate.c - does a file end when it must, and nothing get lost? */
#include "config.h"

#include "log/rotate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "log_help.h"

#define FIRST ".000000000001"

enum {
	S = 1000000
};

static struct place place;

/* Edges of what is due; the file began at second 1000. */
static const struct {
	const char *name;
	int64_t size;
	uint64_t first;
	uint64_t rotate_bytes;
	int64_t rotate_us;
	int64_t now_us;
	int64_t retry_ms;
	bool due;
} dues[] = {
	{ "just as large", 100, 1, 100, 0, 1000LL * S, 0, false },
	{ "larger", 101, 1, 100, 0, 1000LL * S, 0, true },
	{ "no limit", 1 << 30, 1, 0, 0, 1000LL * S, 0, false },
	{ "not old", 1, 1, 0, 60 * S, 1060LL * S - 1, 0, false },
	{ "old", 1, 1, 0, 60 * S, 1060LL * S, 0, true },
	{ "no age", 1, 1, 0, 0, 9999LL * S, 0, false },
	{ "a little in the future", 1, 1, 0, 60 * S, 990LL * S, 0, false },
	{ "begun by a wrong clock", 1, 1, 0, 60 * S, 940LL * S, 0, true },
	{ "empty", 0, 0, 1, 1, 9999LL * S, 0, false },
	{ "failed a while ago", 101, 1, 100, 0, 1000LL * S, 5001, false },
	{ "to be tried again", 101, 1, 100, 0, 1000LL * S, 5000, true },
};

static void
test_due(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(dues); i++) {
		const struct rotation rotation = { .first = dues[i].first,
			.began_us = 1000LL * S,
			.retry_ms = dues[i].retry_ms };
		const struct file file = { .size = dues[i].size };
		const struct log_keeping keeping = { .rotate_bytes =
							 dues[i].rotate_bytes,
			.rotate_us = dues[i].rotate_us };

		print_message("# %s\n", dues[i].name);
		assert_int_equal(rotation_is_due(&rotation, &file, &keeping,
				     dues[i].now_us, 5000),
		    dues[i].due);
	}
}

/* No keeper comes in between: what is packed is another test's. */
static struct log *
begin(uint64_t rotate_bytes)
{
	place_init(&place);
	place.sync = LOG_SYNC_ALWAYS;
	place.keeping.rotate_bytes = rotate_bytes;

	return place_open(&place);
}

static void
put_some(struct log *log, unsigned from, unsigned count)
{
	for (unsigned i = from; i < from + count; i++)
		assert_true(put(log, i, true));
}

/* Each record once, whatever file it is in; one whose packing was stopped is
 * there twice. */
static void
check_all(unsigned count)
{
	char command[256];

	assert_true(chain_of_all(&place, true));
	(void)snprintf(command, sizeof(command),
	    "cd '%s' && for f in audit.jsonl.*[0-9]; do "
	    "[ ! -e $f ] || rm -f $f.gz; done; "
	    "test $(gzip -dcf audit.jsonl audit.jsonl.[0-9]* | "
	    "grep -c bypass-rejected) = %u",
	    place.dir, count);
	assert_int_equal(system(command), 0);
}

static void
test_size(void **state)
{
	struct log *log = begin(20000);

	(void)state;
	put_some(log, 0, 500);
	log_close(log);
	assert_true(count_files(&place, ".0") > 5);
	check_all(500);
	assert_int_equal(ngaps(&place), 0);
	place_done(&place);
}

/* The last record of each is `rotated`, N the sequence of its first. */
static void
test_names(void **state)
{
	struct log *log = begin(20000);
	char command[1024];

	(void)state;
	put_some(log, 0, 300);
	log_close(log);
	(void)snprintf(command, sizeof(command),
	    "cd '%s' && for f in audit.jsonl.[0-9]*; do n=${f#audit.jsonl.}; "
	    "n=${n%%.gz}; gzip -dcf $f | head -1 | grep -q "
	    "\"sequence\\\":$(echo $n | sed 's/^0*//'),\" || exit 1; "
	    "gzip -dcf $f | tail -1 | grep -q 'action\":\"rotated\"' || exit 1;"
	    " test $(gzip -dcf $f | grep -c '\"rotated\"') = 1 || exit 1; done",
	    place.dir);
	assert_int_equal(system(command), 0);
	place_done(&place);
}

/* That of the first record counts, at a start as well. */
static void
test_age(void **state)
{
	const struct log_keeping day = { .rotate_us = 86400LL * S };
	struct log *log = begin(0);

	(void)state;
	place.keeping = day;
	assert_true(put_at(log, 86400LL * S, 0, true));
	log_close(log);
	log = place_open(&place);
	assert_true(wait_files(&place, FIRST, 1));
	assert_true(put(log, 1, true));
	log_close(log);
	check_all(2);
	place_done(&place);
}

/* Asked for later, and no longer. */
static void
test_set(void **state)
{
	const struct log_keeping small = { .rotate_bytes = 1 };
	const struct log_keeping none = { .rotate_bytes = 0 };
	struct log *log = begin(0);
	struct log_keeping now;

	(void)state;
	put_some(log, 0, 3);
	assert_int_equal(count_files(&place, ".0"), 0);
	log_set_keeping(log, &small);
	assert_true(wait_files(&place, FIRST, 1));
	log_set_keeping(log, &none);
	log_get_keeping(log, &now);
	assert_int_equal(now.rotate_bytes, 0);
	put_some(log, 3, 3);
	log_close(log);
	assert_int_equal(count_files(&place, ".0"), 1);
	check_all(6);
	place_done(&place);
}

/* Nothing is written over: the same file goes on, and it is said. */
static void
check_collision(const char *suffix)
{
	const struct log_keeping small = { .rotate_bytes = 1 };
	struct log *log = begin(0);
	char *text;
	size_t len;

	put_some(log, 0, 3);
	spill(&place, suffix, "of another", 10);
	log_set_keeping(log, &small);
	assert_true(was_said(&place, FIRST ": cannot give the full log"));
	put_some(log, 3, 3);
	log_close(log);
	text = slurp(&place, suffix, &len);
	assert_int_equal(len, 10);
	assert_memory_equal(text, "of another", len);
	free(text);
	text = slurp(&place, "", &len);
	assert_int_equal(count_of(text, len, "\"bypass-rejected\""), 6);
	assert_int_equal(count_of(text, len, "\"rotated\""), 1);
	free(text);
	assert_true(chain_is_whole(&place, ""));
	place_done(&place);
}

static void
test_collision(void **state)
{
	(void)state;
	check_collision(FIRST ".gz");
}

/* A name that no file can get: the disk, or rights, are in the way. */
static void
test_read_only(void **state)
{
	const struct log_keeping small = { .rotate_bytes = 1 };
	struct log *log;

	(void)state;
	if (geteuid() == 0 && setegid(65534) != 0)
		skip();
	log = begin(0);
	if (geteuid() == 0) {
		assert_int_equal(chown(place.dir, 65534, 65534), 0);
		assert_int_equal(chown(place.path, 65534, 65534), 0);
	}
	put_some(log, 0, 3);
	assert_int_equal(chmod(place.dir, 0500), 0);
	if (geteuid() == 0 && seteuid(65534) != 0)
		fail();
	log_set_keeping(log, &small);
	assert_true(was_said(&place, "cannot give the full log this name"));
	assert_true(was_said(&place, "Permission denied"));
	put_some(log, 3, 3);
	log_close(log);
	assert_int_equal(seteuid(getuid()), 0);
	assert_int_equal(setegid(getgid()), 0);
	assert_int_equal(chmod(place.dir, 0700), 0);
	assert_int_equal(count_files(&place, ".0"), 0);
	assert_true(chain_is_whole(&place, ""));
	place_done(&place);
}

/* Its first lines are gone: it is called by what it begins with now. */
static void
test_first_line(void **state)
{
	struct log *log = begin(0);
	char *text;
	size_t len;

	(void)state;
	put_some(log, 0, 5);
	log_close(log);
	text = slurp(&place, "", &len);
	spill(&place, "", strchr(text, '\n') + 1,
	    len - (size_t)(strchr(text, '\n') + 1 - text));
	free(text);
	place.keeping.rotate_bytes = 1;
	log = place_open(&place);
	assert_true(wait_files(&place, ".000000000002", 1));
	log_close(log);
	assert_int_equal(count_files(&place, FIRST), 0);
	assert_true(chain_of_all(&place, false));
	place_done(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_age),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_collision),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_first_line),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
