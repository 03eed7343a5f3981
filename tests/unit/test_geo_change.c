/* SPDX-License-Identifier: ISC */
/* test_geo_change.c - what if a database's file changes while it is in use? */
#include "config.h"

#include "lists/geo.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "mmdb_help.h"

#define PATH "test_geo_change.mmdb"
#define NEW PATH ".new"

enum {
	THREADS = 4,
	ROUNDS = 6,
	UNKNOWN = 0 /* in the place of a number */
};

/* A database in which each address is of that network. */
static void
write_asn(const char *path, const char *asn)
{
	struct buf data;

	buf_init(&data);
	mmdb_map(&data, 1);
	mmdb_text(&data, "asn");
	mmdb_text(&data, asn);
	mmdb_write_one(path, &data);
	buf_done(&data);
}

static void
write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* As a package does it: written beside it, then renamed. */
static void
replace(const char *asn)
{
	write_asn(NEW, asn);
	assert_int_equal(rename(NEW, PATH), 0);
}

static struct geo_base *
base_new(bool want_damaged)
{
	bool damaged = false;
	struct err err = { "" };
	struct geo_base *base = geo_base_new(GEO_ASN, PATH, &damaged, &err);

	if (base == NULL || damaged != want_damaged)
		fail_msg("damaged %d: %s", damaged, err.text);

	return base;
}

static uint32_t
asn_of(struct geo_base *base)
{
	struct addr addr;
	struct geo geo;

	assert_true(addr_parse("192.0.2.1", &addr));
	geo_find(base, NULL, &addr, &geo);

	return geo.asn_state == GEO_FOUND ? geo.asn : UNKNOWN;
}

/* The first look that finds a file changed does nothing else. */
static enum geo_change
look_twice(struct geo_base *base, struct err *err)
{
	assert_int_equal(geo_base_refresh(base, err), GEO_SAME);

	return geo_base_refresh(base, err);
}

static void
must_refuse(struct geo_base *base, const char *part)
{
	struct err err = { "" };

	assert_int_equal(look_twice(base, &err), GEO_REFUSED);
	if (strstr(err.text, part) == NULL)
		fail_msg("got %s, want %s", err.text, part);
	/* it is told once */
	assert_int_equal(look_twice(base, &err), GEO_SAME);
}

static void
must_take(struct geo_base *base, uint32_t asn)
{
	struct err err = { "" };

	if (look_twice(base, &err) != GEO_TAKEN)
		fail_msg("not taken: %s", err.text);
	assert_int_equal(asn_of(base), asn);
	assert_int_equal(look_twice(base, &err), GEO_SAME);
}

static void
must_be_same(struct geo_base *base, uint32_t asn)
{
	struct err err = { "" };

	assert_int_equal(look_twice(base, &err), GEO_SAME);
	assert_int_equal(geo_base_refresh(base, &err), GEO_SAME);
	assert_int_equal(asn_of(base), asn);
}

static void
test_ways_to_change(void **state)
{
	struct geo_base *base;

	(void)state;
	write_asn(PATH, "AS1");
	base = base_new(false);
	must_be_same(base, 1);
	replace("AS2");
	must_take(base, 2);
	/* over itself, of the same length */
	write_asn(PATH, "AS3");
	must_take(base, 3);
	/* the same bytes again are no news */
	replace("AS3");
	must_be_same(base, 3);
	assert_int_equal(utimensat(AT_FDCWD, PATH, NULL, 0), 0);
	must_be_same(base, 3);
	assert_int_equal(remove(PATH), 0);
	must_be_same(base, 3);
	replace("AS4");
	must_take(base, 4);
	geo_base_free(base);
}

/* As `cp -p` does: neither length nor date tell. */
static void
test_old_date(void **state)
{
	struct geo_base *base;
	struct stat before;
	struct timespec times[2];

	(void)state;
	write_asn(PATH, "AS1");
	assert_int_equal(stat(PATH, &before), 0);
	base = base_new(false);
	must_be_same(base, 1);
	write_asn(PATH, "AS2");
	times[0] = before.st_atim;
	times[1] = before.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, PATH, times, 0), 0);
	must_take(base, 2);
	geo_base_free(base);
}

static void
test_damaged_later(void **state)
{
	struct geo_base *base;

	(void)state;
	write_asn(PATH, "AS1");
	base = base_new(false);
	must_be_same(base, 1);
	assert_int_equal(truncate(PATH, 100), 0);
	must_refuse(base, "; keeping the one in use");
	assert_int_equal(asn_of(base), 1);
	write_text(PATH, "no database");
	must_refuse(base, PATH " is damaged: ");
	write_text(PATH, "");
	must_refuse(base, PATH " is damaged: ");
	assert_int_equal(asn_of(base), 1);
	/* a directory in its place */
	assert_int_equal(remove(PATH), 0);
	assert_int_equal(mkdir(PATH, 0700), 0);
	must_refuse(base, PATH " is no regular file");
	assert_int_equal(rmdir(PATH), 0);
	/* back to what it was is news after all that */
	replace("AS1");
	must_take(base, 1);
	geo_base_free(base);
}

static void
test_damaged_first(void **state)
{
	struct geo_base *base;

	(void)state;
	write_text(PATH, "no database");
	base = base_new(true);
	assert_int_equal(asn_of(base), UNKNOWN);
	must_be_same(base, UNKNOWN);
	write_text(PATH, "another one");
	must_refuse(base, "what needs it stays unknown");
	replace("AS1");
	must_take(base, 1);
	geo_base_free(base);
}

/* Not the file's fault: it is tried again by itself. */
static void
test_no_descriptor(void **state)
{
	struct geo_base *base;
	struct rlimit before, none;
	struct err err = { "" };
	unsigned looks = 0;
	int next;

	(void)state;
	write_asn(PATH, "AS1");
	base = base_new(false);
	must_be_same(base, 1);
	replace("AS2");
	next = dup(STDERR_FILENO);
	assert_int_equal(close(next), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	must_refuse(base, ": Too many open files");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	while (geo_base_refresh(base, &err) != GEO_TAKEN)
		assert_true(looks++ < 60);
	assert_int_equal(asn_of(base), 2);
	geo_base_free(base);
}

/* One that is written for long: nothing of it is read before its end. */
static void
test_slow_writer(void **state)
{
	struct geo_base *base;
	struct err err;

	(void)state;
	write_asn(PATH, "AS1");
	base = base_new(false);
	for (size_t len = 0; len < 20; len++) {
		assert_int_equal(truncate(PATH, (off_t)len), 0);
		assert_int_equal(geo_base_refresh(base, &err), GEO_SAME);
	}
	replace("AS2");
	must_take(base, 2);
	geo_base_free(base);
}

static void
test_inherit(void **state)
{
	struct geo_base *good, *damaged, *other;
	bool is_damaged;
	struct err err;

	(void)state;
	write_asn(PATH, "AS1");
	good = base_new(false);
	write_asn(NEW, "AS9");
	other = geo_base_new(GEO_ASN, NEW, &is_damaged, &err);
	assert_false(is_damaged);
	write_text(PATH, "no database");
	damaged = base_new(true);

	geo_base_inherit(damaged, other); /* of another path */
	assert_int_equal(asn_of(damaged), UNKNOWN);
	geo_base_inherit(damaged, good);
	assert_int_equal(asn_of(damaged), 1);
	geo_base_free(good); /* what is inherited lives on */
	assert_int_equal(asn_of(damaged), 1);
	must_be_same(damaged, 1);

	/* what is good keeps its own */
	write_asn(PATH, "AS2");
	good = base_new(false);
	geo_base_inherit(good, damaged);
	assert_int_equal(asn_of(good), 2);
	must_take(damaged, 2);
	geo_base_free(good);
	geo_base_free(damaged);
	geo_base_free(other);
	assert_int_equal(remove(NEW), 0);
}

static struct {
	struct geo_base *base;
	atomic_bool stop;
	atomic_uint lookups;
} shared;

/*
 * A heap that is in use must not stop the child.  That of AddressSanitizer
 * (gcc 12) does: a lock of it that is held at a fork() stays so in the child.
 */
static void
use_heap(void)
{
#ifndef __SANITIZE_ADDRESS__
	char *text = mem_text("of any length");

	free(text);
#endif
}

/* Always one of those that were in use. */
static void *
look_up(void *unused)
{
	uintptr_t wrong = 0;

	(void)unused;
	while (!atomic_load(&shared.stop)) {
		uint32_t asn = asn_of(shared.base);

		wrong += asn != 1 && asn != 2;
		use_heap();
		atomic_fetch_add(&shared.lookups, 1);
	}

	return (void *)wrong; /* NOLINT: a number, not a place */
}

static void
wait_for_lookups(void)
{
	unsigned before = atomic_load(&shared.lookups);

	while (atomic_load(&shared.lookups) - before < 100)
		(void)usleep(100);
}

/* All that may happen to a file, while it is looked up. */
static void
change(unsigned round)
{
	struct err err = { "" };

	assert_int_equal(truncate(PATH, 1), 0);
	wait_for_lookups();
	assert_int_equal(look_twice(shared.base, &err), GEO_REFUSED);
	write_text(PATH, "garbage of any length at all, over and over");
	wait_for_lookups();
	assert_int_equal(look_twice(shared.base, &err), GEO_REFUSED);
	replace(round % 2 == 0 ? "AS2" : "AS1");
	if (look_twice(shared.base, &err) != GEO_TAKEN)
		fail_msg("not taken: %s", err.text);
	wait_for_lookups();
}

static void
test_while_in_use(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	write_asn(PATH, "AS1");
	shared.base = base_new(false);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, look_up, NULL), 0);
	for (unsigned round = 0; round < ROUNDS; round++)
		change(round);
	atomic_store(&shared.stop, true);
	for (size_t i = 0; i < THREADS; i++) {
		void *wrong;

		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	geo_base_free(shared.base);
}

static int
leave(void **state)
{
	(void)state;
	(void)remove(PATH); /* a failed test may not have made them */
	(void)remove(NEW);

	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways_to_change),
		cmocka_unit_test(test_old_date),
		cmocka_unit_test(test_damaged_later),
		cmocka_unit_test(test_damaged_first),
		cmocka_unit_test(test_no_descriptor),
		cmocka_unit_test(test_slow_writer),
		cmocka_unit_test(test_inherit),
		cmocka_unit_test(test_while_in_use),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, leave);
}
