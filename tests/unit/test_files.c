/* SPDX-License-Identifier: ISC */
/* test_files.c - are the files of a log found, and no others? */
#include "config.h"

#include "log/files.h"

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

/* What is there, and the files that must be found, by what follows PATH. */
static const struct {
	const char *name, *there, *want;
} cases[] = {
	{ "nothing", "", "" },
	{ "the log alone", "=", "=" },
	{ "in order, the log last", "= .000000000900 .000000000001.gz",
	    ".000000000001.gz .000000000900 =" },
	{ "no log", ".000000000007", ".000000000007" },
	{ "both, after a crash", ".000000000007 .000000000007.gz",
	    ".000000000007" },
	{ "more digits", ".999999999999 .1000000000000",
	    ".999999999999 .1000000000000" },
	{ "fifteen", ".999999999999999", ".999999999999999" },
	{ "sixteen", ".1000000000000000", "" },
	{ "eleven digits", ".00000000001", "" },
	{ "a zero too many", ".0000000000001", "" },
	{ "no sequence", ".000000000000", "" },
	{ "of logrotate", ".1 .2.gz -20261124", "" },
	{ "half packed", ".000000000001.gz.part", "" },
	{ "of others",
	    ".lock .seals .key .torn.000000000001 "
	    ".000000000001.bz2 .000000000001x",
	    "" },
	{ "of another log", "x.000000000001", "" },
};

static void
make(const struct place *place, const char *names)
{
	char *copy = mem_text(names);
	char *rest = copy;
	const char *name;

	while ((name = strsep(&rest, " ")) != NULL)
		if (*name != '\0')
			spill(place, *name == '=' ? "" : name, "", 0);
	free(copy);
}

static void
check_found(const struct place *place, const char *name, const char *want)
{
	struct log_files files;
	struct buf got;
	struct err err;

	buf_init(&got);
	assert_true(log_files_list(place->path, &files, &err));
	for (size_t i = 0; i < files.count; i++) {
		const struct log_file *file = &files.items[i];
		const char *end = file->path + strlen(place->path);

		assert_memory_equal(
		    file->path, place->path, strlen(place->path));
		buf_addf(
		    &got, "%s%s", i > 0 ? " " : "", *end != '\0' ? end : "=");
		assert_int_equal(file->first,
		    *end != '\0' ? strtoull(end + 1, NULL, 10) : 0);
		assert_int_equal(file->packed, strstr(end, ".gz") != NULL);
	}
	print_message("# %s\n", name);
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
	log_files_done(&files);
}

static void
test_list(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct place place;

		place_init(&place);
		make(&place, cases[i].there);
		check_found(&place, cases[i].name, cases[i].want);
		place_done(&place);
	}
}

/* What is no file of ours is no file of the log. */
static void
test_no_file(void **state)
{
	struct place place;
	char name[128];

	(void)state;
	place_init(&place);
	(void)snprintf(name, sizeof(name), "%s.000000000001", place.path);
	assert_int_equal(symlink("/etc/passwd", name), 0);
	(void)snprintf(name, sizeof(name), "%s.000000000002", place.path);
	assert_int_equal(mkdir(name, 0700), 0);
	(void)snprintf(name, sizeof(name), "%s.000000000003", place.path);
	assert_int_equal(mkfifo(name, 0600), 0);
	check_found(&place, "links, directories, pipes", "");
	place_done(&place);
}

static void
test_no_directory(void **state)
{
	struct log_files files;
	struct err err;

	(void)state;
	assert_false(log_files_list("/nowhere/at/all/a.jsonl", &files, &err));
	assert_int_equal(files.count, 0);
	assert_non_null(strstr(err.text, "/nowhere/at/all/a.jsonl"));
}

static void
test_name(void **state)
{
	char *name = log_files_name("/a/b", 42);

	(void)state;
	assert_string_equal(name, "/a/b.000000000042");
	free(name);
	name = log_files_name("b", 1234567890123);
	assert_string_equal(name, "b.1234567890123");
	free(name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_no_directory),
		cmocka_unit_test(test_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
