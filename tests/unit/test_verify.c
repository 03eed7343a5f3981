/* SPDX-License-Identifier: ISC */
/*
 * test_verify.c - where is the first bad line, and what became of it?
 *
 * The edges of what is remembered and of what is looked at behind a bad line;
 * the attacks themselves are in tests/cli/verify.py.
 */
#include "config.h"

#include "log/verify.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "log/chain.h"
#include "log/verdict.h"

enum {
	LINES = 2000
};

struct log_of {
	struct buf lines[LINES]; /* without newlines; 0 is record 1 */
	struct chain_head heads[LINES];
};

static void
add_line(struct buf *out, struct chain_head *head, const char *action,
    int64_t time_us, const char *members)
{
	char time[TIME_TEXT];
	struct buf text;
	size_t at;

	buf_init(&text);
	buf_addf(&text,
	    "{\"@timestamp\":\"%s\",\"event\":{\"action\":\"%s\","
	    "\"sequence\":",
	    time_text(time_us, time), action);
	at = text.len;
	buf_addf(&text, ",\"provider\":\"postern\"},\"postern\":{%s", members);
	buf_init(out);
	chain_add(head, text.data, text.len, at, out);
	out->len--; /* the newline */
	buf_done(&text);
}

/* One a second from 1970 on; variant: what makes it another chain. */
static struct log_of *
log_new(const char *variant)
{
	struct log_of *log = mem_new(1, sizeof(*log));
	struct chain_head head;

	chain_start(&head);
	for (size_t i = 0; i < LINES; i++) {
		add_line(&log->lines[i], &head, "bypass-rejected",
		    (int64_t)i * 1000000, variant);
		log->heads[i] = head;
	}

	return log;
}

static void
log_free(struct log_of *log)
{
	for (size_t i = 0; i < LINES; i++)
		buf_done(&log->lines[i]);
	free(log);
}

static bool
give(struct verify *verify, const struct buf *line)
{
	return verify_add_line(verify, line->data, line->len, true);
}

/* Records from..to of the log, from 1. */
static bool
give_range(
    struct verify *verify, const struct log_of *log, size_t from, size_t to)
{
	for (size_t i = from; i <= to; i++)
		if (!give(verify, &log->lines[i - 1]))
			return false;

	return true;
}

static int64_t end_us; /* when all was read */

static void
check(
    const char *name, struct verify *verify, enum damage damage, uint64_t line)
{
	struct verify_result result;

	(void)verify_end(verify, end_us);
	verify_result(verify, &result);
	if (result.damage != damage || result.place.line != line)
		fail_msg("%s: got %s in line %" PRIu64 " (%s), want %s in line "
			 "%" PRIu64,
		    name, damage_text(result.damage), result.place.line,
		    result.words, damage_text(damage), line);
	verify_free(verify);
}

static struct verify *
begin(void)
{
	const struct verify_want want = { .key = NULL };
	struct verify *verify = verify_new(&want);

	verify_file(verify, 0);

	return verify;
}

/* Parts of a log in the order of their being given; from 0 ends them. */
static const struct {
	const char *name;
	size_t parts[6][2];
	enum damage damage;
	uint64_t line;
} cases[] = {
	{ "whole", { { 1, LINES } }, DAMAGE_NONE, 0 },
	{ "one", { { 1, 1 } }, DAMAGE_NONE, 0 },
	{ "the second of two is missing at the end", { { 1, 5 }, { 7, 7 } },
	    DAMAGE_REMOVED, 6 },
	{ "moved down as far as is seen", { { 1, 5 }, { 7, 21 }, { 6, 6 } },
	    DAMAGE_REORDERED, 6 },
	{ "moved down further", { { 1, 5 }, { 7, 22 }, { 6, 6 } },
	    DAMAGE_REMOVED, 6 },
	{ "moved up", { { 1, 5 }, { 8, 8 }, { 6, 7 }, { 9, 30 } },
	    DAMAGE_REORDERED, 6 },
	{ "moved up, to the end", { { 1, 5 }, { 8, 8 }, { 6, 7 } },
	    DAMAGE_REORDERED, 6 },
	{ "copied up", { { 1, 5 }, { 8, 8 }, { 6, 30 } }, DAMAGE_PUT_IN, 6 },
	{ "the last two swapped", { { 1, 5 }, { 7, 7 }, { 6, 6 } },
	    DAMAGE_REORDERED, 6 },
	{ "the first two swapped", { { 2, 2 }, { 1, 1 }, { 3, 9 } },
	    DAMAGE_REORDERED, 2 },
	{ "doubled, as the last", { { 1, 5 }, { 5, 5 } }, DAMAGE_DOUBLED, 6 },
	{ "doubled, as far up as is remembered",
	    { { 1, PAST_HEADS + 1 }, { 2, 2 } }, DAMAGE_DOUBLED,
	    PAST_HEADS + 2 },
	{ "doubled, further up", { { 1, PAST_HEADS + 2 }, { 2, 2 } },
	    DAMAGE_DOUBLED, PAST_HEADS + 3 },
	{ "doubled from the start", { { 1, LINES }, { 1, 5 } }, DAMAGE_DOUBLED,
	    LINES + 1 },
	{ "without its beginning", { { 5, 20 } }, DAMAGE_REMOVED, 1 },
	{ "without its beginning, and worse", { { 5, 20 }, { 22, 30 } },
	    DAMAGE_REMOVED, 17 },
};

static void
test_order(void **state)
{
	struct log_of *log = log_new("");

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct verify *verify = begin();

		for (size_t j = 0; cases[i].parts[j][0] != 0; j++)
			if (!give_range(verify, log, cases[i].parts[j][0],
				cases[i].parts[j][1]))
				break;
		check(cases[i].name, verify, cases[i].damage, cases[i].line);
	}
	log_free(log);
}

static void
test_other(void **state)
{
	struct log_of *log = log_new(""), *other = log_new("\"x\":1,");
	struct verify *verify;

	(void)state;
	verify = begin();
	(void)(give_range(verify, log, 1, 5) &&
	    give_range(verify, other, 6, 30));
	check("another chain goes on", verify, DAMAGE_CHAIN, 6);
	verify = begin();
	(void)(give_range(verify, log, 1, 5) &&
	    give_range(verify, other, 6, 6) && give_range(verify, log, 7, 30));
	check("one record of another chain", verify, DAMAGE_CHAIN, 6);
	verify = begin();
	(void)(give_range(verify, log, 1, 5) &&
	    give_range(verify, other, 6, 6) && give_range(verify, log, 6, 30));
	check("one of another chain put in", verify, DAMAGE_PUT_IN, 6);
	verify = begin();
	(void)(give_range(verify, log, 1, 5) &&
	    give_range(verify, other, 5, 5));
	check("another record of the same sequence", verify, DAMAGE_FORKED, 6);
	verify = begin();
	(void)(give_range(verify, log, 1, 5) &&
	    give_range(verify, other, 1, 5));
	check("another chain from its start", verify, DAMAGE_CHAIN, 6);
	log_free(log);
	log_free(other);
}

/* A place, damage and a time: `deleted` behind records that begin with 11. */
static void
check_kept(const char *name, int64_t deleted_us, int64_t now_us,
    int64_t keep_us, enum damage damage)
{
	const struct verify_want want = { .keep_us = keep_us };
	struct verify *verify = verify_new(&want);
	struct log_of *log = log_new("");
	struct chain_head head = log->heads[19];
	char members[256];
	struct buf line;

	(void)snprintf(members, sizeof(members),
	    "\"deleted\":{\"first\":1,\"last\":10,\"hash\":\"%s\"},",
	    log->heads[9].hash);
	verify_file(verify, 11);
	assert_true(give_range(verify, log, 11, 20));
	add_line(&line, &head, "deleted", deleted_us, members);
	assert_true(give(verify, &line));
	end_us = now_us;
	check(name, verify, damage, damage == DAMAGE_NONE ? 0 : 11);
	buf_done(&line);
	log_free(log);
}

static void
test_keep(void **state)
{
	const int64_t s = 1000000, late = 1000000 * s;

	(void)state;
	/* record 11 was made at 10 s */
	check_kept("just old enough", 110 * s, late, 100 * s, DAMAGE_NONE);
	check_kept("too young", 110 * s - 1, late, 100 * s, DAMAGE_YOUNG);
	check_kept("of any age", 11 * s, late, 0, DAMAGE_NONE);
	check_kept("it lies", late, 110 * s - 1, 100 * s, DAMAGE_YOUNG);
	check_kept("it need not lie", late, 110 * s, 100 * s, DAMAGE_NONE);
}

static void
test_head(void **state)
{
	struct log_of *log = log_new(""), *other = log_new("\"x\":1,");
	const struct {
		const char *name;
		uint64_t sequence;
		const char *hash;
		enum damage damage;
		uint64_t line;
	} heads[] = {
		{ "the last", 20, log->heads[19].hash, DAMAGE_NONE, 0 },
		{ "the first", 1, log->heads[0].hash, DAMAGE_NONE, 0 },
		{ "one more", 21, log->heads[20].hash, DAMAGE_CUT, 20 },
		{ "another", 7, other->heads[6].hash, DAMAGE_FORKED, 7 },
	};

	(void)state;
	for (size_t i = 0; i < NITEMS(heads); i++) {
		const struct verify_want want = {
			.head_sequence = heads[i].sequence,
			.head_hash = heads[i].hash,
		};
		struct verify *verify = verify_new(&want);

		verify_file(verify, 1);
		(void)give_range(verify, log, 1, 20);
		check(heads[i].name, verify, heads[i].damage, heads[i].line);
	}
	log_free(log);
	log_free(other);
}

/* Of a line that is cut anywhere not a byte too many is read. */
static void
test_cut(void **state)
{
	static const char members[] =
	    "\"deleted\":{\"first\":1,\"last\":10,\"hash\":\"0\"},";
	struct chain_head head;
	struct buf line;

	(void)state;
	chain_start(&head);
	add_line(&line, &head, "deleted", 0, members);
	for (size_t len = 0; len <= line.len; len++) {
		char *copy = mem_resize(NULL, len + (len == 0), 1);
		struct verify *verify = begin();

		memcpy(copy, line.data, len);
		(void)verify_add_line(verify, copy, len, true);
		check("cut", verify,
		    len == line.len ? DAMAGE_NONE : DAMAGE_FOREIGN,
		    len == line.len ? 0 : 1);
		free(copy);
	}
	buf_done(&line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_other),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
