/* SPDX-License-Identifier: ISC */
/* test_netset.c - which networks does a list hold, and of which day is it? */
#include "config.h"

#include "lists/netset.h"

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

#define PATH "x.netset"
#define DIGEST                             \
	"d4014678db85de36ec21496326d0fa9b" \
	"4c11e02f119ea36afb4c92f252c8b23f"
#define NO_NETWORK                                                          \
	" is no address, network or range; write 192.0.2.7, 192.0.2.0/24, " \
	"2001:db8::/32 or 192.0.2.7-192.0.2.12\n"

/* want: "LINE=RANGE" of each entry, or what is complained about. */
static const struct {
	const char *name, *text, *want, *day, *origin, *said;
} cases[] = {
	{ "a network", "192.0.2.0/24\n", "1=192.0.2.0/24 ", "none", "none",
	    "" },
	{ "all forms",
	    "192.0.2.7\n2001:db8::/32\n192.0.2.7-192.0.2.12\n2001:db8::1\n",
	    "1=192.0.2.7 2=2001:db8::/32 3=192.0.2.7-192.0.2.12 "
	    "4=2001:db8::1 ",
	    "none", "none", "" },
	{ "no newline at the end", "192.0.2.0/24", "1=192.0.2.0/24 ", "none",
	    "none", "" },
	{ "CRLF, blanks and empty lines",
	    "\r\n \t 192.0.2.0/24 \t\r\n\r\n  \n192.0.2.7\r\n",
	    "2=192.0.2.0/24 5=192.0.2.7 ", "none", "none", "" },
	{ "comments",
	    "# one\n192.0.2.0/24 # two\n192.0.2.7# three\n #four\n#\n",
	    "2=192.0.2.0/24 3=192.0.2.7 ", "none", "none", "" },
	{ "a byte order mark", "\xef\xbb\xbf# date: 2026-05-06\r\n192.0.2.7",
	    "2=192.0.2.7 ", "2026-05-06", "none", "" },
	{ "head",
	    "# A title\n# date: 2026-05-06\n# origin: the vendor, # CC0 \n"
	    "192.0.2.7\n",
	    "4=192.0.2.7 ", "2026-05-06", "the vendor, # CC0", "" },
	{ "head without blanks", "#date:2026-05-06\n#origin:x\n1.2.3.4\n",
	    "3=1.2.3.4 ", "2026-05-06", "x", "" },
	{ "a date that is not known", "# date: unknown\n192.0.2.7\n",
	    "2=192.0.2.7 ", "none", "none", "" },
	{ "the first date counts",
	    "# date: 2026-05-06\n# date: 2030-01-01\n192.0.2.7\n",
	    "3=192.0.2.7 ", "2026-05-06", "none", "" },
	{ "unknown first, then a date",
	    "# date: unknown\n# date: 2030-01-01\n192.0.2.7\n", "3=192.0.2.7 ",
	    "none", "none", "" },
	{ "behind the head nothing counts",
	    "192.0.2.7\n# date: 2026-05-06\n# origin: x\n", "1=192.0.2.7 ",
	    "none", "none", "" },
	{ "a day that is none", "# date: 2026-02-30\n192.0.2.7\n",
	    "2=192.0.2.7 ", "none", "none",
	    PATH ":1: warning: date: \"2026-02-30\" is no day; write "
		 "YYYY-MM-DD or unknown; taken as unknown\n" },
	{ "control characters in the origin", "# origin: a\x1b[2Jb\x7f\n", "",
	    "none", "a?[2Jb?", "" },
	{ "empty", "", "", "none", "none", "" },
	{ "comments only", "# nothing\n\n", "", "none", "none", "" },

	{ "host bits", "# x\n192.0.2.1/24\n", NULL, NULL, NULL,
	    PATH ":2: host bits set; write 192.0.2.0/24\n" },
	{ "each bad line", "nobody\n192.0.2.7\n010.0.0.1\n", NULL, NULL, NULL,
	    PATH ":1: \"nobody\"" NO_NETWORK PATH
		 ":3: \"010.0.0.1\"" NO_NETWORK },
	{ "two on a line", "192.0.2.7 192.0.2.8\n", NULL, NULL, NULL,
	    PATH ":1: \"192.0.2.7 192.0.2.8\"" NO_NETWORK },
	{ "another kind of comment", "; 192.0.2.7\n", NULL, NULL, NULL,
	    PATH ":1: \"; 192.0.2.7\"" NO_NETWORK },
	{ "a lone CR parts no lines", "192.0.2.7\r192.0.2.8\n", NULL, NULL,
	    NULL, PATH ":1: \"192.0.2.7\\x0d192.0.2.8\"" NO_NETWORK },
};

static char directory[] = "/tmp/test_netset.XXXXXX";

static void
write_bytes(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void
add_entries(const struct netset *netset, struct buf *out)
{
	char text[RANGE_TEXT];

	for (size_t i = 0; i < netset->count; i++)
		buf_addf(out, "%u=%s ", netset->entries[i].line,
		    range_text(&netset->entries[i].range, text));
}

static void
expect(const char *name, const char *what, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg(
		    "%s: %s: got \"%s\", want \"%s\"", name, what, got, want);
}

static void
check_netset(size_t i, const struct netset *netset)
{
	char day[DAY_TEXT];
	struct buf got;

	if ((netset == NULL) != (cases[i].want == NULL))
		fail_msg("%s: %s", cases[i].name,
		    netset == NULL ? "refused" : "not refused");
	if (netset == NULL)
		return;
	buf_init(&got);
	add_entries(netset, &got);
	expect(cases[i].name, "entries", buf_text(&got), cases[i].want);
	expect(cases[i].name, "day",
	    netset->day == NETSET_NO_DAY ? "none" : day_text(netset->day, day),
	    cases[i].day);
	expect(cases[i].name, "origin",
	    netset->origin == NULL ? "none" : netset->origin, cases[i].origin);
	buf_done(&got);
}

static void
test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct netset *netset;
		struct diags diags;
		struct buf said;

		diags_init(&diags);
		buf_init(&said);
		write_bytes(PATH, cases[i].text, strlen(cases[i].text));
		netset = netset_load(PATH, &diags);
		check_netset(i, netset);
		diags_text(&diags, &said);
		expect(cases[i].name, "said", buf_text(&said), cases[i].said);
		netset_free(netset);
		buf_done(&said);
		diags_done(&diags);
	}
}

/* Loads PATH, which must be refused; what is said of it. */
static void
expect_refusal(const char *name, const char *path, const char *want)
{
	struct diags diags;
	struct buf said;

	diags_init(&diags);
	buf_init(&said);
	assert_null(netset_load(path, &diags));
	diags_text(&diags, &said);
	if (strstr(buf_text(&said), want) == NULL)
		fail_msg("%s: got \"%s\", want \"%s\" in it", name,
		    buf_text(&said), want);
	buf_done(&said);
	diags_done(&diags);
}

/* A C text would end at the NUL and hide what stands behind it. */
static void
test_nul(void **state)
{
	(void)state;
	write_bytes(PATH, "192.0.2.7\n192.0.2.8\0/0\n", 23);
	expect_refusal("a NUL byte", PATH, PATH ":2: there is a NUL byte");
	write_bytes(PATH, "# \0\n192.0.2.7\n", 14);
	expect_refusal("in a comment", PATH, PATH ":1: there is a NUL byte");
}

static void
test_long_line(void **state)
{
	char text[NETSET_LINE + 2];
	struct diags diags;
	struct netset *netset;

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text, "192.0.2.7", 9);
	text[NETSET_LINE] = '\n';
	write_bytes(PATH, text, NETSET_LINE + 1);
	diags_init(&diags);
	netset = netset_load(PATH, &diags);
	assert_non_null(netset);
	netset_free(netset);
	diags_done(&diags);

	text[NETSET_LINE] = ' ';
	text[NETSET_LINE + 1] = '\n';
	write_bytes(PATH, text, NETSET_LINE + 2);
	expect_refusal("one more", PATH, PATH ":1: the line is too long");
}

/* Twenty are told one by one, then how many there are besides. */
static void
test_many_errors(void **state)
{
	struct diags diags;
	struct buf text;

	(void)state;
	buf_init(&text);
	for (int i = 0; i < NETSET_ERRORS; i++)
		buf_add_text(&text, "x\n");
	write_bytes(PATH, text.data, text.len);
	diags_init(&diags);
	assert_null(netset_load(PATH, &diags));
	assert_int_equal(diags.count, NETSET_ERRORS);
	diags_done(&diags);

	for (int i = 0; i < 7; i++)
		buf_add_text(&text, "x\n");
	write_bytes(PATH, text.data, text.len);
	diags_init(&diags);
	assert_null(netset_load(PATH, &diags));
	assert_int_equal(diags.count, NETSET_ERRORS + 1);
	assert_string_equal(diags.items[NETSET_ERRORS].message,
	    "and 7 more lines that are no network");
	diags_done(&diags);
	buf_done(&text);
}

static void
test_files(void **state)
{
	(void)state;
	expect_refusal("none", "none.netset", "none.netset: cannot be");
	assert_int_equal(mkfifo("fifo.netset", 0600), 0);
	expect_refusal("a pipe", "fifo.netset", "fifo.netset: is no regular");
	assert_int_equal(mkdir("dir.netset", 0700), 0);
	expect_refusal("a directory", "dir.netset", "dir.netset: is ");
}

/* sha256sum of the same bytes. */
static void
test_digest(void **state)
{
	struct diags diags;
	struct netset *netset;

	(void)state;
	diags_init(&diags);
	write_bytes(PATH, "192.0.2.7 # x\r\n", 15);
	netset = netset_load(PATH, &diags);
	assert_non_null(netset);
	assert_string_equal(netset->digest, DIGEST);
	netset_free(netset);
	diags_done(&diags);
}

/* A million networks, each a /32 of its own; the start must not wait. */
static void
test_million(void **state)
{
	struct timespec before, after;
	struct diags diags;
	struct netset *netset;
	struct buf text;
	double took;

	(void)state;
	buf_init(&text);
	for (unsigned i = 0; i < 1000000; i++)
		buf_addf(&text, "%u.%u.%u.%u/32\n", 1 + (i >> 20), i >> 16 & 15,
		    i >> 8 & 255, i & 255);
	write_bytes(PATH, text.data, text.len);
	buf_done(&text);
	diags_init(&diags);
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
	netset = netset_load(PATH, &diags);
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after), 0);
	assert_non_null(netset);
	assert_int_equal(netset->count, 1000000);
	netset_free(netset);
	diags_done(&diags);
	took = (double)(after.tv_sec - before.tv_sec) +
	    (double)(after.tv_nsec - before.tv_nsec) / 1e9;
	/* a tenth of that is usual; sanitizers and slow machines need more */
	if (took > 20)
		fail_msg("a million lines took %.1f s", took);
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
	(void)unlink(PATH);
	(void)unlink("fifo.netset");
	(void)rmdir("dir.netset");

	return chdir("/") != 0 || rmdir(directory) != 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_many_errors),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_million),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, enter, leave);
}
