/* SPDX-License-Identifier: ISC */
/*
 * test_pack.c - is a packed file the same file, and is none ever lost?
 *
 * What it holds is what gzip(1) makes of it.
 */
#include "config.h"

#include "log/pack.h"

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

static atomic_bool stop;

static void
run(const struct place *place, const char *command)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "p='%s'; %s", place->path, command);
	assert_int_equal(system(text), 0);
}

/* Bytes that gzip cannot make much of, and more than one piece of them. */
static char *
make(struct place *place, size_t len)
{
	char *text = mem_new(len + 1, 1);
	uint32_t value = 1;

	place_init(place);
	for (size_t i = 0; i < len; i++) {
		value = value * 1664525 + 1013904223;
		text[i] = (char)(value >> 24);
	}
	spill(place, "", text, len);

	return text;
}

static void
check_packed(const struct place *place, const char *text, size_t len)
{
	size_t got;
	char *back;

	assert_int_equal(size_of(place, ""), -1);
	assert_int_equal(size_of(place, ".gz.part"), -1);
	run(place, "gzip -dc \"$p.gz\" > \"$p.back\"");
	back = slurp(place, ".back", &got);
	assert_int_equal(got, len);
	assert_memory_equal(back, text, len);
	free(back);
}

static void
test_same(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 300000 };

	(void)state;
	for (size_t i = 0; i < NITEMS(sizes); i++) {
		struct place place;
		char *text = make(&place, sizes[i]);
		struct err err;

		assert_true(pack_file(place.path, &stop, &err));
		check_packed(&place, text, sizes[i]);
		free(text);
		place_done(&place);
	}
}

/* It looks like the file that it stands for. */
static void
test_looks(void **state)
{
	struct place place;
	char *text = make(&place, 1000);
	char name[128];
	struct stat before, after;
	struct err err;

	(void)state;
	run(&place, "chmod 0640 \"$p\"; touch -d 2020-02-02T02:02:02Z \"$p\"");
	if (geteuid() == 0)
		assert_int_equal(chown(place.path, 12345, 54321), 0);
	assert_int_equal(stat(place.path, &before), 0);
	assert_true(pack_file(place.path, &stop, &err));
	(void)snprintf(name, sizeof(name), "%s.gz", place.path);
	assert_int_equal(stat(name, &after), 0);
	assert_int_equal(after.st_mode, before.st_mode);
	assert_int_equal(after.st_uid, before.st_uid);
	assert_int_equal(after.st_gid, before.st_gid);
	assert_int_equal(after.st_mtime, 1580608922);
	free(text);
	place_done(&place);
}

/* A crash while it was written, and one before the plain file went. */
static void
test_crashed(void **state)
{
	static const char *const left[] = { "echo half > \"$p.gz.part\"",
		"gzip -c \"$p\" > \"$p.gz\"",
		"gzip -c \"$p\" > \"$p.gz\"; echo half > \"$p.gz.part\"" };

	(void)state;
	for (size_t i = 0; i < NITEMS(left); i++) {
		struct place place;
		char *text = make(&place, 100000);
		struct err err;

		run(&place, left[i]);
		assert_true(pack_file(place.path, &stop, &err));
		if (i < 2)
			check_packed(&place, text, 100000);
		free(text);
		place_done(&place);
	}
}

/* Where another file has the name neither is touched. */
static const char *const others[] = {
	"echo no gzip > \"$p.gz\"",
	": > \"$p.gz\"",
	"head -c 9999 \"$p\" | gzip > \"$p.gz\"",
	"(cat \"$p\"; echo more) | gzip > \"$p.gz\"",
	"cp \"$p\" \"$p.gz\"",
	/* whole but for the sum at its end, or a part of it */
	"gzip -c \"$p\" | head -c -1 > \"$p.gz\"",
	"gzip -c \"$p\" | head -c -8 > \"$p.gz\"",
	"mkdir \"$p.gz\"",
	"cp \"$p\" \"$p.x\"; ln -s \"$p.x\" \"$p.gz\"",
};

static void
check_other(const char *command, size_t len)
{
	struct place place;
	char *text = make(&place, len);
	struct err err;

	print_message("# %s, %zu bytes\n", command, len);
	run(&place, command);
	assert_false(pack_file(place.path, &stop, &err));
	assert_non_null(strstr(err.text, ".gz"));
	assert_int_equal(size_of(&place, ""), len);
	free(text);
	place_done(&place);
}

/* Not the edge of a piece, and the edge. */
static void
test_other(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(others); i++) {
		check_other(others[i], 100000);
		check_other(others[i], 131072);
	}
}

static void
test_stopped(void **state)
{
	struct place place;
	char *text = make(&place, 100000);
	struct err err;

	(void)state;
	atomic_store(&stop, true);
	assert_false(pack_file(place.path, &stop, &err));
	assert_int_equal(size_of(&place, ""), 100000);
	assert_int_equal(size_of(&place, ".gz"), -1);
	assert_int_equal(size_of(&place, ".gz.part"), -1);
	atomic_store(&stop, false);
	free(text);
	place_done(&place);
}

/* Root follows no link into somebody's file. */
static void
test_links(void **state)
{
	struct place place;
	char *text = make(&place, 100);
	struct err err;

	(void)state;
	run(&place, "mv \"$p\" \"$p.x\"; ln -s \"$p.x\" \"$p\"");
	assert_false(pack_file(place.path, &stop, &err));
	run(&place,
	    "rm \"$p\"; mv \"$p.x\" \"$p\"; echo x > \"$p.victim\"; "
	    "ln -s \"$p.victim\" \"$p.gz.part\"");
	assert_true(pack_file(place.path, &stop, &err));
	assert_int_equal(size_of(&place, ".victim"), 2);
	check_packed(&place, text, 100);
	free(text);
	place_done(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_crashed),
		cmocka_unit_test(test_other),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_links),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
