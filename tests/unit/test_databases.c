/* SPDX-License-Identifier: ISC */
/* test_databases.c - which databases of networks and countries are in force? */
#include "config.h"

#include "lists/databases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lists/generation.h"
#include "mmdb_help.h"

enum {
	TODAY = 20000 /* 2024-10-04 */
};

static char directory[] = "/tmp/postern-databases-XXXXXX";

/* `geo` stands on the second line; both keys name files of the directory. */
static void
write_conf(const char *asn, const char *country)
{
	FILE *file = fopen("postern.conf", "w");

	assert_non_null(file);
	assert_true(
	    fprintf(file,
		"unlisted = \"accept\";\n"
		"geo: { asn = \"%s/%s\"; country = \"%s/%s\"; };\n"
		"policies = ( { name = \"p\"; domains = [ \"example.com\" ];\n"
		"allow = ( { networks = [ \"192.0.2.0/24\" ]; asn = [ 64500 ];"
		" country = [ \"DE\" ]; } ); } );\n",
		directory, asn, directory, country) > 0);
	assert_int_equal(fclose(file), 0);
}

static void
write_both(const char *path, const char *asn, const char *country)
{
	struct buf data;

	buf_init(&data);
	mmdb_map(&data, 2);
	mmdb_text(&data, "asn");
	mmdb_text(&data, asn);
	mmdb_text(&data, "country_code");
	mmdb_text(&data, country);
	mmdb_write_one(path, &data);
	buf_done(&data);
}

static void
write_junk(const char *path)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs("junk", file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* NULL: there was an error.  *said: what diags say, to be freed. */
static struct generation *
load(char **said)
{
	struct generation *generation;
	struct diags diags;
	struct buf text;

	diags_init(&diags);
	buf_init(&text);
	generation = generation_load("postern.conf", TODAY, &diags);
	diags_text(&diags, &text);
	*said = strdup(buf_text(&text));
	diags_done(&diags);
	buf_done(&text);

	return generation;
}

static void
check_geo(const struct generation *generation, enum geo_state state,
    uint32_t asn, const char *country)
{
	struct addr addr;
	struct geo geo;

	assert_true(addr_parse("198.51.100.1", &addr));
	generation_geo(generation, &addr, &geo);
	assert_int_equal(geo.asn_state, state);
	assert_int_equal(geo.asn, asn);
	assert_int_equal(geo.country_state, state);
	assert_string_equal(geo.country, country);
}

static void
test_sound(void **state)
{
	struct generation *generation;
	char *said;

	(void)state;
	write_both("a.mmdb", "AS64500", "DE");
	write_both("b.mmdb", "AS64501", "AT");
	write_conf("a.mmdb", "b.mmdb");
	generation = load(&said);
	assert_string_equal(said, "");
	check_geo(generation, GEO_FOUND, 64500, "AT");
	generation_unref(generation);
	free(said);
}

/* All that is wrong, each at its line, with the cure. */
static void
test_missing(void **state)
{
	char want[1024], *said;

	(void)state;
	write_conf("none.mmdb", "nor-this.mmdb");
	assert_null(load(&said));
	(void)snprintf(want, sizeof(want),
	    "postern.conf:2: geo.asn: cannot read %s/none.mmdb: No such file "
	    "or directory; put the database there, or correct geo\n"
	    "postern.conf:2: geo.country: cannot read %s/nor-this.mmdb: No "
	    "such file or directory; put the database there, or correct geo\n",
	    directory, directory);
	assert_string_equal(said, want);
	free(said);
}

static void
test_damaged(void **state)
{
	struct generation *generation;
	char *said;

	(void)state;
	write_junk("a.mmdb");
	write_conf("a.mmdb", "a.mmdb");
	generation = load(&said);
	assert_non_null(generation);
	assert_non_null(strstr(said, "postern.conf:2: warning: geo.asn: "));
	assert_non_null(
	    strstr(said, "\npostern.conf:2: warning: geo.country: "));
	check_geo(generation, GEO_UNKNOWN, 0, "");
	generation_unref(generation);
	free(said);
}

/* The same file may serve for both, but must hold both. */
static void
test_wrong_one(void **state)
{
	struct generation *generation;
	char *said;

	(void)state;
	write_both("a.mmdb", "AS64500", "");
	write_conf("a.mmdb", "a.mmdb");
	generation = load(&said);
	assert_non_null(generation);
	assert_null(strstr(said, "geo.asn: "));
	assert_non_null(strstr(said, "no record in it has a country"));
	generation_unref(generation);
	free(said);
}

/* A version is of what the admin wrote, not of what a vendor sends daily. */
static void
test_version(void **state)
{
	struct generation *one, *two;
	char *said;

	(void)state;
	write_both("a.mmdb", "AS64500", "DE");
	write_conf("a.mmdb", "a.mmdb");
	one = load(&said);
	free(said);
	write_both("a.mmdb", "AS64501", "AT");
	two = load(&said);
	free(said);
	assert_string_equal(
	    generation_rules(one)->version, generation_rules(two)->version);
	generation_unref(one);
	generation_unref(two);
}

/* As a reload does it. */
static void
test_next_generation(void **state)
{
	struct generation *before, *after;
	const struct databases *databases;
	struct err err;
	char *said;

	(void)state;
	write_both("a.mmdb", "AS64500", "DE");
	write_conf("a.mmdb", "a.mmdb");
	before = load(&said);
	free(said);
	write_junk("a.mmdb");
	after = load(&said);
	free(said);
	databases = generation_databases(after);
	databases_inherit(databases, generation_databases(before));
	generation_unref(before);
	check_geo(after, GEO_FOUND, 64500, "DE");

	write_both("a.mmdb", "AS64501", "AT");
	for (enum geo_kind kind = 0; kind < GEO_KINDS; kind++) {
		assert_int_equal(
		    databases_refresh(databases, kind, &err), GEO_SAME);
		assert_int_equal(
		    databases_refresh(databases, kind, &err), GEO_TAKEN);
	}
	check_geo(after, GEO_FOUND, 64501, "AT");
	generation_unref(after);
}

static int
enter(void **state)
{
	(void)state;

	return mkdtemp(directory) == NULL || chdir(directory) != 0;
}

static int
leave(void **state)
{
	(void)state;
	(void)remove("a.mmdb"); /* a failed test may not have made them */
	(void)remove("b.mmdb");
	(void)remove("postern.conf");

	return chdir("/") != 0 || rmdir(directory) != 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_wrong_one),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_next_generation),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, enter, leave);
}
