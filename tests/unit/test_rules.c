/* SPDX-License-Identifier: ISC */
/*
 * test_rules.c - do the shipped sources hold what their origin says?
 *
 * Every line of rules/NAME.cases, made from the origin's own networks and
 * names by rules/make, is looked up in the table of a configuration that names
 * all shipped sources.  "ADDRESS in|out", or "host NAME in|out" for a name that
 * the MTA verified, of a client whose address is in no source.
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
#include "policy/decide.h"

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
	{ "n-able", "none", false, false },
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

static const struct source *
find(const char *name)
{
	for (size_t i = 0; i < generation_count(generation); i++) {
		const struct source *source = generation_source(generation, i);

		if (strcmp(source->name, name) == 0)
			return source;
	}
	fail_msg("no source %s", name);

	return NULL;
}

/* What the source says of a client with this address and name. */
static enum match
ask(const struct source *source, const char *address, enum name_state state,
    const char *name)
{
	const struct rules *rules = generation_rules(generation);
	struct facts facts = {
		.stage = STAGE_CONNECT, .name_state = state, .name = name
	};

	if (address != NULL && !addr_parse(address, &facts.addr))
		fail_msg("%s: %s is no address", source->name, address);
	facts.sets = table_find(rules->table, &facts.addr);

	return source_match(rules, source->set, &facts);
}

static void
check_case(const struct source *source, const char *line, unsigned number)
{
	char text[254], want[4];
	enum match got;

	if (sscanf(line, "host %253s %3s", text, want) == 2)
		got = ask(source, NULL, NAME_VERIFIED, text);
	else if (sscanf(line, "%253s %3s", text, want) == 2)
		got = ask(source, text, NAME_NONE, NULL);
	else
		fail_msg(
		    "%s.cases:%u: no case: %s", source->name, number, line);
	if (strcmp(want, "in") != 0 && strcmp(want, "out") != 0)
		fail_msg(
		    "%s.cases:%u: no case: %s", source->name, number, line);
	if (got != (strcmp(want, "in") == 0 ? MATCH_YES : MATCH_CONTRADICTED))
		fail_msg("%s.cases:%u: %s: want %s, got %s", source->name,
		    number, text, want, match_text(got));
}

/* Every line; at least one that is in and one that is out. */
static void
check_cases(const struct source *source)
{
	unsigned number = 0, in = 0, out = 0;
	char line[300], path[sizeof(folder) + 100];
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
	int32_t day;

	(void)state;
	assert_true(day_parse("2026-08-12", &day));
	assert_int_equal(generation_count(generation), NITEMS(wanted));
	for (size_t i = 0; i < NITEMS(wanted); i++) {
		const struct source *source = generation_source(generation, i);
		const char *date = source->date == NULL ? "none" : source->date;
		bool stale = source_is_stale(source, day);

		assert_string_equal(source->name, wanted[i].name);
		if (strcmp(date, wanted[i].date) != 0 ||
		    source->shared != wanted[i].shared ||
		    stale != wanted[i].stale || source->title == NULL ||
		    /* the origin stands in the list */
		    (source->origin == NULL) != (source->networks == 0))
			fail_msg("%s: date %s, shared %d, stale %d, or it "
				 "lacks its origin or title",
			    source->name, date, source->shared, stale);
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
		enum match got =
		    ask(find(known[i].source), known[i].addr, NAME_NONE, NULL);

		if ((got == MATCH_YES) != known[i].want)
			fail_msg("%s: %s in %s: got %s", known[i].name,
			    known[i].addr, known[i].source, match_text(got));
	}
}

/* Names of facts: what is vouched for, and what only looks so. */
static const struct {
	const char *name, *source;
	enum name_state state;
	const char *host;
	enum match want;
} named[] = {
	{ "the delivering host", "n-able", NAME_VERIFIED,
	    "delivery.antispamcloud.com", MATCH_YES },
	{ "the same, forged", "n-able", NAME_NONE, "delivery.antispamcloud.com",
	    MATCH_CONTRADICTED },
	{ "the same, not looked up", "n-able", NAME_NOT_LOOKED_UP,
	    "delivery.antispamcloud.com", MATCH_ABSENT },
	{ "its own domain hyphenated", "n-able", NAME_VERIFIED,
	    "delivery.evil-antispamcloud.com", MATCH_CONTRADICTED },
	{ "a cluster", "proofpoint", NAME_VERIFIED,
	    "mx0b-00178001.pphosted.com", MATCH_YES },
	{ "the other service", "proofpoint", NAME_VERIFIED,
	    "mx1-us1.ppe-hosted.com", MATCH_CONTRADICTED },
	{ "without names: not looked up", "mimecast-eu", NAME_NOT_LOOKED_UP,
	    NULL, MATCH_CONTRADICTED },
	{ "the name of an MX", "retarus", NAME_VERIFIED, "mailin12.rmx.de",
	    MATCH_CONTRADICTED },
	{ "any tenant's name", "microsoft-outlook", NAME_VERIFIED,
	    "mail-dm6nam12lp2168.outbound.protection.outlook.com",
	    MATCH_CONTRADICTED },
};

static void
test_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(named); i++) {
		enum match got = ask(
		    find(named[i].source), NULL, named[i].state, named[i].host);

		if (got != named[i].want)
			fail_msg("%s: %s in %s: got %s, want %s", named[i].name,
			    named[i].host, named[i].source, match_text(got),
			    match_text(named[i].want));
	}
}

/* The range that its page names besides is not all of the service's. */
static void
test_by_name_only(void **state)
{
	(void)state;
	assert_int_equal(ask(find("n-able"), "185.201.16.1", NAME_NONE, NULL),
	    MATCH_CONTRADICTED);
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
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_by_name_only),
		cmocka_unit_test(test_directory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, enter, leave);
}
