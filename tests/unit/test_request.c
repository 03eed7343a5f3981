/* SPDX-License-Identifier: ISC */
/* test_request.c - what does the command ask of the daemon? */
#include "config.h"

#include "control/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* 64 and 512 bytes, the most that a name and a reason may have */
#define TEXT_16 "0123456789abcdef"
#define TEXT_64 TEXT_16 TEXT_16 TEXT_16 TEXT_16
#define TEXT_256 TEXT_64 TEXT_64 TEXT_64 TEXT_64
#define TEXT_512 TEXT_256 TEXT_256
#define OPEN "open\nseconds 60\n"

/* want: how it is written again; NULL: refused with these words */
static const struct {
	const char *name, *text, *want, *words;
} cases[] = {
	{ "status", "status\n", "status\n", NULL },
	{ "metrics", "metrics\n", "metrics\n", NULL },
	{ "reload", "reload\n", "reload\n", NULL },
	{ "close", "close\n", "close\n", NULL },
	{ "open", OPEN "reason r\n", OPEN "reason r\n", NULL },
	{ "open one policy", OPEN "policy p\nreason r\n",
	    OPEN "policy p\nreason r\n", NULL },
	{ "in any order", "open\nreason a  b \npolicy p\nseconds 60\n",
	    OPEN "policy p\nreason a  b \n", NULL },
	{ "no ASCII", OPEN "policy K\303\266ln\nreason \342\202\254\n",
	    OPEN "policy K\303\266ln\nreason \342\202\254\n", NULL },
	{ "a policy with a blank", OPEN "policy p q\nreason r\n",
	    OPEN "policy p q\nreason r\n", NULL },
	{ "shortest", "open\nseconds 1\nreason r\n",
	    "open\nseconds 1\nreason r\n", NULL },
	{ "longest", "open\nseconds 31536000\nreason r\n",
	    "open\nseconds 31536000\nreason r\n", NULL },
	{ "longest texts", OPEN "policy " TEXT_64 "\nreason " TEXT_512 "\n",
	    OPEN "policy " TEXT_64 "\nreason " TEXT_512 "\n", NULL },

	{ "nothing", "", NULL, "cut off" },
	{ "only a newline", "\n", NULL, "\"\" is no request" },
	{ "verb cut off", "reload", NULL, "cut off" },
	{ "unknown verb", "stop\n", NULL, "\"stop\" is no request" },
	{ "verb in capitals", "RELOAD\n", NULL, "no request" },
	{ "beginning of a verb", "rel\n", NULL, "no request" },
	{ "verb and more", "reload now\n", NULL, "no request" },
	{ "carriage return", "reload\r\n", NULL, "\"reload\\x0d\" is no" },
	{ "blank before", " reload\n", NULL, "no request" },
	{ "arguments of reload", "reload\nreason r\n", NULL, "no arguments" },
	{ "a second verb", "reload\nclose\n", NULL, "no arguments" },
	{ "empty line behind", "status\n\n", NULL, "no arguments" },

	{ "open alone", "open\n", NULL, "needs seconds and a reason" },
	{ "no reason", OPEN, NULL, "needs seconds and a reason" },
	{ "no seconds", "open\nreason r\n", NULL, "needs seconds" },
	{ "only a policy", "open\npolicy p\n", NULL, "needs seconds" },
	{ "cut off in a key", OPEN "rea", NULL, "cut off" },
	{ "cut off in the reason", OPEN "reason r", NULL, "cut off" },
	{ "cut off behind the policy", OPEN "policy p\n", NULL, "needs" },
	{ "unknown key", OPEN "reason r\nuser root\n", NULL,
	    "\"user\" is no argument" },
	{ "key without value", OPEN "reason\n", NULL, "no argument" },
	{ "empty line", OPEN "\nreason r\n", NULL, "\"\" is no argument" },
	{ "seconds twice", OPEN "seconds 61\nreason r\n", NULL,
	    "seconds is there twice" },
	{ "policy twice", OPEN "policy p\npolicy q\nreason r\n", NULL,
	    "policy is there twice" },
	{ "reason twice", OPEN "reason r\nreason s\n", NULL,
	    "reason is there twice" },

	{ "no second", "open\nseconds 0\nreason r\n", NULL,
	    "from 1 to 31536000" },
	{ "more than a year", "open\nseconds 31536001\nreason r\n", NULL,
	    "from 1 to 31536000" },
	{ "more than 32 bits", "open\nseconds 4294967297\nreason r\n", NULL,
	    "from 1" },
	{ "minus", "open\nseconds -1\nreason r\n", NULL, "from 1" },
	{ "no number", "open\nseconds x\nreason r\n", NULL, "from 1" },
	{ "blank before a number", "open\nseconds  60\nreason r\n", NULL,
	    "from 1" },
	{ "unit", "open\nseconds 60s\nreason r\n", NULL, "from 1" },
	{ "empty number", "open\nseconds \nreason r\n", NULL, "from 1" },

	{ "policy too long", OPEN "policy " TEXT_64 "x\nreason r\n", NULL,
	    "the policy is 65 bytes long; write at most 64" },
	{ "empty policy", OPEN "policy \nreason r\n", NULL, "policy is empty" },
	{ "reason too long", OPEN "reason " TEXT_512 "x\n", NULL,
	    "the reason is 513 bytes long; write at most 512" },
	{ "empty reason", OPEN "reason \n", NULL, "reason is empty" },
	{ "blank reason", OPEN "reason    \n", NULL, "reason is empty" },
	{ "tab", OPEN "reason a\tb\n", NULL, "control character" },
	{ "escape", OPEN "reason a\033[31mb\n", NULL, "control character" },
	{ "delete", OPEN "reason a\177\n", NULL, "control character" },
	{ "last of C1", OPEN "reason a\302\237\n", NULL, "control character" },
	{ "first behind C1", OPEN "reason a\302\240\n",
	    OPEN "reason a\302\240\n", NULL },
	{ "no UTF-8", OPEN "reason \303(\n", NULL, "not UTF-8" },
	{ "UTF-8 cut off", OPEN "reason \342\202\n", NULL, "not UTF-8" },
	{ "overlong newline", OPEN "reason \300\212\n", NULL, "not UTF-8" },
};

static bool
is_as_wanted(size_t i, struct buf *got, struct err *err)
{
	struct request request;

	memset(&request, 0x55, sizeof(request));
	if (!request_parse(cases[i].text, strlen(cases[i].text), &request, err))
		return cases[i].want == NULL &&
		    strstr(err->text, cases[i].words) != NULL &&
		    request.seconds == 0x55555555; /* untouched */
	request_text(&request, got);

	return cases[i].want != NULL &&
	    strcmp(buf_text(got), cases[i].want) == 0;
}

static void
test_parse(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct err err = { "" };
		struct buf got;

		buf_init(&got);
		if (!is_as_wanted(i, &got, &err)) {
			print_error("%s: got \"%s\" (%s), want %s\n",
			    cases[i].name, buf_text(&got), err.text,
			    cases[i].want == NULL ? cases[i].words
						  : cases[i].want);
			failed++;
		}
		buf_done(&got);
	}
	assert_int_equal(failed, 0);
}

/* What terminated texts cannot say. */
static void
test_bytes(void **state)
{
	static const char nul[] = "status\n\0";
	static const char nul_inside[] = "open\nseconds 60\nreason a\0b\n";
	static const char nul_behind[] = "open\nseconds 60\nreason a\n\0x\n";
	struct request request;
	struct err err;

	(void)state;
	assert_true(request_parse(nul, 7, &request, &err));
	assert_false(request_parse(nul, 8, &request, &err));
	assert_false(
	    request_parse(nul_inside, sizeof(nul_inside) - 1, &request, &err));
	assert_false(
	    request_parse(nul_behind, sizeof(nul_behind) - 1, &request, &err));
	assert_false(request_parse("", 0, &request, &err));
	/* no byte behind the end counts */
	assert_false(request_parse("reload\n", 6, &request, &err));
}

static void
test_length(void **state)
{
	char *text = mem_new(REQUEST_TEXT + 1, 1);
	struct request request;
	struct err err;

	(void)state;
	memset(text, 'x', REQUEST_TEXT + 1);
	text[REQUEST_TEXT - 1] = '\n';
	assert_false(request_parse(text, REQUEST_TEXT, &request, &err));
	assert_non_null(strstr(err.text, "is no request"));
	assert_false(request_parse(text, REQUEST_TEXT + 1, &request, &err));
	assert_non_null(strstr(err.text, "longer than 4096 bytes"));
	free(text);
}

/* The largest request there is must be one that is read. */
static void
test_fits(void **state)
{
	struct request request = { .verb = VERB_OPEN,
		.seconds = REQUEST_SECONDS };
	struct buf text;

	(void)state;
	buf_init(&text);
	assert_true(request_set_policy(&request, TEXT_64, NULL));
	assert_true(request_set_reason(&request, TEXT_512, NULL));
	request_text(&request, &text);
	assert_true(text.len <= REQUEST_TEXT);
	assert_true(request_parse(buf_text(&text), text.len, &request, NULL));
	buf_done(&text);
}

/* One that is cut off anywhere is none: no policy is lost on the way. */
static void
test_cut(void **state)
{
	static const char whole[] =
	    "open\nseconds 60\npolicy one\nreason a reason\n";
	struct request request;
	struct buf text;

	(void)state;
	buf_init(&text);
	assert_true(request_parse(whole, sizeof(whole) - 1, &request, NULL));
	request_text(&request, &text);
	assert_string_equal(buf_text(&text), whole);
	for (size_t len = 0; len < text.len; len++)
		assert_false(
		    request_parse(buf_text(&text), len, &request, NULL));
	buf_done(&text);
}

static void
test_set_untouched(void **state)
{
	struct request request = { .policy = "p", .reason = "r" };
	struct err err;

	(void)state;
	assert_false(request_set_policy(&request, TEXT_64 "x", &err));
	assert_false(request_set_reason(&request, "a\nb", &err));
	assert_non_null(strstr(err.text, "one line"));
	assert_string_equal(request.policy, "p");
	assert_string_equal(request.reason, "r");
}

/* A fixed sequence (Knuth's MMIX generator), so that a failure comes again. */
static uint32_t
next(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);

	return (uint32_t)(*seed >> 33);
}

/*
 * What is taken is always within its bounds, and says the same when it is
 * written and read again; the sanitizers see what else could happen.
 */
static void
check_one(const char *bytes, size_t len)
{
	struct request request, again;
	struct err err;
	struct buf text;

	if (!request_parse(bytes, len, &request, &err))
		return;
	buf_init(&text);
	request_text(&request, &text);
	assert_true(request_parse(buf_text(&text), text.len, &again, &err));
	assert_int_equal(again.verb, request.verb);
	if (request.verb == VERB_OPEN) {
		assert_in_range(request.seconds, 1, REQUEST_SECONDS);
		assert_in_range(strlen(request.reason), 1, REQUEST_REASON - 1);
		assert_string_equal(again.policy, request.policy);
		assert_string_equal(again.reason, request.reason);
	}
	buf_done(&text);
}

static void
test_random(void **state)
{
	static const char seed_text[] =
	    "open\nseconds 60\npolicy one\nreason a reason\n";
	uint64_t seed = 4;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		char bytes[sizeof(seed_text) - 1];
		size_t len = sizeof(bytes) - next(&seed) % 8;
		uint32_t changes = next(&seed) % 4;

		memcpy(bytes, seed_text, sizeof(bytes));
		while (changes-- > 0)
			bytes[next(&seed) % sizeof(bytes)] = (char)next(&seed);
		check_one(bytes, len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_set_untouched),
		cmocka_unit_test(test_random),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
