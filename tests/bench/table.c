/* SPDX-License-Identifier: ISC */
/*
 * table.c - what does the table of networks cost, and is that within its aim?
 *
 *	table [--quick]
 *
 * For each kind and number of networks: text to table, memory, and lookups
 * of random addresses beside a plain binary search over the same disjoint
 * intervals.  Each measurement begins with cold caches; the two searches take
 * turns, and medians are told.  Times are of this thread's processor, so that
 * what else runs on the machine disturbs little.
 */
#include "config.h"

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "lists/generation.h"
#include "net/table.h"
#include "networks.h"
#include "plain.h"

enum {
	LOOKUPS = 1000000,
	REPEATS = 9,
	FLUSH_BYTES = 256 << 20,
	AIM_BYTES = 32,
	MILLION = 1000000,
	MIDDLE = 100000,
	PATH = 64
};

#define AIM_RATIO 0.2
#define AIM_LOAD_S 0.5

static double
now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);

	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
median(double *values, size_t count)
{
	qsort(values, count, sizeof(values[0]), compare);

	return values[count / 2];
}

static uint8_t *flush;
/* What was found: sums that nobody knows before, so that all is looked up. */
static volatile uintptr_t sink;

static void
flush_caches(void)
{
	if (flush == NULL)
		flush = mem_new(FLUSH_BYTES, 1);
	for (size_t i = 0; i < FLUSH_BYTES; i += 64)
		flush[i]++;
}

/* One lookup after the other; each waits for the last if it depends on it. */
static double
time_table(const struct table *table, const struct addr *addrs, bool depends)
{
	uintptr_t found, sum = 0, wait = 0;
	double begun;

	flush_caches();
	begun = now();
	for (size_t i = 0; i < LOOKUPS; i++) {
		found = (uintptr_t)table_find(table, &addrs[i + wait]);
		sum += found;
		if (depends)
			wait = found >> 63; /* 0, but who knows? */
	}
	sink = sum;

	return (now() - begun) / LOOKUPS * 1e9;
}

static double
time_plain(const struct plain *plain, const struct addr *addrs, bool depends)
{
	uintptr_t found, sum = 0, wait = 0;
	double begun;

	flush_caches();
	begun = now();
	for (size_t i = 0; i < LOOKUPS; i++) {
		found = plain_find(plain, &addrs[i + wait]);
		sum += found;
		if (depends)
			wait = found >> 63;
	}
	sink = sum;

	return (now() - begun) / LOOKUPS * 1e9;
}

struct measured {
	double table;
	double plain;
};

static struct measured
lookups(const struct table *table, const struct plain *plain,
    const struct addr *addrs, bool depends, unsigned repeats)
{
	double a[REPEATS], b[REPEATS];

	for (unsigned i = 0; i < repeats; i++) {
		a[i] = time_table(table, addrs, depends);
		b[i] = time_plain(plain, addrs, depends);
	}

	return (struct measured){ median(a, repeats), median(b, repeats) };
}

/* Both searches have to say the same, or nothing here means anything. */
static void
check(const struct table *table, const struct plain *plain,
    const struct addr *addrs)
{
	for (size_t i = 0; i < LOOKUPS; i++)
		if (table_find(table, &addrs[i]) !=
		    plain_list(plain, plain_find(plain, &addrs[i])))
			errx(EX_SOFTWARE, "the two searches disagree");
}

static struct addr *
make_addrs(struct networks *networks, bool is_inside)
{
	struct addr *addrs = mem_new(LOOKUPS, sizeof(addrs[0]));

	for (size_t i = 0; i < LOOKUPS; i++)
		addrs[i] = is_inside ? networks_inside(networks)
				     : networks_anywhere(networks);

	return addrs;
}

/* A file for each source, each network in one of them. */
static void
write_lists(const struct networks *networks)
{
	FILE *files[NETWORKS_SETS];
	char text[RANGE_TEXT];

	for (unsigned i = 0; i < NETWORKS_SETS; i++) {
		(void)snprintf(text, sizeof(text), "s%u.netset", i);
		files[i] = fopen(text, "w");
		if (files[i] == NULL)
			err(EX_CANTCREAT, "%s", text);
	}
	for (size_t i = 0; i < networks->count; i++)
		(void)fprintf(files[i % NETWORKS_SETS], "%s\n",
		    range_text(&networks->ranges[i], text));
	for (unsigned i = 0; i < NETWORKS_SETS; i++)
		if (fclose(files[i]) != 0)
			err(EX_IOERR, "s%u.netset", i);
}

static void
write_conf(void)
{
	FILE *file = fopen("table.conf", "w");

	if (file == NULL)
		err(EX_CANTCREAT, "table.conf");
	(void)fprintf(file, "sources: {\n");
	for (unsigned i = 0; i < NETWORKS_SETS; i++)
		(void)fprintf(
		    file, "s%u: { networks = \"s%u.netset\"; };\n", i, i);
	(void)fprintf(file,
	    "};\npolicies: ( { name = \"p\"; domains = [ \"example.com\" ];"
	    " allow = [ \"s0\" ]; } );\n");
	if (fclose(file) != 0)
		err(EX_IOERR, "table.conf");
}

/* Seconds from the text of all lists to a configuration that is in force. */
static double
load(void)
{
	struct generation *generation;
	struct diags diags;
	struct buf text;
	double begun = now();
	double took;

	diags_init(&diags);
	generation = generation_load("table.conf", 0, &diags);
	took = now() - begun;
	if (generation == NULL) {
		buf_init(&text);
		diags_text(&diags, &text);
		errx(EX_DATAERR, "%s", buf_text(&text));
	}
	diags_done(&diags);
	generation_unref(generation);

	return took;
}

static double
load_median(const struct networks *networks, unsigned repeats)
{
	double times[REPEATS];

	write_lists(networks);
	write_conf();
	for (unsigned i = 0; i < repeats; i++)
		times[i] = load();

	return median(times, repeats);
}

/* "+" where the aim is met, "-" where not, " " where there is none. */
static char
verdict(bool has_aim, bool is_met)
{
	return !has_aim ? ' ' : is_met ? '+' : '-';
}

static void
print_lookups(const char *name, struct measured ns, bool has_aim)
{
	double ratio = ns.table / ns.plain;

	printf("    %-24s%7.1f ns, plain %7.1f ns, ratio %.2f %c\n", name,
	    ns.table, ns.plain, ratio, verdict(has_aim, ratio <= AIM_RATIO));
}

static void
measure_lookups(struct networks *networks, unsigned repeats)
{
	bool has_aim = networks->count == MILLION;
	struct table *table = networks_table(networks);
	struct plain *plain = plain_new(networks, table);
	double bytes = (double)table_bytes(table);
	double each = bytes / (double)networks->count;

	printf("    %-24s%7.1f %c, in all %.1f KB; plain %.1f, %zu intervals\n",
	    "bytes a network", each, verdict(has_aim, each <= AIM_BYTES),
	    bytes / 1024, (double)plain_bytes(plain) / (double)networks->count,
	    plain_count(plain));
	for (int is_inside = 1; is_inside >= 0; is_inside--) {
		struct addr *addrs = make_addrs(networks, is_inside);

		check(table, plain, addrs);
		print_lookups(
		    is_inside ? "inside, streamed" : "anywhere, streamed",
		    lookups(table, plain, addrs, false, repeats), has_aim);
		print_lookups(
		    is_inside ? "inside, one by one" : "anywhere, one by one",
		    lookups(table, plain, addrs, true, repeats), false);
		free(addrs);
	}
	plain_free(plain);
	table_free(table);
}

static void
measure(enum networks_kind kind, size_t count, unsigned repeats)
{
	bool has_aim = count == MILLION;
	struct networks networks;
	double took;

	networks_make(&networks, kind, count);
	took = load_median(&networks, repeats);
	printf("%s: %zu networks\n", networks_names[kind], count);
	printf("    %-24s%7.3f s %c\n", "text to table", took,
	    verdict(has_aim, took <= AIM_LOAD_S));
	measure_lookups(&networks, repeats);
	(void)fflush(stdout);
	networks_done(&networks);
}

static void
remove_folder(const char *folder)
{
	char name[PATH];

	for (unsigned i = 0; i < NETWORKS_SETS; i++) {
		(void)snprintf(name, sizeof(name), "s%u.netset", i);
		(void)unlink(name); /* it may not have come to that */
	}
	(void)unlink("table.conf");
	(void)rmdir(folder);
}

int
main(int argc, char **argv)
{
	static const size_t counts[] = { 1000, MIDDLE, MILLION };
	bool is_quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
	char folder[] = "/tmp/postern-table.XXXXXX";

	if (argc > 2 || (argc == 2 && !is_quick))
		errx(EX_USAGE, "usage: table [--quick]");
	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		err(EX_CANTCREAT, "%s", folder);
	printf("Aims at a million networks (+ met, - not): at most %.1f s, %d "
	       "bytes a network,\n%.2f of the plain search's time, streamed\n",
	    AIM_LOAD_S, AIM_BYTES, AIM_RATIO);
	for (enum networks_kind kind = 0; kind < NETWORKS_KINDS; kind++)
		for (size_t i = 0; i < NITEMS(counts); i++)
			if (!is_quick || counts[i] < MIDDLE)
				measure(
				    kind, counts[i], is_quick ? 1 : REPEATS);
	remove_folder(folder);
	free(flush);

	return 0;
}
