/* SPDX-License-Identifier: ISC */
/* test_log_read.c - is each line of the log read, once, also while it grows? */
#include "config.h"

#include "log/read.h"

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
#include "policy/record.h"

static struct place place;
static struct log_reader *reader;

static void
begin(const char *text)
{
	struct err err;

	place_init(&place);
	spill(&place, "", text, strlen(text));
	reader = log_reader_open(place.path, &err);
	if (reader == NULL)
		fail_msg("%s", err.text);
}

static void
end(void)
{
	log_reader_close(reader);
	place_done(&place);
}

static void
more(const char *text)
{
	FILE *file = fopen(place.path, "a");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* All that is there, as "line|line|"; "#" for one that is too long. */
static const char *
rest(void)
{
	static char out[65536];
	size_t n = 0;

	for (;;) {
		const char *line;
		size_t len;
		struct err err;

		switch (log_reader_next(reader, &line, &len, &err)) {
		case LOG_READ_LINE:
			assert_true(n + len + 2 < sizeof(out));
			memcpy(out + n, line, len);
			n += len;
			out[n++] = '|';
			break;
		case LOG_READ_LONG:
			out[n++] = '#';
			break;
		case LOG_READ_END:
			out[n] = '\0';
			return out;
		case LOG_READ_FAILED:
			fail_msg("%s", err.text);
		}
	}
}

static enum log_wait
look(void)
{
	struct err err;

	return log_reader_wait(reader, 0, &err);
}

static void
test_lines(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "a", "" },
		{ "a\n", "a|" },
		{ "\n", "|" },
		{ "a\n\nb\n", "a||b|" },
		{ "a\nb", "a|" },
	};

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		begin(cases[i].text);
		assert_string_equal(rest(), cases[i].want);
		assert_string_equal(rest(), "");
		end();
	}
}

/* The longest record is a line, one byte more is none, and costs no other. */
static void
test_long(void **state)
{
	static const size_t sizes[] = { RECORD_LINE - 1, RECORD_LINE,
		RECORD_LINE + 1, 2 * RECORD_LINE, 2 * RECORD_LINE + 1,
		5 * RECORD_LINE, 300001 };

	(void)state;
	for (size_t i = 0; i < NITEMS(sizes); i++) {
		char *text = mem_new(sizes[i] + 10, 1);
		const char *got;

		memcpy(text, "a\n", 2);
		memset(text + 2, 'x', sizes[i] - 1);
		memcpy(text + 2 + sizes[i] - 1, "\nb\n", 3);
		begin(text);
		got = rest();
		if (sizes[i] <= RECORD_LINE)
			assert_int_equal(strlen(got), sizes[i] + 4);
		else
			assert_string_equal(got, "a|#b|");
		end();
		free(text);
	}
}

static void
test_last(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		const char *want;
	} cases[] = {
		{ "a\nb\nc\n", 0, "" },
		{ "a\nb\nc\n", 1, "c|" },
		{ "a\nb\nc\n", 2, "b|c|" },
		{ "a\nb\nc\n", 3, "a|b|c|" },
		{ "a\nb\nc\n", 4, "a|b|c|" },
		{ "a\nb\nc", 1, "b|" },
		{ "", 10, "" },
		{ "torn", 10, "" },
	};

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct err err;

		begin(cases[i].text);
		assert_true(log_reader_last(reader, cases[i].count, &err));
		assert_string_equal(rest(), cases[i].want);
		end();
	}
}

static void
test_follow(void **state)
{
	(void)state;
	begin("a\n");
	assert_string_equal(rest(), "a|");
	assert_int_equal(look(), LOG_WAIT_NOTHING);
	more("b\nc");
	assert_int_equal(look(), LOG_WAIT_MORE);
	assert_string_equal(rest(), "b|");
	assert_int_equal(look(), LOG_WAIT_NOTHING);
	more("c\n");
	assert_int_equal(look(), LOG_WAIT_MORE);
	assert_string_equal(rest(), "cc|");
	end();
}

/* As long as the shortest record, and more: files are told apart by it. */
#define TIME \
	"{\"@timestamp\":\"2026-11-24T04:00:00.123456Z\",\"ecs\":{\"version\":"
#define FIRST TIME "\"8.11.0\"}}"

/* A torn end that the daemon cuts off repeats nothing and hides nothing. */
static void
test_follow_torn(void **state)
{
	const off_t whole = (off_t)strlen(FIRST "\nsecond\n");

	(void)state;
	begin(FIRST "\nsecond\nto");
	assert_string_equal(rest(), FIRST "|second|");
	assert_int_equal(truncate(place.path, whole), 0);
	assert_int_equal(look(), LOG_WAIT_CUT);
	assert_string_equal(rest(), "");
	more("third\n");
	assert_int_equal(look(), LOG_WAIT_MORE);
	assert_string_equal(rest(), "third|");

	/* whole lines that were taken back */
	assert_int_equal(truncate(place.path, whole), 0);
	assert_int_equal(look(), LOG_WAIT_CUT);
	more("3\n");
	assert_int_equal(look(), LOG_WAIT_MORE);
	assert_string_equal(rest(), "3|");
	end();
}

/* What begins anew is read from there. */
static void
test_follow_anew(void **state)
{
	char moved[160];

	(void)state;
	begin("first\nsecond\n");
	assert_string_equal(rest(), "first|second|");
	assert_int_equal(truncate(place.path, 0), 0);
	more("third\n");
	assert_int_equal(look(), LOG_WAIT_CUT);
	assert_string_equal(rest(), "third|");

	/* Moved away: its end is read, then the new one. */
	(void)snprintf(moved, sizeof(moved), "%s.old", place.path);
	assert_int_equal(rename(place.path, moved), 0);
	assert_int_equal(look(), LOG_WAIT_NOTHING);
	spill(&place, "", "fourth\n", 7);
	spill(&place, ".old", "third\nlast\n", 11);
	assert_int_equal(look(), LOG_WAIT_MORE);
	assert_string_equal(rest(), "last|");
	assert_int_equal(look(), LOG_WAIT_NEW);
	assert_string_equal(rest(), "fourth|");
	assert_int_equal(look(), LOG_WAIT_NOTHING);
	end();
}

static void *
add_soon(void *arg)
{
	(void)arg;
	(void)usleep(300000);
	more("b\n");

	return NULL;
}

/* It wakes up by itself, and in time where nothing comes. */
static void
test_wait(void **state)
{
	pthread_t thread;
	struct err err;

	(void)state;
	begin("a\n");
	assert_string_equal(rest(), "a|");
	assert_int_equal(log_reader_wait(reader, 250, &err), LOG_WAIT_NOTHING);
	assert_int_equal(pthread_create(&thread, NULL, add_soon, NULL), 0);
	assert_int_equal(log_reader_wait(reader, 20000, &err), LOG_WAIT_MORE);
	(void)pthread_join(thread, NULL);
	end();
}

/* What no file is, is said. */
static void
test_open(void **state)
{
	struct err err;

	(void)state;
	place_init(&place);
	assert_null(log_reader_open(place.path, &err));
	assert_non_null(strstr(err.text, "No such file"));
	assert_null(log_reader_open(place.dir, &err));
	assert_non_null(strstr(err.text, "not a regular file"));
	assert_int_equal(mkfifo(place.path, 0600), 0);
	assert_null(log_reader_open(place.path, &err));
	assert_non_null(strstr(err.text, "not a regular file"));
	log_reader_close(NULL);
	place_done(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_last),
		cmocka_unit_test(test_follow),
		cmocka_unit_test(test_follow_torn),
		cmocka_unit_test(test_follow_anew),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_open),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
