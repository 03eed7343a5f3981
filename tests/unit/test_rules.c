/* SPDX-License-Identifier: ISC */
/*
 * test_rules.c - do the shipped sources hold what their origin says?
 *
 * Every line of rules/NAME.cases, made from the origin's own networks by
 * rules/make, is looked up in the table of a configuration that names all
 * shipped sources.
 */
#include "config.h"

#include "lists/generation.h"

#include <dirent.h>
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

#include "base/mem.h"
#include "base/str.h"
#include "base/timetext.h"

/* Of every source there must be one; contract, section 4. */
static const struct {
	const char *name, *date;
	bool shared, stale; /* on the day after the newest of them */
} wanted[] = {
	{ "barracuda", "none", false, true },
	{ "broadcom", "none", false, true },
	{ "checkpoint", "none", false, true },
	{ "cisco", "none", false, true },
	{ "cloudflare", "none", false, true },
	{ "cyren", "none", false, true },
	{ "forcepoint", "none", false, true },
	{ "google-workspace", "2026-08-11", true, false },
	{ "hornetsecurity", "none", false, true },
	{ "mailroute", "none", false, true },
	{ "microsoft-azure", "2026-05-06", true, true },
	{ "microsoft-outlook", "2026-05-06", true, true },
	{ "microsoft-outlook-china", "2026-07-20", true, false },
	{ "microsoft-outlook-usgov", "2026-07-20", true, false },
	{ "mimecast-au", "2025-01-01", false, true },
	{ "mimecast-ca", "2025-01-01", false, true },
	{ "mimecast-de", "2025-01-01", false, true },
	{ "mimecast-eu", "2025-01-01", false, true },
	{ "mimecast-us", "2025-01-01", false, true },
	{ "mimecast-za", "2025-01-01", false, true },
	{ "proofpoint", "none", false, true },
	{ "proofpoint-essentials", "2023-06-13", false, true },
	{ "retarus", "2017-01-01", false, true },
	{ "sophos", "none", false, true },
	{ "spamtitan", "none", false, true },
	{ "trendmicro", "none", false, true },
};

static char conf_path[] = "/tmp/test_rules.XXXXXX";
static char folder[4096];
static struct generation *generation;

static void
write_conf(int fd)
{
	FILE *file = fdopen(fd, "w");

	assert_non_null(file);
	assert_true(fprintf(file,
			"rules = [ \"%s\" ]; feeds = \"%s/none\";\n"
			"unlisted = \"accept\"; policies = ( { name = \"all\"; "
			"domains = \"example.com\"; allow = ( { source = [",
			folder, folder) > 0);
	for (size_t i = 0; i < NITEMS(wanted); i++)
		assert_true(fprintf(file, "%s\"%s\"", i == 0 ? " " : ", ",
				wanted[i].name) > 0);
	assert_true(fputs(" ]; } ); } );\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int
enter(void **state)
{
	const char *srcdir = getenv("srcdir");
	struct diags diags;
	struct buf said;
	int32_t today;
	int fd = mkstemp(conf_path);

	(void)state;
	(void)snprintf(
	    folder, sizeof(folder), "%s/rules", srcdir == NULL ? "." : srcdir);
	assert_true(fd >= 0);
	write_conf(fd);
	diags_init(&diags);
	buf_init(&said);
	assert_true(day_parse("2026-08-12", &today));
	generation = generation_load(conf_path, today, &diags);
	if (generation == NULL) {
		diags_text(&diags, &said);
		print_message("# %s", buf_text(&said));
	}
	buf_done(&said);
	diags_done(&diags);

	return generation == NULL;
}

static int
leave(void **state)
{
	(void)state;
	generation_unref(generation);

	return unlink(conf_path);
}

static void
check_case(const struct source *source, const char *line, unsigned number)
{
	const struct setlist *list;
	struct addr addr;
	char text[ADDR_TEXT], want[4];

	if (sscanf(line, "%47s %3s", text, want) != 2 ||
	    !addr_parse(text, &addr) ||
	    (strcmp(want, "in") != 0 && strcmp(want, "out") != 0))
		fail_msg(
		    "%s.cases:%u: no case: %s", source->name, number, line);
	list = table_find(generation_rules(generation)->table, &addr);
	if (setlist_has(list, source->set) != (strcmp(want, "in") == 0))
		fail_msg("%s.cases:%u: %s: want %s, got the other",
		    source->name, number, text, want);
}

/* Every line; at least one that is in and one that is out. */
static void
check_cases(const struct source *source)
{
	unsigned number = 0, in = 0, out = 0;
	char line[100], path[sizeof(folder) + 100];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s.cases", folder, source->name);
	file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s: not there", path);
	while (fgets(line, sizeof(line), file) != NULL) {
		check_case(source, line, ++number);
		if (strstr(line, " in") != NULL)
			in++;
		else
			out++;
	}
	(void)fclose(file); /* only read from */
	if (in == 0 || out == 0)
		fail_msg("%s: %u in, %u out", path, in, out);
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < generation_count(generation); i++)
		check_cases(generation_source(generation, i));
}

static void
test_sources(void **state)
{
	(void)state;
	assert_int_equal(generation_count(generation), NITEMS(wanted));
	for (size_t i = 0; i < NITEMS(wanted); i++) {
		const struct source *source = generation_source(generation, i);
		const char *date = source->date == NULL ? "none" : source->date;

		assert_string_equal(source->name, wanted[i].name);
		if (strcmp(date, wanted[i].date) != 0 ||
		    source->shared != wanted[i].shared ||
		    source->stale != wanted[i].stale ||
		    source->origin == NULL || source->title == NULL)
			fail_msg("%s: date %s, shared %d, stale %d, or it "
				 "lacks its origin or title",
			    source->name, date, source->shared, source->stale);
	}
}

/* Addresses of facts, not of the lists: who must be let in, and who not. */
static const struct {
	const char *name, *source, *addr;
	bool want;
} known[] = {
	{ "a hop of 2026", "microsoft-outlook", "40.93.13.67", true },
	{ "one that the contract names", "microsoft-outlook", "40.107.22.52",
	    true },
	{ "the relay pool begins", "microsoft-outlook", "40.95.0.0", true },
	{ "the relay pool ends", "microsoft-outlook", "40.95.255.255", true },
	{ "not in SPF, but sent from", "microsoft-outlook", "52.103.200.1",
	    true },
	{ "only in the endpoints", "microsoft-outlook", "104.47.0.1", true },
	{ "a typing error of 2022", "microsoft-outlook", "53.103.135.1",
	    false },
	{ "behind the relay pool", "microsoft-outlook", "40.96.0.0", false },
	{ "the other cloud", "microsoft-outlook", "23.103.191.1", false },
	{ "its own", "microsoft-outlook-usgov", "23.103.191.1", true },
	{ "China", "microsoft-outlook-china", "139.219.16.1", true },
	{ "a load balancer", "google-workspace", "35.191.0.1", false },
	{ "a mail server", "google-workspace", "209.85.220.41", true },
	{ "a hole in the help page", "proofpoint-essentials", "67.231.150.1",
	    false },
	{ "a forwarding service", "cloudflare", "104.30.0.1", false },
};

static void
test_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(known); i++) {
		const struct rules *rules = generation_rules(generation);
		const struct setlist *list;
		struct addr addr;
		bool got = false;

		assert_true(addr_parse(known[i].addr, &addr));
		list = table_find(rules->table, &addr);
		for (uint32_t j = 0; j < list->count; j++)
			if (rules->set_names[list->sets[j]] != NULL &&
			    strcmp(rules->set_names[list->sets[j]],
				known[i].source) == 0)
				got = true;
		if (got != known[i].want)
			fail_msg("%s: %s in %s: got %d, want %d", known[i].name,
			    known[i].addr, known[i].source, got, known[i].want);
	}
}

/* No source file that nobody asked for, or that the list above lacks. */
static void
test_directory(void **state)
{
	DIR *dir = opendir(folder);
	struct dirent *item;
	size_t count = 0;

	(void)state;
	assert_non_null(dir);
	while ((item = readdir(dir)) != NULL)
		if (str_ends_with(item->d_name, ".conf"))
			count++;
	(void)closedir(dir); /* only read from */
	assert_int_equal(count, NITEMS(wanted));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_directory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, enter, leave);
}
