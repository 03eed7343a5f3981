/* SPDX-License-Identifier: ISC */
/* test_generation.c - which configuration and lists are in force? */
#include "config.h"

#include "lists/generation.h"

#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/timetext.h"

enum {
	TODAY = 20000, /* 2024-10-04 */
	FILES = 5,
	DIGEST_LEN = 65
};

#define CONF "postern.conf"
/* Three lines, so what follows begins on the fourth. */
#define HEAD                                                          \
	"rules = [ \"rules.d\", \"shipped\" ];\nfeeds = \"feeds\";\n" \
	"unlisted = \"accept\";\n"
/* Its entries stand on its second line. */
#define ALLOW(entries)                                                  \
	"policies = ( { name = \"p\"; domains = [ \"example.com\" ];\n" \
	"allow = ( " entries " ); } );\n"
#define SOURCES(members) "sources: { " members " };\n"
#define LISTED "networks = \"x.netset\"; "
#define FED "feeds = ( { kind = \"netset\"; url = \"https://a.example/\"; } ); "

struct file {
	const char *path, *text;
};

/* Files besides the configuration, and all that is said about them. */
static const struct {
	const char *name, *conf;
	struct file files[FILES];
	const char *said;
} cases[] = {
	{ "nothing to say",
	    HEAD SOURCES("a = { networks = [ \"10.0.0.0/8\" ]; };")
		ALLOW("\"a\""),
	    { { NULL, NULL } }, "" },

	/* names */
	{ "a misspelt source of its own",
	    HEAD SOURCES("mimecast-eu = { networks = \"192.0.2.1\"; };")
		ALLOW("\"mimcast-eu\""),
	    { { NULL, NULL } },
	    "postern.conf:6: policies[0].allow: no source \"mimcast-eu\"; did "
	    "you mean \"mimecast-eu\"?\n" },
	{ "a misspelt shipped source", HEAD ALLOW("\"mimcast-eu\""),
	    { { "shipped/mimecast-eu.conf", "networks = \"192.0.2.1\";" } },
	    "postern.conf:5: policies[0].allow: no source \"mimcast-eu\"; did "
	    "you mean \"mimecast-eu\"?\n" },
	{ "a source that nothing is near", HEAD ALLOW("\"nowhere\""),
	    { { NULL, NULL } },
	    "postern.conf:5: policies[0].allow: no source \"nowhere\"; define "
	    "it in sources, or put nowhere.conf into a directory of rules\n" },
	{ "in a group", HEAD ALLOW("{ source = [ \"nowhere\" ]; }"),
	    { { NULL, NULL } },
	    "postern.conf:5: policies[0].allow[0].source: no source "
	    "\"nowhere\"; define it in sources, or put nowhere.conf into a "
	    "directory of rules\n" },
	{ "a list in the place of a source", HEAD ALLOW("\"x.netset\""),
	    { { "shipped/x.netset.conf", "networks = \"192.0.2.1\";" } },
	    "postern.conf:5: policies[0].allow: \"x.netset\" is no name of a "
	    "source; write 1 to 64 letters, digits, \"-\" or \"_\", a letter "
	    "or digit first\n" },

	/* files of lists */
	{ "a list that is not there",
	    HEAD SOURCES("a = { networks = \"x.netset\"; };") ALLOW("\"a\""),
	    { { NULL, NULL } },
	    "postern.conf:4: sources.a.networks: no file \"x.netset\"; looked "
	    "for x.netset, rules.d/x.netset, shipped/x.netset\n" },
	{ "an absolute one is looked for in one place",
	    HEAD ALLOW("{ networks = \"/none/x.netset\"; }"),
	    { { NULL, NULL } },
	    "postern.conf:5: policies[0].allow[0].networks: no file "
	    "\"/none/x.netset\"; looked for /none/x.netset\n" },
	{ "beside the source file", HEAD ALLOW("\"a\""),
	    { { "shipped/a.conf", LISTED },
		{ "shipped/x.netset", "192.0.2.1\n" } },
	    "" },
	{ "in rules", HEAD ALLOW("{ networks = \"x.netset\"; }"),
	    { { "shipped/x.netset", "192.0.2.1\n" } }, "" },
	{ "not in rules, but beside a source that names none",
	    HEAD ALLOW("{ networks = \"x.netset\"; }"),
	    { { "feeds/x.netset", "192.0.2.1\n" } },
	    "postern.conf:5: policies[0].allow[0].networks: no file "
	    "\"x.netset\"; looked for x.netset, rules.d/x.netset, "
	    "shipped/x.netset\n" },
	{ "all that is wrong in a list",
	    HEAD SOURCES("a = { networks = \"x.netset\"; };") ALLOW("\"a\""),
	    { { "x.netset", "192.0.2.1/24\n192.0.2.1\n10.0.0.1/8\n" } },
	    "x.netset:1: host bits set; write 192.0.2.0/24\n"
	    "x.netset:3: host bits set; write 10.0.0.0/8\n" },
	{ "an empty list of a source",
	    HEAD SOURCES("a = { networks = \"x.netset\"; };") ALLOW("\"a\""),
	    { { "x.netset", "# none\n" } },
	    "postern.conf:4: sources.a.networks: the lists hold no network; a "
	    "source needs one\n" },
	{ "an empty list of an entry",
	    HEAD ALLOW("{ networks = \"x.netset\"; }"), { { "x.netset", "" } },
	    "postern.conf:5: policies[0].allow[0].networks: the lists hold no "
	    "network, so nobody gets in; name one\n" },
	{ "an empty list of exceptions",
	    HEAD SOURCES("a = { networks = \"192.0.2.1\"; "
			 "except = \"x.netset\"; };")
		ALLOW("\"a\", { networks = \"192.0.2.1\"; "
		      "except = \"x.netset\"; }"),
	    { { "x.netset", "" } }, "" },
	{ "a default route in a list of its own",
	    HEAD SOURCES("a = { networks = \"x.netset\"; };") ALLOW("\"a\""),
	    { { "x.netset", "10.0.0.0/8\n::/0\n" } },
	    "x.netset:2: warning: ::/0 is a default route, every address of "
	    "its family; taken as it is\n" },

	/* sources */
	{ "one that no policy names",
	    HEAD SOURCES("a = { networks = \"192.0.2.1\"; }; "
			 "b = { networks = \"x.netset\"; };") ALLOW("\"a\""),
	    { { NULL, NULL } },
	    "postern.conf:4: sources.b.networks: no file \"x.netset\"; looked "
	    "for x.netset, rules.d/x.netset, shipped/x.netset\n" },
	{ "a bad one in rules that nobody names",
	    HEAD ALLOW("{ networks = \"192.0.2.1\"; }"),
	    { { "shipped/b.conf", "nonsense" } }, "" },
	{ "a source file with an error is told once",
	    HEAD ALLOW("\"a\", { source = \"a\"; }"),
	    { { "rules.d/a.conf", "title = \"A\";" },
		{ "shipped/a.conf", "networks = \"192.0.2.1\";" } },
	    "rules.d/a.conf: has neither networks nor hosts; add networks = [ \"...\" ]\n" },
	{ "all at once",
	    HEAD SOURCES("a = { networks = \"192.0.2.1/24\"; };")
		ALLOW("\"nowhere\", { networks = \"x.netset\"; }"),
	    { { "x.netset", "x" } },
	    "postern.conf:4: sources.a.networks: \"192.0.2.1/24\": host bits "
	    "set; write 192.0.2.0/24\n"
	    "postern.conf:6: policies[0].allow: no source \"nowhere\"; define "
	    "it in sources, or put nowhere.conf into a directory of rules\n"
	    "x.netset:1: \"x\" is no address, network or range; write "
	    "192.0.2.7, 192.0.2.0/24, 2001:db8::/32 or "
	    "192.0.2.7-192.0.2.12\n" },

	/* warnings */
	{ "a shared source",
	    HEAD SOURCES("a = { shared = true; networks = \"192.0.2.1\"; };")
		ALLOW("{ networks = \"10.0.0.1\"; }, { source = \"a\"; }"),
	    { { NULL, NULL } },
	    "postern.conf:6: warning: policies[0].allow[1]: every customer of "
	    "a sends from its addresses, so any of them gets in; add tenant, "
	    "originator or headers to let in your own mail only\n" },
	{ "a shared source, told apart",
	    HEAD SOURCES("a = { shared = true; networks = \"192.0.2.1\"; };")
		ALLOW("{ source = \"a\"; originator = \"example.com\"; }"),
	    { { NULL, NULL } }, "" },

	/* tables */
	{ "a table beside the file that names it",
	    HEAD SOURCES(
		"a = { networks = \"192.0.2.1\"; };") "@include \"shipped/p\"\n",
	    { { "shipped/p",
		  "policies = ( { name = \"t\"; table = \"t.table\"; } );\n" },
		{ "shipped/t.table", "x.example a -\ny.example nowhere -\n" } },
	    "shipped/t.table:2: sources: no source \"nowhere\"; define it in "
	    "sources, or put nowhere.conf into a directory of rules\n" },
	{ "a stale and shared source of rows, told of once",
	    HEAD "policies = ( { name = \"t\"; table = \"t.table\"; } );\n",
	    { { "shipped/a.conf", LISTED "shared = true; max_age = 60;" },
		{ "shipped/x.netset", "# date: 2024-01-01\n192.0.2.1\n" },
		{ "t.table",
		    "x.example a c33c9f88-1eb7-4099-9700-16013fd9e8aa\n"
		    "y.example a -\nz.example a -\n" } },
	    "t.table:1: warning: source \"a\": its list is of 2024-01-01, 217 "
	    "days older than max_age; hold shipped/x.netset against what the "
	    "service says today\n"
	    "t.table:2: warning: every customer of a sends from its addresses, "
	    "so any of them gets in by this row (2 in all have no tenant); "
	    "write whose mail it is in the third field\n" },
	{ "a shared source that no policy names",
	    HEAD SOURCES("a = { shared = true; networks = \"192.0.2.1\"; };")
		ALLOW("{ networks = \"10.0.0.1\"; }"),
	    { { NULL, NULL } }, "" },
	{ "except takes all away",
	    HEAD SOURCES("a = { networks = \"192.0.2.1\"; "
			 "except = \"192.0.2.0/24\"; };") ALLOW("\"a\""),
	    { { NULL, NULL } },
	    "postern.conf: warning: source \"a\": `except` takes all its "
	    "networks away, so nobody is in it; mend one of them\n" },
	{ "expired today",
	    HEAD ALLOW("{ networks = \"10.0.0.1\"; until = \"2024-10-04\"; }"),
	    { { NULL, NULL } },
	    "postern.conf:5: warning: policies[0].allow[0].until: from "
	    "2024-10-04 on the entry lets nobody in; take it out, or name a "
	    "later day\n" },
	{ "expires tomorrow",
	    HEAD ALLOW("{ networks = \"10.0.0.1\"; until = \"2024-10-05\"; }"),
	    { { NULL, NULL } }, "" },
	{ "as old as it may be", HEAD ALLOW("\"a\""),
	    { { "shipped/a.conf", LISTED "max_age = 60;" },
		{ "shipped/x.netset", "# date: 2024-08-05\n192.0.2.1\n" } },
	    "" },
	{ "a day older", HEAD ALLOW("\"a\""),
	    { { "shipped/a.conf", LISTED "max_age = 60;" },
		{ "shipped/x.netset", "# date: 2024-08-04\n192.0.2.1\n" } },
	    "postern.conf:5: warning: source \"a\": its list is of "
	    "2024-08-04, 1 day older than max_age; hold shipped/x.netset "
	    "against what the service says today\n" },
	{ "old, with feeds", HEAD ALLOW("\"a\""),
	    { { "shipped/a.conf", LISTED FED "max_age = 60;" },
		{ "shipped/x.netset", "# date: 2024-08-04\n192.0.2.1\n" } },
	    "postern.conf:5: warning: source \"a\": its list is of "
	    "2024-08-04, 1 day older than max_age; put a newer a.netset into "
	    "feeds\n" },
	{ "without a date, with feeds", HEAD ALLOW("\"a\""),
	    { { "shipped/a.conf", LISTED FED },
		{ "shipped/x.netset", "# date: unknown\n192.0.2.1\n" } },
	    "postern.conf:5: warning: source \"a\": its list has no date, so "
	    "it may be old; put a newer a.netset into feeds\n" },
	{ "without a date, with max_age", HEAD ALLOW("\"a\""),
	    { { "shipped/a.conf", LISTED "max_age = 365;" },
		{ "shipped/x.netset", "192.0.2.1\n" } },
	    "postern.conf:5: warning: source \"a\": its list has no date, so "
	    "it may be old; hold shipped/x.netset against what the service "
	    "says today\n" },
	{ "the oldest of its lists counts", HEAD ALLOW("\"a\""),
	    { { "shipped/a.conf",
		  "networks = [ \"x.netset\", \"y.netset\", \"192.0.2.3\" ]; "
		  "max_age = 60;" },
		{ "shipped/x.netset", "# date: 2024-10-04\n192.0.2.1\n" },
		{ "shipped/y.netset", "# date: 2024-08-03\n192.0.2.2\n" } },
	    "postern.conf:5: warning: source \"a\": its list is of "
	    "2024-08-03, 2 days older than max_age; hold shipped/x.netset "
	    "against what the service says today\n" },
	{ "one without a date spoils it", HEAD ALLOW("\"a\""),
	    { { "shipped/a.conf",
		  "networks = [ \"x.netset\", \"y.netset\" ]; max_age = 60;" },
		{ "shipped/x.netset", "192.0.2.1\n" },
		{ "shipped/y.netset", "# date: 2024-10-04\n192.0.2.2\n" } },
	    "postern.conf:5: warning: source \"a\": its list has no date, so "
	    "it may be old; hold shipped/x.netset against what the service "
	    "says today\n" },
	{ "without a date, which nobody asked for", HEAD ALLOW("\"a\", \"b\""),
	    { { "shipped/a.conf", LISTED },
		{ "shipped/x.netset", "192.0.2.1\n" },
		{ "shipped/b.conf",
		    "networks = \"192.0.2.2\"; max_age = 1;" } },
	    "" },
	{ "stale, but no policy names it",
	    HEAD ALLOW("{ networks = \"10.0.0.1\"; }"),
	    { { "shipped/a.conf", LISTED "max_age = 60;" },
		{ "shipped/x.netset", "192.0.2.1\n" } },
	    "" },
};

static char directory[] = "/tmp/test_generation.XXXXXX";

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	/* what the tests work in stays, empty */
	return ftw->level == 0 ? 0 : remove(path);
}

/* Empty folders, the configuration and the files of a case. */
static void
lay_out(const char *conf, const struct file files[FILES])
{
	assert_int_equal(nftw(".", remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	assert_int_equal(mkdir("rules.d", 0700), 0);
	assert_int_equal(mkdir("shipped", 0700), 0);
	assert_int_equal(mkdir("feeds", 0700), 0);
	write_file(CONF, conf);
	for (size_t i = 0; i < FILES && files[i].path != NULL; i++)
		write_file(files[i].path, files[i].text);
}

static void
expect(const char *name, const char *what, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg(
		    "%s: %s:\n got \"%s\"\nwant \"%s\"", name, what, got, want);
}

static struct generation *
load(bool all, struct buf *said)
{
	struct diags diags;
	struct generation *generation;

	diags_init(&diags);
	generation = all ? generation_load_all(CONF, TODAY, &diags)
			 : generation_load(CONF, TODAY, &diags);
	assert_int_equal(generation == NULL, diags.errors > 0);
	diags_text(&diags, said);
	diags_done(&diags);

	return generation;
}

/* Loads what must be in order, whatever warnings there are. */
static struct generation *
load_good(void)
{
	struct buf said;
	struct generation *generation;

	buf_init(&said);
	generation = load(false, &said);
	if (generation == NULL)
		fail_msg("%s", buf_text(&said));
	buf_done(&said);

	return generation;
}

static void
test_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct buf said;

		buf_init(&said);
		lay_out(cases[i].conf, cases[i].files);
		generation_unref(load(false, &said));
		expect(cases[i].name, "said", buf_text(&said), cases[i].said);
		buf_done(&said);
	}
}

/* "a b" of the sources that an address is in, "-" for a set without name. */
static void
add_sets(const struct generation *generation, const char *text, struct buf *out)
{
	const struct rules *rules = generation_rules(generation);
	const struct setlist *list;
	struct addr addr;

	assert_true(addr_parse(text, &addr));
	list = table_find(rules->table, &addr);
	for (uint32_t i = 0; i < rules->nsets; i++)
		if (setlist_has(list, i))
			buf_addf(out, "%s%s", out->len > 0 ? " " : "",
			    rules->sets[i].name == NULL ? "-"
							: rules->sets[i].name);
}

#define FEED_CASE(conf, shipped, fetched)                          \
	{                                                          \
		{ "shipped/a.conf", LISTED conf },                 \
		    { "shipped/x.netset", shipped "192.0.2.1\n" }, \
		{                                                  \
			"feeds/a.netset", fetched                  \
		}                                                  \
	}
#define JUNE "# date: 2024-06-01\n"
#define JULY "# date: 2024-07-01\n"

/* The shipped list is 192.0.2.1; what is 44.0.0.1 tells the fetched one. */
#define NO_DATE                                                     \
	"feeds/a.netset: warning: it has no date; write \"# date: " \
	"YYYY-MM-DD\" at its head; keeping shipped/x.netset\n"

static const struct {
	const char *name;
	struct file files[FILES];
	bool taken;
	const char *said;
} feeds[] = {
	{ "later", FEED_CASE(FED, JUNE, JULY "44.0.0.1\n"), true, "" },
	{ "as old", FEED_CASE(FED, JUNE, JUNE "44.0.0.1\n"), false, "" },
	{ "older", FEED_CASE(FED, JULY, JUNE "44.0.0.1\n"), false, "" },
	{ "without a date", FEED_CASE(FED, JUNE, "44.0.0.1\n"), false,
	    NO_DATE },
	{ "empty and without a date", FEED_CASE(FED, JUNE, ""), false,
	    "feeds/a.netset: warning: it holds no network; keeping "
	    "shipped/x.netset\n" },
	{ "of next year",
	    FEED_CASE(FED, JUNE, "# date: 2025-10-04\n44.0.0.1\n"), false,
	    "feeds/a.netset: warning: its date 2025-10-04 is in the future; "
	    "keeping shipped/x.netset\n" },
	{ "of tomorrow, where the clock is ahead",
	    FEED_CASE(FED, JUNE, "# date: 2024-10-05\n44.0.0.1\n"), true, "" },
	{ "neither has a date", FEED_CASE(FED, "", "44.0.0.1\n"), false,
	    NO_DATE
	    "postern.conf:5: warning: source \"a\": its list has no date, so "
	    "it may be old; put a newer a.netset into feeds\n" },
	{ "only the fetched one has", FEED_CASE(FED, "", JULY "44.0.0.1\n"),
	    true, "" },
	{ "the source has no feeds", FEED_CASE("", JUNE, JULY "44.0.0.1\n"),
	    false, "" },
	{ "empty", FEED_CASE(FED, JUNE, JULY), false,
	    "feeds/a.netset: warning: it holds no network; keeping "
	    "shipped/x.netset\n" },
	{ "a default route", FEED_CASE(FED, JUNE, JULY "44.0.0.1\n0.0.0.0/0\n"),
	    false,
	    "feeds/a.netset:3: warning: 0.0.0.0/0 is a default route; keeping "
	    "shipped/x.netset\n" },
	{ "the default route of IPv6",
	    FEED_CASE(FED, JUNE, JULY "44.0.0.1\n::/0\n"), false,
	    "feeds/a.netset:3: warning: ::/0 is a default route; keeping "
	    "shipped/x.netset\n" },
	{ "a private network",
	    FEED_CASE(FED, JUNE, JULY "192.168.7.0/24\n44.0.0.1\n"), false,
	    "feeds/a.netset:2: warning: 192.168.7.0/24 is private or reserved; "
	    "keeping shipped/x.netset\n" },
	{ "too wide by default", FEED_CASE(FED, JUNE, JULY "44.0.0.0/7\n"),
	    false,
	    "feeds/a.netset:2: warning: 44.0.0.0/7 is wider than /8 "
	    "(limits.widest_v4); keeping shipped/x.netset\n" },
	{ "as wide as it may be", FEED_CASE(FED, JUNE, JULY "44.0.0.0/8\n"),
	    true, "" },
	{ "too wide for IPv6", FEED_CASE(FED, JUNE, JULY "2600::/18\n"), false,
	    "feeds/a.netset:2: warning: 2600::/18 is wider than /19 "
	    "(limits.widest_v6); keeping shipped/x.netset\n" },
	{ "too wide by its own limits",
	    FEED_CASE(FED "limits = { widest_v4 = 14; widest_v6 = 48; };", JUNE,
		JULY "44.0.0.0/14\n2600::/47\n"),
	    false,
	    "feeds/a.netset:3: warning: 2600::/47 is wider than /48 "
	    "(limits.widest_v6); keeping shipped/x.netset\n" },
	{ "a wide range", FEED_CASE(FED, JUNE, JULY "43.0.0.0-46.0.0.0\n"),
	    false,
	    "feeds/a.netset:2: warning: 43.0.0.0-46.0.0.0 is wider than /8 "
	    "(limits.widest_v4); keeping shipped/x.netset\n" },
	{ "not to be read", FEED_CASE(FED, JUNE, JULY "44.0.0.1\n<html>\nx\n"),
	    false,
	    "feeds/a.netset:3: warning: \"<html>\" is no address, network or "
	    "range; write 192.0.2.7, 192.0.2.0/24, 2001:db8::/32 or "
	    "192.0.2.7-192.0.2.12; keeping shipped/x.netset\n" },
};

static void
test_feeds(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(feeds); i++) {
		struct generation *generation;
		struct buf said, shipped, fetched;

		buf_init(&said);
		buf_init(&shipped);
		buf_init(&fetched);
		lay_out(HEAD ALLOW("\"a\""), feeds[i].files);
		generation = load(false, &said);
		expect(feeds[i].name, "said", buf_text(&said), feeds[i].said);
		assert_non_null(generation);
		add_sets(generation, "192.0.2.1", &shipped);
		add_sets(generation, "44.0.0.1", &fetched);
		expect(feeds[i].name, "shipped", buf_text(&shipped),
		    feeds[i].taken ? "" : "a");
		expect(feeds[i].name, "fetched", buf_text(&fetched),
		    feeds[i].taken ? "a" : "");
		expect(feeds[i].name, "file",
		    generation_source(generation, 0)->file,
		    feeds[i].taken ? "feeds/a.netset" : "shipped/x.netset");
		generation_unref(generation);
		buf_done(&said);
		buf_done(&shipped);
		buf_done(&fetched);
	}
}

static const struct file sets_files[FILES] = {
	{ "rules.d/b.conf",
	    "networks = \"y.netset\"; except = \"192.0.2.66\";" },
	{ "rules.d/y.netset", "192.0.2.0/24\n" },
	{ "shipped/b.conf", "networks = \"203.0.113.0/24\";" },
	{ "shipped/a.conf", "networks = \"203.0.113.0/24\";" },
	{ "y.netset", "203.0.113.0/24\n" },
};

/* Which sets: the first of rules wins, sources before rules. */
static const struct {
	const char *name, *addr, *want;
} sets[] = {
	{ "of its own", "10.0.0.1", "a" },
	{ "the shipped one of that name is not read", "203.0.113.1", "" },
	{ "the list beside the source file", "192.0.2.1", "b" },
	{ "an exception wins over a network", "192.0.2.66", "" },
	{ "an exception wins over a later one", "10.9.0.1", "" },
	{ "range", "198.51.100.7", "a" },
	{ "behind the range", "198.51.100.8", "" },
	{ "trusted", "127.0.0.1", "-" },
	{ "networks of an entry, and its own exception", "172.16.0.1", "- -" },
	{ "used by none", "2001:db8::1", "unused" },
};

static void
test_sets(void **state)
{
	struct generation *generation;

	(void)state;
	lay_out(HEAD SOURCES(
		    "a = { except = \"10.9.0.0/16\"; networks = "
		    "[ \"10.0.0.0/8\", \"198.51.100.1-198.51.100.7\" ]; }; "
		    "unused = { networks = \"2001:db8::/32\"; };")
		    ALLOW("\"a\", \"b\", { networks = \"172.16.0.0/12\"; "
			  "except = \"172.16.0.1\"; }"),
	    sets_files);
	generation = load_good();
	for (size_t i = 0; i < NITEMS(sets); i++) {
		struct buf got;

		buf_init(&got);
		add_sets(generation, sets[i].addr, &got);
		expect(
		    sets[i].name, sets[i].addr, buf_text(&got), sets[i].want);
		buf_done(&got);
	}
	generation_unref(generation);
}

static void
add_condition(const struct rules *rules, const struct condition *condition,
    struct buf *out)
{
	char day[DAY_TEXT];

	buf_addf(out, " %s", condition_text(condition->key));
	if (condition->key == CONDITION_UNTIL)
		buf_addf(out, "=%s", day_text(condition->day, day));
	for (size_t i = 0; i < condition->nsets; i++) {
		const char *name = rules->sets[condition->sets[i]].name;

		buf_addf(
		    out, "%c%s", i == 0 ? '=' : '+', name == NULL ? "-" : name);
	}
}

static void
add_policy(
    const struct rules *rules, const struct policy *policy, struct buf *out)
{
	buf_addf(out, "%s %s %u %s %s", policy->name, mode_text(policy->mode),
	    policy->reply.code, policy->reply.status, policy->reply.text);
	for (size_t i = 0; i < policy->nalways; i++)
		buf_addf(out, " %s", policy->always[i]);
	buf_add_text(out, "\n");
	for (size_t i = 0; i < policy->count; i++) {
		const struct entry *entry = &policy->entries[i];

		buf_addf(out, "%s:", entry->name);
		for (size_t j = 0; j < entry->count; j++)
			add_condition(rules, &entry->conditions[j], out);
		buf_addf(
		    out, " (%s)\n", entry->note == NULL ? "" : entry->note);
	}
}

/* An entry with one source is named by it, whatever narrows it. */
static void
test_rules(void **state)
{
	static const struct file none[FILES] = { { NULL, NULL } };
	struct generation *generation;
	const struct rules *rules;
	struct buf got;

	(void)state;
	lay_out(
	    "unlisted = \"refuse\"; mode = \"monitor\"; "
	    "on_error = \"reject\"; authenticated = \"judge\"; "
	    "originating = [ \"MSA\" ]; trusted = [ \"192.0.2.9\" ];\n"
	    "sources: { a = { networks = \"10.0.0.1\"; }; "
	    "b = { networks = \"10.0.0.2\"; }; };\n"
	    "policies = ( { name = \"one\"; domains = [ \"one.example\" ];"
	    "allow = ( \"a\", { source = [ \"a\", \"b\" ]; note = \"n\"; }, "
	    "{ until = \"2030-01-02\"; source = \"b\"; }, "
	    "{ except = \"10.0.0.3\"; networks = \"10.0.0.0/8\"; } ); "
	    "always = [ \"PostMaster\", \"abuse\" ]; },"
	    "{ name = \"two\"; domains = [ \"*\" ]; allow = \"b\"; "
	    "mode = \"monitor\"; reply = { code = 554; status = \"5.7.0\"; "
	    "text = \"no\"; }; } );",
	    none);
	generation = load_good();
	rules = generation_rules(generation);
	assert_int_equal(rules->mode, MODE_MONITOR);
	assert_int_equal(rules->on_error, ANSWER_REJECT);
	assert_true(rules->refuse_unlisted);
	assert_true(rules->judge_authenticated);
	assert_int_equal(rules->noriginating, 1);
	assert_string_equal(rules->originating[0], "MSA");
	assert_int_equal(rules->unlisted_reply.code, 550);
	assert_int_equal(domains_find(rules->domains, "one.example"), 0);
	assert_int_equal(domains_find(rules->domains, "two.example"), 1);
	assert_int_equal(rules->npolicies, 2);
	buf_init(&got);
	add_policy(rules, &rules->policies[0], &got);
	add_policy(rules, &rules->policies[1], &got);
	expect("policies", "got", buf_text(&got),
	    "one enforce 550 5.7.1 Direct delivery is refused; use the MX of "
	    "%{domain} (ref %{id}) postmaster abuse\n"
	    "a: source=a ()\n"
	    "allow[1]: source=a+b (n)\n"
	    "b: source=b until=2030-01-02 ()\n"
	    "allow[3]: networks=- except=- ()\n"
	    "two monitor 554 5.7.0 no\n"
	    "b: source=b ()\n");
	buf_done(&got);
	generation_unref(generation);
}

static void
version_of(bool all, char out[DIGEST_LEN])
{
	struct buf said;
	struct generation *generation;

	buf_init(&said);
	generation = load(all, &said);
	assert_non_null(generation);
	(void)snprintf(
	    out, DIGEST_LEN, "%s", generation_rules(generation)->version);
	assert_int_equal(strlen(out), 64);
	assert_int_equal(strspn(out, "0123456789abcdef"), 64);
	generation_unref(generation);
	buf_done(&said);
}

/* Does the version change when path says text instead? */
static void
check_version(
    const char *name, const char *path, const char *text, bool changes)
{
	static const struct file files[FILES] = {
		{ "shipped/a.conf", LISTED FED },
		{ "shipped/x.netset", JUNE "192.0.2.1\n" },
		{ "y.netset", "192.0.2.2\n" },
		{ "shipped/unused.conf", "networks = \"192.0.2.2\";" },
	};
	char before[DIGEST_LEN], after[DIGEST_LEN];

	lay_out(HEAD ALLOW("\"a\", { networks = \"y.netset\"; }"), files);
	version_of(false, before);
	if (path != NULL)
		write_file(path, text);
	version_of(path == NULL, after);
	if ((strcmp(before, after) != 0) != changes)
		fail_msg("%s: %s, %s", name, before, after);
}

static void
test_version(void **state)
{
	(void)state;
	check_version("all sources", NULL, NULL, false);
	check_version("a comment in the configuration", CONF,
	    HEAD ALLOW("\"a\", { networks = \"y.netset\"; }") "#\n", true);
	check_version("a source file", "shipped/a.conf", LISTED FED "\n", true);
	check_version("its list", "shipped/x.netset", JUNE "192.0.2.9\n", true);
	check_version("a list of an entry", "y.netset", "192.0.2.9\n", true);
	check_version(
	    "a fetched list", "feeds/a.netset", JULY "44.0.0.1\n", true);
	check_version(
	    "one that is not taken", "feeds/a.netset", "44.0.0.1\n", false);
	check_version("an unused source", "shipped/unused.conf",
	    "networks = \"192.0.2.3\";", false);
}

static void
add_source(const struct source *source, struct buf *out)
{
	buf_addf(out,
	    "%s shared=%d title=%s date=%s origin=%s file=%s "
	    "stale=%d addresses=%.0f networks=%zu\n",
	    source->name, source->shared,
	    source->title == NULL ? "-" : source->title,
	    source->date == NULL ? "-" : source->date,
	    source->origin == NULL ? "-" : source->origin, source->file,
	    source_is_stale(source, TODAY), source->addresses,
	    source->networks);
}

static void
check_sources(bool all, const char *want)
{
	struct generation *generation;
	struct buf said, got;

	buf_init(&said);
	buf_init(&got);
	generation = load(all, &said);
	if (generation == NULL)
		fail_msg("%s", buf_text(&said));
	for (size_t i = 0; i < generation_count(generation); i++)
		add_source(generation_source(generation, i), &got);
	expect(all ? "all" : "used", "sources", buf_text(&got), want);
	generation_unref(generation);
	buf_done(&said);
	buf_done(&got);
}

static void
test_sources(void **state)
{
	static const struct file files[FILES] = {
		{ "shipped/b.conf",
		    "title = \"The B\"; shared = true; max_age = 10; " LISTED },
		{ "shipped/x.netset",
		    "# origin: them\n" JUNE
		    "192.0.2.0/25\n192.0.2.128/25\n::1\n" },
		{ "rules.d/z.conf", "networks = \"192.0.2.4\";" },
		{ "shipped/z.conf", "nonsense" },
		{ "shipped/no.name.conf", "nonsense" },
	};
	const char *a = "a shared=0 title=- date=- origin=- file=postern.conf "
			"stale=0 addresses=1 networks=1\n";
	const char *b =
	    "b shared=1 title=The B date=2024-06-01 origin=them "
	    "file=shipped/x.netset stale=1 addresses=257 networks=2\n";
	const char *z = "z shared=0 title=- date=- origin=- "
			"file=rules.d/z.conf stale=0 addresses=1 networks=1\n";
	char want[1000];

	(void)state;
	lay_out(HEAD SOURCES("a = { networks = \"10.0.0.1\"; };")
		    ALLOW("\"b\""),
	    files);
	(void)snprintf(want, sizeof(want), "%s%s", b, a);
	check_sources(false, want);
	(void)snprintf(want, sizeof(want), "%s%s%s", a, b, z);
	check_sources(true, want);
}

static void
test_no_feeds_directory(void **state)
{
	static const struct file files[FILES] = {
		{ "shipped/a.conf", LISTED FED },
		{ "shipped/x.netset", JUNE "192.0.2.1\n" },
	};
	struct buf said;

	(void)state;
	lay_out(HEAD ALLOW("\"a\""), files);
	assert_int_equal(rmdir("feeds"), 0);
	assert_int_equal(rmdir("rules.d"), 0);
	buf_init(&said);
	generation_unref(load(false, &said));
	expect("no directory", "said", buf_text(&said), "");
	buf_done(&said);
}

static void *
hold(void *generation)
{
	for (int i = 0; i < 20000; i++) {
		struct generation *mine = generation_ref(generation);

		(void)generation_rules(mine)->npolicies;
		generation_unref(mine);
	}
	generation_unref(generation);

	return NULL;
}

/* The last of all to let go frees it; sanitizers see if it is another. */
static void
test_references(void **state)
{
	static const struct file none[FILES] = { { NULL, NULL } };
	struct generation *generation;
	pthread_t threads[3];

	(void)state;
	lay_out(HEAD ALLOW("{ networks = \"10.0.0.1\"; }"), none);
	generation = load_good();
	for (size_t i = 0; i < NITEMS(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hold,
				     generation_ref(generation)),
		    0);
	generation_unref(generation);
	for (size_t i = 0; i < NITEMS(threads); i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	generation_unref(NULL);
}

/* A million networks that nothing can be made fewer of. */
static void
test_million(void **state)
{
	static const struct file none[FILES] = { { NULL, NULL } };
	struct generation *generation;
	struct timespec before, after;
	struct buf text;
	double took;

	(void)state;
	lay_out(HEAD ALLOW("{ networks = \"x.netset\"; }"), none);
	buf_init(&text);
	for (unsigned i = 0; i < 1000000; i++)
		buf_addf(&text, "%u.%u.%u.%u\n", 1 + (i >> 19), i >> 11 & 255,
		    i >> 3 & 255, (i & 7) << 1);
	write_file("x.netset", text.data);
	buf_done(&text);
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
	generation = load_good();
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after), 0);
	generation_unref(generation);
	took = (double)(after.tv_sec - before.tv_sec) +
	    (double)(after.tv_nsec - before.tv_nsec) / 1e9;
	print_message("# a million networks: %.2f s\n", took);
	/* far above what is usual, for sanitizers and slow machines */
	if (took > 30)
		fail_msg("a million networks took %.1f s", took);
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
	(void)nftw(".", remove_one, 8, FTW_DEPTH | FTW_PHYS);

	return chdir("/") != 0 || rmdir(directory) != 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_said),
		cmocka_unit_test(test_feeds),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_no_feeds_directory),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_million),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, enter, leave);
}
