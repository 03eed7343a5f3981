/* SPDX-License-Identifier: ISC */
/* test_geo_damage.c - what becomes of a database that cannot be read? */
#include "config.h"

#include "lists/geo.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "mmdb_help.h"

#define CRAFTED "test_geo_damage.mmdb"

enum {
	PATH_ROOM = 512,
	DEEP = 600000, /* of two bytes each: the 1.2 MB that were measured */
	FITTING = 10000,
	FAN = 4096,
	WIDE = 4 * 1024 * 1024
};

/* Damaged, and nothing is known; or else every address has an answer. */
static void
look_up(const char *path, struct geo_base *base, bool damaged)
{
	for (unsigned i = 0; i < 512; i++) {
		uint8_t bytes[16] = { (uint8_t)(i * 37), (uint8_t)(i * 11) };
		struct addr addr =
		    addr_of_bytes(i % 2 == 0 ? FAMILY_V4 : FAMILY_V6, bytes);
		struct geo geo;

		geo_find(NULL, base, &addr, &geo);
		if (damaged != (geo.country_state == GEO_UNKNOWN))
			fail_msg("%s: damaged %d, state %d", path, damaged,
			    geo.country_state);
	}
}

/* The words of what is damaged, "" where it is sound. */
static struct err
judge(const char *path)
{
	bool damaged = false;
	struct err err = { "" };
	struct geo_base *base = geo_base_new(GEO_COUNTRY, path, &damaged, &err);

	if (base == NULL)
		fail_msg("%s: %s", path, err.text);
	look_up(path, base, damaged);
	geo_base_free(base);
	if (!damaged)
		err.text[0] = '\0';

	return err;
}

static void
must_be_damaged(const char *name, const char *part)
{
	struct err err = judge(CRAFTED);

	if (strstr(err.text, part) == NULL)
		fail_msg("%s: got %s, want %s", name, err.text, part);
}

/* What can be read of them holds neither network nor country. */
static void
test_bad_data(void **state)
{
	const char *srcdir = getenv("srcdir");
	char folder[PATH_ROOM], path[2 * PATH_ROOM];
	const struct dirent *entry;
	size_t count = 0;
	DIR *dir;

	(void)state;
	(void)snprintf(folder, sizeof(folder), "%s/tests/data/mmdb/bad-data",
	    srcdir == NULL ? "." : srcdir);
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (!str_ends_with(entry->d_name, ".mmdb"))
			continue;
		(void)snprintf(
		    path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (judge(path).text[0] == '\0')
			fail_msg("%s: taken as sound", entry->d_name);
		count++;
	}
	(void)closedir(dir);
	assert_true(count >= 25);
}

static void
put_country(struct buf *data)
{
	mmdb_map(data, 1);
	mmdb_text(data, "country");
	mmdb_text(data, "DE");
}

static void
nest(struct buf *data, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		mmdb_array(data, 1);
	mmdb_array(data, 0);
}

static void
check_deep(unsigned depth)
{
	struct buf data;

	buf_init(&data);
	mmdb_map(&data, 2);
	mmdb_text(&data, "nested");
	nest(&data, depth);
	mmdb_text(&data, "country");
	mmdb_text(&data, "DE");
	mmdb_write_one(CRAFTED, &data);
	buf_done(&data);
	must_be_damaged("deep", "libmaxminddb fails on it");
}

/*
 * A segmentation fault of libmaxminddb 1.7.1.  What would just fit on a
 * thread's whole stack is none the better: some of that is in use.
 */
static void
test_deep_record(void **state)
{
	(void)state;
	check_deep(DEEP);
	check_deep(FITTING);
}

/* The same in what is read at the opening. */
static void
test_deep_metadata(void **state)
{
	const struct mmdb_node root = { mmdb_data(1, 0), mmdb_none(1) };
	struct buf data, nested;

	(void)state;
	buf_init(&data);
	buf_init(&nested);
	put_country(&data);
	nest(&nested, 60000);
	mmdb_write(CRAFTED, 6, &root, 1, &data, &nested);
	buf_done(&data);
	buf_done(&nested);
	(void)judge(CRAFTED); /* either way, it must be over */
}

static void
write_tree(unsigned ip_version, const struct mmdb_node *nodes, size_t count)
{
	struct buf data;

	buf_init(&data);
	put_country(&data);
	mmdb_write(CRAFTED, ip_version, nodes, count, &data, NULL);
	buf_done(&data);
}

/* A way down through count nodes, both records of each the next one. */
static void
write_chain(unsigned ip_version, size_t count)
{
	struct mmdb_node *nodes = mem_new(count, sizeof(nodes[0]));

	for (size_t i = 0; i < count; i++) {
		uint32_t next =
		    i + 1 < count ? (uint32_t)i + 1 : mmdb_data(count, 0);

		nodes[i] = (struct mmdb_node){ next, next };
	}
	write_tree(ip_version, nodes, count);
	free(nodes);
}

/* As many steps as an address has bits, and one more. */
static void
test_long_ways(void **state)
{
	static const struct {
		unsigned ip_version;
		size_t nodes;
		const char *want; /* NULL: sound */
	} ways[] = {
		{ 4, 32, NULL },
		{ 4, 33, "search tree" },
		{ 6, 128, NULL },
		{ 6, 129, "search tree" },
	};

	(void)state;
	for (size_t i = 0; i < NITEMS(ways); i++) {
		write_chain(ways[i].ip_version, ways[i].nodes);
		if (ways[i].want != NULL)
			must_be_damaged("long", ways[i].want);
		else
			assert_string_equal(judge(CRAFTED).text, "");
	}
}

/*
 * A subtree that is reached by a short way first, and then by one that makes
 * it too long: 31 nodes that stand 1 and then 2 steps below the root.
 */
static void
test_shared_subtree(void **state)
{
	enum {
		SHARED = 31
	};
	struct mmdb_node nodes[SHARED + 2];
	uint32_t none = mmdb_none(SHARED + 2), found = mmdb_data(SHARED + 2, 0);

	(void)state;
	for (uint32_t i = 0; i < SHARED; i++)
		nodes[i + 2] =
		    (struct mmdb_node){ i + 1 < SHARED ? i + 3 : found, none };
	nodes[0] = (struct mmdb_node){ 2, 1 };
	nodes[1] = (struct mmdb_node){ none, none };
	write_tree(4, nodes, SHARED + 2);
	assert_string_equal(judge(CRAFTED).text, "");
	nodes[1].left = 2;
	write_tree(4, nodes, SHARED + 2);
	must_be_damaged("shared", "search tree");
}

static void
test_circles(void **state)
{
	struct mmdb_node to_root[] = { { 1, 2 }, { 0, 2 } };
	struct mmdb_node to_itself[] = { { 1, 2 }, { 1, 2 } };
	struct mmdb_node beyond[] = { { 1, 2 }, { 2, 500000 } };

	(void)state;
	write_tree(6, to_root, 2);
	must_be_damaged("to the root", "search tree");
	write_tree(6, to_itself, 2);
	must_be_damaged("to itself", "search tree");
	write_tree(6, beyond, 2);
	must_be_damaged("beyond the end", "search tree");
}

/*
 * Thousands of records that are all a pointer to the same wide one: hours of
 * work in a file of a few megabytes.
 */
static void
test_endless(void **state)
{
	struct mmdb_node *nodes = mem_new(FAN, sizeof(nodes[0]));
	struct buf data;

	(void)state;
	buf_init(&data);
	for (uint32_t i = 0; i < FAN; i++)
		mmdb_pointer(&data, FAN * 5);
	mmdb_map(&data, 1);
	mmdb_text(&data, "wide");
	mmdb_array(&data, WIDE);
	for (uint32_t i = 0; i < WIDE; i++)
		mmdb_array(&data, 0);
	/* a heap of nodes: those of its lower half have records */
	for (uint32_t i = 0; i < FAN; i++) {
		uint32_t left = 2 * i + 1, right = 2 * i + 2;

		nodes[i].left = left < FAN ? left : mmdb_data(FAN, 5 * i);
		nodes[i].right = right < FAN ? right : mmdb_none(FAN);
	}
	mmdb_write(CRAFTED, 6, nodes, FAN, &data, NULL);
	free(nodes);
	buf_done(&data);
	/* or not judged in time, where the machine is busy */
	must_be_damaged("endless", CRAFTED " ");
}

static bool
is_readable(const char *path)
{
	bool damaged;
	struct err err;
	struct geo_base *base = geo_base_new(GEO_ASN, path, &damaged, &err);

	geo_base_free(base);
	if (base == NULL && strstr(err.text, path) == NULL)
		fail_msg("%s is not named: %s", path, err.text);

	return base != NULL;
}

static void
test_no_file(void **state)
{
	(void)state;
	assert_false(is_readable("/nowhere/x.mmdb"));
	assert_false(is_readable("/"));
	assert_false(is_readable("/dev/zero"));
	assert_int_equal(mkfifo("test_geo.fifo", 0600), 0);
	assert_false(is_readable("test_geo.fifo"));
	(void)remove("test_geo.fifo");
	/* sparse: no byte of it is on the disk */
	(void)remove(CRAFTED);
	assert_int_equal(close(creat(CRAFTED, 0600)), 0);
	assert_true(is_readable(CRAFTED));
	assert_int_equal(truncate(CRAFTED, (1 << 30) + 1), 0);
	assert_false(is_readable(CRAFTED));
}

static size_t
count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		count++;
	(void)closedir(dir);

	return count;
}

/* Nothing is left behind, whatever the program was started with. */
static void
test_leaves_nothing(void **state)
{
	size_t before = count_descriptors();

	(void)state;
	write_chain(4, 33);
	must_be_damaged("damaged", "search tree");
	(void)signal(SIGCHLD, SIG_IGN);
	must_be_damaged("nobody waits", "search tree");
	write_chain(4, 32);
	assert_string_equal(judge(CRAFTED).text, "");
	(void)signal(SIGCHLD, SIG_DFL);
	assert_int_equal(count_descriptors(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static int
leave(void **state)
{
	(void)state;
	(void)remove(CRAFTED); /* a failed test may not have made it */

	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_data),
		cmocka_unit_test(test_deep_record),
		cmocka_unit_test(test_deep_metadata),
		cmocka_unit_test(test_long_ways),
		cmocka_unit_test(test_shared_subtree),
		cmocka_unit_test(test_circles),
		cmocka_unit_test(test_endless),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_leaves_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, leave);
}
