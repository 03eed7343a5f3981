/* SPDX-License-Identifier: ISC */
/* test_log_chain.c - is a record chained as anyone can check? */
#include "config.h"

#include "log/chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "log/line.h"

#define HEAD                                                          \
	"{\"@timestamp\":\"2026-11-24T04:00:00.123456Z\",\"event\":{" \
	"\"id\":\"01JDEABCDEFGHJKMNPQRSTVWXY\",\"sequence\":"
#define REST ",\"provider\":\"postern\"},\"postern\":{\"stage\":\"rcpt\","
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

/* Of both by sha256sum(1), over the bytes up to the comma before "hash". */
#define FIRST "a8688c5f71222bb85a61ffb94c9ee076b5e186cfcd54a085b9c1eae26116e7bd"
#define SECOND \
	"707d2cc7f847b8dbf1ca28a26a8aab1ed08b9fb5e9f2d809f608736e76927756"

static void
test_add(void **state)
{
	static const char text[] = HEAD REST;
	static const char want[] = HEAD
	    "1" REST "\"prev\":\"" ZEROS "\",\"hash\":\"" FIRST "\"}}\n" HEAD
	    "2" REST "\"prev\":\"" FIRST "\",\"hash\":\"" SECOND "\"}}\n";
	struct chain_head head;
	struct buf out;

	(void)state;
	buf_init(&out);
	chain_start(&head);
	for (unsigned i = 0; i < 2; i++)
		chain_add(&head, text, strlen(text), strlen(HEAD), &out);
	assert_string_equal(buf_text(&out), want);
	assert_int_equal(head.sequence, 2);
	assert_string_equal(head.hash, SECOND);
	buf_done(&out);
}

#define LINE HEAD "1" REST "\"prev\":\"" ZEROS "\",\"hash\":\"" FIRST "\"}}"

/* What is read from a line; sequence 0: no record. */
static const struct {
	const char *name, *line;
	uint64_t sequence;
} reads[] = {
	{ "good", LINE, 1 },
	{ "empty", "", 0 },
	{ "short", "{\"@timestamp\":\"", 0 },
	{ "a space behind", LINE " ", 0 },
	{ "a newline", LINE "\n", 0 },
	{ "another sequence",
	    HEAD "2" REST "\"prev\":\"" ZEROS "\",\"hash\":\"" FIRST "\"}}",
	    0 },
	{ "another byte",
	    HEAD "1,\"provider\":\"postern\"},\"postern\":{\"stage\":\"mail\","
		 "\"prev\":\"" ZEROS "\",\"hash\":\"" FIRST "\"}}",
	    0 },
	{ "another prev",
	    HEAD "1" REST "\"prev\":\"" FIRST "\",\"hash\":\"" FIRST "\"}}",
	    0 },
	{ "another hash",
	    HEAD "1" REST "\"prev\":\"" ZEROS "\",\"hash\":\"" ZEROS "\"}}",
	    0 },
	{ "cut in front", &LINE[1], 0 },
	{ "another key",
	    HEAD "1" REST "\"past\":\"" ZEROS "\",\"hash\":\"" FIRST "\"}}",
	    0 },
};

static void
test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(reads); i++) {
		struct chain_head head;
		size_t len = strlen(reads[i].line);
		char *copy = mem_text_len(reads[i].line, len);
		bool got;

		chain_start(&head);
		/* A copy of its own: one byte read too many is seen. */
		got = chain_read(copy, len, &head);
		free(copy);
		if (got != (reads[i].sequence != 0) ||
		    head.sequence != reads[i].sequence ||
		    strcmp(head.hash, got ? FIRST : ZEROS) != 0)
			fail_msg("%s: got %d, %u, %s", reads[i].name, got,
			    (unsigned)head.sequence, head.hash);
	}
}

#define ID "01JDEABCDEFGHJKMNPQRSTVWXY"
#define START "{\"@timestamp\":\"x\","

/* NULL, 0: none. */
static const struct {
	const char *name, *line, *id;
	uint64_t sequence;
} lines[] = {
	{ "both", START "\"event\":{\"id\":\"" ID "\",\"sequence\":42}}", ID,
	    42 },
	{ "no event", START "\"id\":\"" ID "\",\"sequence\":42}", NULL, 0 },
	{ "event not closed", START "\"event\":{\"id\":\"" ID "\",", NULL, 0 },
	{ "not of ours", "{\"event\":{\"id\":\"" ID "\",\"sequence\":42}}",
	    NULL, 0 },
	{ "after the event only",
	    START "\"event\":{\"kind\":\"alert\"},\"user\":{\"id\":\"" ID
		  "\"},\"postern\":{\"sequence\":42}}",
	    NULL, 0 },
	{ "in a client's text",
	    START "\"event\":{\"kind\":\"alert\"},\"postern\":{\"helo\":"
		  "\"\\\"event\\\":{\\\"id\\\":\\\"" ID "\\\"}\"}}",
	    NULL, 0 },
	{ "id too short",
	    START "\"event\":{\"id\":\"01JDEABCDEFGHJKMNPQRSTVWX\"}}", NULL,
	    0 },
	{ "id too long", START "\"event\":{\"id\":\"" ID "Z\"}}", NULL, 0 },
	{ "id of other letters",
	    START "\"event\":{\"id\":\"01JDEABCDEFGHJKMNPQRSTVWXU\"}}", NULL,
	    0 },
	{ "sequence 0", START "\"event\":{\"sequence\":0}}", NULL, 0 },
	{ "sequence with a zero", START "\"event\":{\"sequence\":042}}", NULL,
	    0 },
	{ "negative", START "\"event\":{\"sequence\":-1}}", NULL, 0 },
	{ "fraction", START "\"event\":{\"sequence\":1.5}}", NULL, 0 },
	{ "fifteen digits", START "\"event\":{\"sequence\":999999999999999}}",
	    NULL, 999999999999999 },
	{ "sixteen digits", START "\"event\":{\"sequence\":1000000000000000}}",
	    NULL, 0 },
	{ "last in the event", START "\"event\":{\"sequence\":7}}", NULL, 7 },
	{ "empty", "", NULL, 0 },
};

static void
test_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(lines); i++) {
		char id[ULID_TEXT] = "";
		uint64_t sequence = 0;
		size_t len = strlen(lines[i].line);
		char *copy = mem_text_len(lines[i].line, len);
		bool has = log_line_id(copy, len, id);
		bool numbered = log_line_sequence(copy, len, &sequence);

		free(copy);
		if (has != (lines[i].id != NULL) ||
		    strcmp(id, has ? lines[i].id : "") != 0 ||
		    numbered != (lines[i].sequence != 0) ||
		    sequence != lines[i].sequence)
			fail_msg("%s: got \"%s\", %u", lines[i].name, id,
			    (unsigned)sequence);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_line),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
