/* SPDX-License-Identifier: ISC */
/* test_log_start.c - what is made of the file that a start finds? */
#include "config.h"

#include "log/log.h"

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

/* A file of three good records. */
static char *
three(size_t *len)
{
	struct place place;
	struct log *log;
	char *text;

	place_init(&place);
	log = place_open(&place);
	for (unsigned i = 0; i < 3; i++)
		assert_true(put(log, i, true));
	log_close(log);
	text = slurp(&place, "", len);
	place_done(&place);

	return text;
}

/*
 * The end of the file is damaged so; kept of the three records, and torn, of
 * which -1 is the whole last line.
 */
static const struct {
	const char *name;
	size_t cut;       /* bytes taken from the end */
	const char *more; /* then added */
	size_t nmore;
	unsigned kept;
} tears[] = {
	{ "newline missing", 1, "", 0, 2 },
	{ "brace missing", 2, "", 0, 2 },
	{ "one byte of a line", 0, "{", 1, 3 },
	{ "half a line", 200, "", 0, 2 },
	{ "zeros after a crash", 0, "\0\0\0\0\0\0\0\0", 8, 3 },
	{ "hash of another case", 4, "F\"}}\n", 5, 2 },
	{ "one digit of the hash", 4, "g\"}}\n", 5, 2 },
	{ "a space behind", 1, " \n", 2, 2 },
	{ "CR LF", 1, "\r\n", 2, 2 },
	{ "an empty line", 0, "\n", 1, 3 },
	{ "two foreign lines", 0, "hello\nworld\n", 12, 3 },
};

static void
check_tear(size_t i, const char *good, size_t ngood)
{
	size_t n = ngood - tears[i].cut + tears[i].nmore;
	size_t whole = 0;
	char *text = mem_new(n + 1, 1);
	struct place place;
	struct log *log;
	char *now, *torn;
	char name[16];
	size_t nnow, ntorn;

	memcpy(text, good, ngood - tears[i].cut);
	memcpy(text + ngood - tears[i].cut, tears[i].more, tears[i].nmore);
	for (unsigned line = 0; line < tears[i].kept; line++)
		whole += strcspn(good + whole, "\n") + 1;

	place_init(&place);
	spill(&place, "", text, n);
	log = place_open(&place);
	assert_true(put(log, 77, true));
	log_close(log);

	(void)snprintf(name, sizeof(name), ".torn.%u", tears[i].kept + 1);
	print_message("# %s\n", tears[i].name);
	torn = slurp(&place, name, &ntorn);
	assert_int_equal(ntorn, n - whole);
	assert_memory_equal(torn, text + whole, ntorn);
	now = slurp(&place, "", &nnow);
	assert_memory_equal(now, good, whole);
	assert_int_equal(count_of(now, nnow, "\n"), tears[i].kept + 2);
	/* `recovered` comes first. */
	assert_non_null(strstr(now + whole, "\"recovered\""));
	assert_true(strstr(now + whole, "\"recovered\"") <
	    strstr(now + whole, "\"bypass-rejected\""));
	assert_int_equal(ngaps(&place), 1);
	assert_int_equal(gap_of(&place, 0).torn, ntorn);
	assert_true(was_said(&place, "bytes that are no record stand in"));
	assert_true(chain_is_whole(&place, ""));
	free(now);
	free(torn);
	free(text);
	place_done(&place);
}

static void
test_tears(void **state)
{
	size_t len;
	char *good = three(&len);

	(void)state;
	for (size_t i = 0; i < NITEMS(tears); i++)
		check_tear(i, good, len);
	free(good);
}

/* A torn end that was set aside before is not written over. */
static void
test_torn_twice(void **state)
{
	struct place place;
	struct log *log;
	size_t len;
	char *good = three(&len);
	char *torn;

	(void)state;
	place_init(&place);
	spill(&place, "", good, len - 1);
	spill(&place, ".torn.3", "of old", 6);
	spill(&place, ".torn.3.2", "", 0);
	log = place_open(&place);
	assert_true(put(log, 7, true));
	log_close(log);
	free(good);

	torn = slurp(&place, ".torn.3", &len);
	assert_string_equal(torn, "of old");
	free(torn);
	assert_int_equal(size_of(&place, ".torn.3.2"), 0);
	assert_true(size_of(&place, ".torn.3.3") > 100);
	place_done(&place);
}

/* The very first record was torn: there is no record, but it is ours. */
static void
test_torn_first(void **state)
{
	static const char *const texts[] = { "{", "{\"@timestamp\":\"2026-11",
		"{\"@timestamp\":\"2026-11-24T04:00:00.000001Z\",\"ecs\":{" };

	(void)state;
	for (size_t i = 0; i < NITEMS(texts); i++) {
		struct place place;
		struct log *log;

		place_init(&place);
		spill(&place, "", texts[i], strlen(texts[i]));
		log = place_open(&place);
		assert_true(put(log, 1, true));
		log_close(log);
		assert_true(chain_is_whole(&place, ""));
		assert_int_equal(size_of(&place, ".torn.1"), strlen(texts[i]));
		assert_int_equal(gap_of(&place, 0).torn, strlen(texts[i]));
		place_done(&place);
	}
}

/* What is not ours is left alone, to the byte. */
static void
test_foreign(void **state)
{
	static const char *const texts[] = { "root:x:0:0:root:/root:/bin/sh\n",
		"\n", "{}\n", "x",
		/* of ours in its form only */
		"{\"@timestamp\":\"2026-11-24T04:00:00.000001Z\",\"event\":"
		"{\"sequence\":1},\"postern\":{\"a\":1}}\n" };

	(void)state;
	for (size_t i = 0; i < NITEMS(texts); i++) {
		struct place place;
		struct err err;
		size_t len;
		char *text;
		bool taken;

		place_init(&place);
		spill(&place, "", texts[i], strlen(texts[i]));
		assert_null(place_try(&place, &taken, &err));
		assert_false(taken);
		assert_non_null(strstr(err.text, "no audit log"));
		assert_non_null(strstr(err.text, "move it away"));
		text = slurp(&place, "", &len);
		assert_string_equal(text, texts[i]);
		free(text);
		place_done(&place);
	}
}

/* What stands at the path is no file to write to. */
static void
test_no_file(void **state)
{
	struct place place;
	struct err err;
	bool taken;
	char other[128];

	(void)state;
	place_init(&place);
	assert_int_equal(mkfifo(place.path, 0600), 0);
	assert_null(place_try(&place, &taken, &err));
	assert_non_null(strstr(err.text, "not a regular file"));
	assert_int_equal(unlink(place.path), 0);

	assert_int_equal(mkdir(place.path, 0700), 0);
	assert_null(place_try(&place, &taken, &err));
	assert_non_null(strstr(err.text, "directory"));
	assert_int_equal(rmdir(place.path), 0);

	(void)snprintf(other, sizeof(other), "%s/other", place.dir);
	assert_int_equal(symlink(other, place.path), 0);
	assert_null(place_try(&place, &taken, &err));
	assert_non_null(strstr(err.text, "symbolic link"));
	assert_int_not_equal(access(other, F_OK), 0);
	place_done(&place);
}

/* The directory is never made. */
static void
test_no_directory(void **state)
{
	struct place place;
	struct err err;
	bool taken;

	(void)state;
	place_init(&place);
	assert_int_equal(rmdir(place.dir), 0);
	assert_null(place_try(&place, &taken, &err));
	assert_false(taken);
	assert_non_null(strstr(err.text, place.path));
	assert_non_null(strstr(err.text, "make its directory"));
	assert_int_not_equal(access(place.dir, F_OK), 0);
	place_done(&place);
}

/* Root gives what it makes to another, and nothing that was there. */
static void
test_owner(void **state)
{
	struct place place;
	struct stat st;
	struct err err;
	struct log *log;
	bool taken;
	char name[128];

	(void)state;
	if (geteuid() != 0)
		skip();
	place_init(&place);
	spill(&place, ".lock", "", 0);
	{
		const struct log_settings settings = {
			.path = place.path, .owner = 12345, .group = 54321
		};
		const struct log_news news = { .owner = &place };

		log = log_open(&settings, &news, &taken, &err);
	}
	assert_non_null(log);
	log_close(log);
	assert_int_equal(stat(place.path, &st), 0);
	assert_int_equal(st.st_uid, 12345);
	assert_int_equal(st.st_gid, 54321);
	(void)snprintf(name, sizeof(name), "%s.lock", place.path);
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_uid, 0);
	place_done(&place);
}

/* Does what the shell is told in the log's directory. */
static void
shell(const struct place *place, const char *script)
{
	char command[1024];

	(void)snprintf(command, sizeof(command), "cd '%s' && set -e; %s",
	    place->dir, script);
	assert_int_equal(system(command), 0);
}

/*
 * A log of three records, rotated, and three more in PATH, sealed at the end
 * of the first file, and behind the others, too.  One record of its rotation,
 * and one a seal: 1-5 in PATH.000000000001.gz, 6-9 in PATH.
 */
static void
make_rotated(struct place *place)
{
	const struct log_keeping small = { .seal_ms = 3600000,
		.rotate_bytes = 1 };
	const struct log_keeping often = { .seal_ms = 1 };
	const struct log_keeping none = { .seal_ms = 0 };
	struct log *log;

	place_init(place);
	place->keeping.seal_ms = 3600000;
	log = place_open(place);
	for (unsigned i = 0; i < 3; i++)
		assert_true(put(log, i, true));
	log_set_keeping(log, &small);
	assert_true(wait_files(place, ".000000000001.gz", 1));
	log_set_keeping(log, &none);
	shell(place, "cp audit.jsonl.seals early.seals");
	for (unsigned i = 3; i < 6; i++)
		assert_true(put(log, i, true));
	log_set_keeping(log, &often);
	shell(place,
	    "for i in $(seq 200); do [ $(wc -l < audit.jsonl.seals) -ge 3 ] && "
	    "exit; sleep 0.02; done; false");
	log_close(log);
	shell(place,
	    "sed -i 4q audit.jsonl; sed -i 3q audit.jsonl.seals; "
	    "rm audit.jsonl.key; cp audit.jsonl.seals late.seals; "
	    "mv audit.jsonl late; rm audit.jsonl.seals; "
	    "printf '%015d %s %015d\\n' 9 $(tail -n 1 late | "
	    "sed -E 's/.*\"hash\":\"([0-9a-f]+)\"}}$/\\1/') 2 "
	    "> late.lock; rm audit.jsonl.lock; "
	    "gzip -dc audit.jsonl.000000000001.gz > early");
	place->keeping = none;
	assert_true(chain_goes_on(place, ".000000000001.gz", NULL));
}

#define PLAIN "mv early audit.jsonl.000000000001; rm *.gz; "
#define NOTED "cp late.lock audit.jsonl.lock; "
#define LATE "cp late.seals audit.jsonl.seals; "

/* What a start finds, and the sequence of the next record then. */
static const struct {
	const char *name;
	const char *script;
	uint64_t next;   /* of the first record that is written */
	uint64_t gone;   /* of its gap; */
	bool torn;       /* neither: nothing is to be told */
	bool is_whole;   /* all files make one chain */
	const char *has; /* what must be there then, besides PATH */
} starts[] = {
	{ "crash before the new name", "mv early audit.jsonl; rm *.gz", 6, 0,
	    false, true, "audit.jsonl.000000000001*" },
	{ "crash with both names",
	    "mv early audit.jsonl; rm *.gz; "
	    "ln audit.jsonl audit.jsonl.000000000001",
	    6, 0, false, true, "audit.jsonl.000000000001*" },
	{ "no PATH, plain", PLAIN ":", 6, 0, false, true,
	    "audit.jsonl.000000000001*" },
	{ "no PATH, packed", ":", 6, 0, false, true,
	    "audit.jsonl.000000000001.gz" },
	{ "no PATH, packed and plain", "mv early audit.jsonl.000000000001", 6,
	    0, false, true, "audit.jsonl.000000000001*" },
	{ "no PATH, sealed before", "cp early.seals audit.jsonl.seals", 6, 0,
	    false, true, "audit.jsonl.000000000001.gz" },
	{ "empty PATH, plain", PLAIN ": > audit.jsonl", 6, 0, false, true,
	    "audit.jsonl.000000000001*" },
	{ "empty PATH, packed", ": > audit.jsonl", 6, 0, false, true,
	    "audit.jsonl.000000000001.gz" },
	{ "a beginning in PATH", "printf '{\"@timest' > audit.jsonl", 6, 0,
	    true, true, "audit.jsonl.torn.6" },
	{ "PATH as it was", LATE "mv late audit.jsonl", 10, 0, false, true,
	    "audit.jsonl.000000000001.gz" },
	{ "no PATH, a later seal", LATE ":", 10, 4, false, false,
	    "audit.jsonl.000000000001.gz" },
	{ "empty PATH, a later seal", LATE ": > audit.jsonl", 10, 4, false,
	    false, "audit.jsonl.000000000001.gz" },
	{ "PATH cut, a later seal", LATE "sed 2q late > audit.jsonl", 10, 2,
	    false, false, "audit.jsonl.000000000001.gz" },
	{ "nothing but a later seal", LATE "rm *.gz", 10, 9, false, false,
	    "audit.jsonl" },
	{ "an older PATH", "sed 2q early > audit.jsonl", 6, 0, true, true,
	    "audit.jsonl.torn.6" },
	{ "an older PATH, plain",
	    PLAIN "sed 2q audit.jsonl.000000000001 > audit.jsonl", 6, 0, true,
	    true, "audit.jsonl.torn.6" },
	{ "PATH as it was, noted", NOTED "mv late audit.jsonl", 10, 0, false,
	    true, "audit.jsonl.000000000001.gz" },
	{ "no PATH, noted", NOTED ":", 10, 4, false, false,
	    "audit.jsonl.000000000001.gz" },
	{ "empty PATH, noted", NOTED ": > audit.jsonl", 10, 4, false, false,
	    "audit.jsonl.000000000001.gz" },
	{ "PATH cut, noted", NOTED "sed 2q late > audit.jsonl", 10, 2, false,
	    false, "audit.jsonl.000000000001.gz" },
	{ "the last record torn, noted", NOTED "head -c -10 late > audit.jsonl",
	    9, 0, true, true, "audit.jsonl.torn.9" },
	{ "two records torn, noted",
	    NOTED "sed '$d' late | head -c -10 > audit.jsonl", 10, 2, true,
	    false, "audit.jsonl.torn.10" },
	{ "nothing but a note", NOTED "rm *.gz", 10, 9, false, false,
	    "audit.jsonl" },
	{ "PATH further than the note",
	    "printf '%015d %064d %015d\\n' 3 0 0 > audit.jsonl.lock; "
	    "mv late audit.jsonl",
	    10, 0, false, true, "audit.jsonl" },
	{ "a note of something else",
	    "seq 99 > audit.jsonl.lock; "
	    "mv late audit.jsonl",
	    10, 0, false, true, "audit.jsonl" },
	{ "a note cut short", NOTED "truncate -s 80 audit.jsonl.lock", 6, 0,
	    false, true, "audit.jsonl.000000000001.gz" },
	{ "a note too large",
	    "printf '%016d %063d %015d\\n' 9999999999999999 0 0 > audit.jsonl.lock",
	    6, 0, false, true, "audit.jsonl.000000000001.gz" },
	{ "an older PATH, a later seal", LATE "sed 2q early > audit.jsonl", 10,
	    4, true, false, "audit.jsonl.torn.10" },
	{ "no record in the rotated file, which PATH follows",
	    "mv late audit.jsonl; echo x > audit.jsonl.000000000001.gz", 10, 0,
	    false, false, "audit.jsonl.000000000001.gz" },
};

/* The sequence of the first record behind those of the script. */
static void
check_next(struct place *place, size_t before, uint64_t next)
{
	char want[64], *text;
	size_t len;

	text = slurp(place, "", &len);
	(void)snprintf(want, sizeof(want), "\"sequence\":%u,", (unsigned)next);
	assert_non_null(strstr(text + before, want));
	assert_true(strstr(text + before, want) < strchr(text + before, '\n'));
	free(text);
}

/* That log again, as it was made once. */
static void
begin_from(struct place *place, const struct place *made)
{
	char script[128];

	place_init(place);
	(void)snprintf(script, sizeof(script), "cp -a '%s'/. .", made->dir);
	shell(place, script);
}

static void
check_start(size_t i, const struct place *made)
{
	bool is_told = starts[i].torn || starts[i].gone > 0;
	char there[256];
	struct place place;
	struct log *log;
	struct err err;
	long before;
	bool taken;

	print_message("# %s\n", starts[i].name);
	begin_from(&place, made);
	shell(&place, starts[i].script);
	log = place_try(&place, &taken, &err);
	if (log == NULL)
		fail_msg("%s", err.text);
	before = size_of(&place, "");
	assert_true(log_start(log, &err));
	assert_true(put(log, 77, true));
	log_close(log);

	assert_int_equal(ngaps(&place), is_told);
	if (is_told) {
		assert_int_equal(gap_of(&place, 0).gone, starts[i].gone);
		assert_int_equal(gap_of(&place, 0).torn > 0, starts[i].torn);
	}
	check_next(&place, (size_t)before, starts[i].next);
	(void)snprintf(there, sizeof(there), "ls %s > found", starts[i].has);
	shell(&place, there);
	assert_int_equal(chain_of_all(&place, true), starts[i].is_whole);
	place_done(&place);
}

static void
test_rotated(void **state)
{
	struct place made;

	(void)state;
	make_rotated(&made);
	for (size_t i = 0; i < NITEMS(starts); i++)
		check_start(i, &made);
	place_done(&made);
}

/* Where it cannot be read how far the chain came none is begun. */
static void
test_unknown(void **state)
{
	static const char *const scripts[] = {
		"echo x > audit.jsonl.000000000001.gz",
		"echo x > audit.jsonl.seals",
		"echo x > audit.jsonl.seals; : > audit.jsonl",
	};

	struct place made;

	(void)state;
	make_rotated(&made);
	for (size_t i = 0; i < NITEMS(scripts); i++) {
		struct place place;
		struct err err;
		bool taken;

		print_message("# %s\n", scripts[i]);
		begin_from(&place, &made);
		shell(&place, scripts[i]);
		assert_null(place_try(&place, &taken, &err));
		assert_non_null(strstr(err.text, place.path));
		assert_true(size_of(&place, "") <= 0);
		place_done(&place);
	}
	place_done(&made);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tears),
		cmocka_unit_test(test_torn_twice),
		cmocka_unit_test(test_torn_first),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_no_directory),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_rotated),
		cmocka_unit_test(test_unknown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
