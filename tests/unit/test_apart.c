/* SPDX-License-Identifier: ISC */
/*
 * test_apart.c - who goes first, and does everyone come in at last?
 *
 * A recipient is a word whose first letter is its class: "f" is free, each
 * other one a policy of its own.
 */
#include "config.h"

#include "posternd/apart.h"

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
#include "posternd/clock.h"

#define US INT64_C(1000000)

enum {
	WORD = 24,
	MOST = 2000,
	ERRORS = 20 /* Postfix's smtpd_hard_error_limit: the next one ends it */
};

/* Instead of posternd/clock.c. */
static int64_t now_us = 1000 * US;

int64_t
clock_up_us(void)
{
	return now_us;
}

struct list {
	char words[MOST][WORD];
	size_t count;
};

/* "f1 a1 a2", or "a*25": a1 to a25. */
static void
list_of(const char *text, struct list *list)
{
	char *copy = mem_text(text), *rest = copy, *word;

	list->count = 0;
	while ((word = strtok_r(rest, " ", &rest)) != NULL) {
		unsigned long many = strchr(word, '*') == NULL
		    ? 0
		    : strtoul(strchr(word, '*') + 1, NULL, 10);

		if (many == 0)
			(void)snprintf(
			    list->words[list->count++], WORD, "%s", word);
		for (unsigned long i = 1; i <= many; i++)
			(void)snprintf(list->words[list->count++], WORD,
			    "%c%lu", word[0], i);
	}
	free(copy);
}

static uint64_t
class_of_word(const char *word)
{
	return word[0] == 'f' || word[0] == 'F'
	    ? 0
	    : (uint64_t)(word[0] | 32) * UINT64_C(0x0123456789);
}

static void
remember_list(const char *sender, const struct list *list)
{
	struct apart *recipients = mem_new(list->count, sizeof(*recipients));

	for (size_t i = 0; i < list->count; i++) {
		recipients[i].address = list->words[i];
		recipients[i].class = class_of_word(list->words[i]);
	}
	apart_remember(sender, recipients, list->count);
	free(recipients);
}

static void
remember(const char *sender, const char *text)
{
	struct list list;

	list_of(text, &list);
	remember_list(sender, &list);
}

/* Sends it to these; those who may stay. */
static void
ask(struct turn *turn, const char *sender, const char *text, struct buf *stay)
{
	struct list list;

	memset(turn, 0, sizeof(*turn));
	list_of(text, &list);
	for (size_t i = 0; i < list.count; i++)
		if (apart_may_stay(turn, sender, list.words[i],
			class_of_word(list.words[i])))
			buf_addf(stay, "%s%s", stay->len > 0 ? " " : "",
			    list.words[i]);
}

enum ending {
	ANSWERED,
	BROKEN_OFF,
	REMEMBER /* no transaction: this envelope is remembered */
};

struct step {
	const char *rcpts;
	const char *stay; /* of them; NULL: all */
	enum ending ending;
};

#define ALL NULL

/* Each begins with nothing remembered; "s" is the sender. */
static const struct {
	const char *name;
	struct step steps[12];
} scripts[] = {
	{ "the larger goes first, whatever the order",
	    { { "f1 a1 a2", ALL, REMEMBER }, { "f1 a1 a2", "a1 a2", ANSWERED },
		{ "f1", ALL, ANSWERED } } },
	{ "and at the end",
	    { { "a1 a2 f1", ALL, REMEMBER }, { "a1 a2 f1", "a1 a2", ANSWERED },
		{ "f1", ALL, ANSWERED } } },
	{ "among equals the first in the transaction",
	    { { "f1 a1", ALL, REMEMBER }, { "a1 f1", "a1", ANSWERED },
		{ "f1", ALL, ANSWERED } } },
	{ "the other one, in the other order",
	    { { "f1 a1", ALL, REMEMBER }, { "f1 a1", "f1", ANSWERED },
		{ "a1", ALL, ANSWERED } } },
	{ "an answer is for that class alone",
	    { { "f1 a1 a2", ALL, REMEMBER }, { "a1 a2 f1", "a1 a2", ANSWERED },
		{ "a1 a2 f1", "f1", ANSWERED },
		{ "a1 f1 a2", ALL, ANSWERED } } },
	{ "three classes, the largest first",
	    { { "f1 a1 a2 a3 b1 b2", ALL, REMEMBER },
		{ "f1 a1 a2 a3 b1 b2", "a1 a2 a3", ANSWERED },
		{ "f1 b1 b2", "b1 b2", ANSWERED }, { "f1", ALL, ANSWERED },
		{ "f1 b1", ALL, ANSWERED } } },
	{ "broken off: the others' turn, and back again",
	    { { "f1 a1 a2", ALL, REMEMBER },
		{ "f1 a1 a2", "a1 a2", BROKEN_OFF },
		{ "f1 a1 a2", "f1", BROKEN_OFF },
		{ "f1 a1 a2", "a1 a2", ANSWERED },
		{ "f1 a1 a2", "f1", ANSWERED }, { "f1 a1", ALL, ANSWERED } } },
	{ "without a 452 nothing is changed",
	    { { "f1 a1 a2", ALL, REMEMBER }, { "a1 a2", ALL, BROKEN_OFF },
		{ "f1 a1 a2", "a1 a2", ANSWERED } } },
	{ "one that comes alone is kept waiting once",
	    { { "f1 a1 a2", ALL, REMEMBER }, { "f1", "", BROKEN_OFF },
		{ "f1", ALL, ANSWERED }, { "a1 a2", ALL, ANSWERED } } },
	{ "and one that was answered, too",
	    { { "f1 a1 b1 b2", ALL, REMEMBER }, { "b1 b2", ALL, ANSWERED },
		{ "b1 b2", "", BROKEN_OFF }, { "b1 b2", ALL, ANSWERED } } },
	{ "a stranger to the envelope is none of its business",
	    { { "f1 a1 a2", ALL, REMEMBER },
		{ "f9 f1 a9 a1 a2 b9", "f9 a9 a1 a2 b9", ANSWERED } } },
	{ "strangers alone, and it is the others' turn",
	    { { "f1 a1 a2", ALL, REMEMBER }, { "f9 f1", "f9", ANSWERED },
		{ "f1 a1 a2", "f1", ANSWERED } } },
	{ "two envelopes are not separated from each other",
	    { { "f1 a1", ALL, REMEMBER }, { "f2 b1", ALL, REMEMBER },
		{ "f1 b1", ALL, ANSWERED } } },
	{ "remembered again, it begins again",
	    { { "f1 a1 a2", ALL, REMEMBER }, { "a1 a2 f1", "a1 a2", ANSWERED },
		{ "f1 a1 a2", ALL, REMEMBER },
		{ "f1 a1 a2", "a1 a2", ANSWERED } } },
	{ "of one class there is nothing to remember",
	    { { "a1 a2", ALL, REMEMBER }, { "f1 a1", ALL, ANSWERED } } },
	{ "who never comes again is not waited for without end",
	    { { "f1 f2 a1", ALL, REMEMBER }, { "a1", "", BROKEN_OFF },
		{ "a1", ALL, ANSWERED }, { "a1", "", BROKEN_OFF },
		{ "a1", ALL, ANSWERED }, { "a1", "", BROKEN_OFF },
		{ "a1", ALL, ANSWERED }, { "a1", "", BROKEN_OFF },
		{ "a1", ALL, ANSWERED }, { "a1", ALL, ANSWERED },
		{ "a1", ALL, ANSWERED } } },
	{ "case is nothing",
	    { { "f1 a1 a2", ALL, REMEMBER },
		{ "F1 A1 A2", "A1 A2", ANSWERED } } },
};

static void
run_step(const char *name, size_t number, const char *sender,
    const struct step *step)
{
	const char *want = step->stay != NULL ? step->stay : step->rcpts;
	struct turn turn;
	struct buf stay;

	if (step->ending == REMEMBER) {
		remember(sender, step->rcpts);
		return;
	}
	buf_init(&stay);
	ask(&turn, sender, step->rcpts, &stay);
	if (strcmp(buf_text(&stay), want) != 0)
		fail_msg("%s, step %zu: got \"%s\", want \"%s\"", name, number,
		    buf_text(&stay), want);
	if (step->ending == ANSWERED)
		apart_answered(&turn);
	else
		apart_broken_off(&turn);
	buf_done(&stay);
}

static void
test_scripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(scripts); i++) {
		char sender[WORD];

		(void)snprintf(sender, sizeof(sender), "s%zu@b.example", i);
		for (size_t j = 0; j < NITEMS(scripts[i].steps); j++)
			if (scripts[i].steps[j].rcpts != NULL)
				run_step(scripts[i].name, j, sender,
				    &scripts[i].steps[j]);
	}
}

static bool
is_remembered(const char *sender, const char *text)
{
	struct turn turn;
	struct buf stay;
	bool all;

	buf_init(&stay);
	ask(&turn, sender, text, &stay);
	all = strcmp(buf_text(&stay), text) == 0;
	buf_done(&stay);

	return !all;
}

static void
test_senders_apart(void **state)
{
	(void)state;
	remember("one@b.example", "f1 a1");
	assert_true(is_remembered("ONE@b.example", "f1 a1"));
	assert_false(is_remembered("two@b.example", "f1 a1"));
	assert_false(is_remembered("", "f1 a1"));
	assert_false(is_remembered("one@b.examplef", "1 a1"));
}

static void
test_a_day(void **state)
{
	(void)state;
	remember("day", "f1 a1");
	now_us += APART_S * US;
	assert_true(is_remembered("day", "f1 a1"));
	now_us++;
	assert_false(is_remembered("day", "f1 a1"));

	/* Remembered again as it was: a day from then on. */
	remember("again", "f1 a1");
	now_us += APART_S * US;
	remember("again", "f1 a1");
	now_us += APART_S * US;
	assert_true(is_remembered("again", "f1 a1"));

	/* Of an earlier message nothing is kept any longer. */
	remember("both", "f1 a1");
	now_us += US;
	remember("both", "a1 f2");
	now_us += (APART_S - 1) * US;
	assert_true(is_remembered("both", "f1 a1"));
	now_us++;
	assert_false(is_remembered("both", "f1 a1"));
}

/* Of the oldest first, and never more. */
static void
test_bound(void **state)
{
	enum {
		EACH = 1000
	};
	const size_t senders = APART_RECIPIENTS / EACH;
	char sender[WORD];

	(void)state;
	now_us += 2 * APART_S * US;
	for (size_t i = 0; i <= senders; i++) {
		(void)snprintf(sender, sizeof(sender), "bound%zu", i);
		remember(sender, "f1 a*999");
		now_us++;
		if (i + 1 == senders)
			assert_true(is_remembered("bound0", "f1 a1"));
	}
	assert_false(is_remembered("bound0", "f1 a1"));
	assert_true(is_remembered("bound1", "f1 a1"));
	assert_true(is_remembered(sender, "f1 a1"));
}

/* splitmix64 */
static uint64_t
random_below(uint64_t *state, uint64_t n)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;

	return (z ^ (z >> 31)) % n;
}

static void
shuffle(struct list *list, uint64_t *random)
{
	for (size_t i = list->count; i > 1; i--) {
		size_t j = random_below(random, i);
		char word[WORD];

		memcpy(word, list->words[i - 1], WORD);
		memcpy(list->words[i - 1], list->words[j], WORD);
		memcpy(list->words[j], word, WORD);
	}
}

static bool
agree(const struct list *list)
{
	for (size_t i = 1; i < list->count; i++)
		if (list->words[i][0] != list->words[0][0])
			return false;

	return true;
}

/* Those of list that may stay; false: too many errors, so that it ends. */
static bool
send_rcpts(const char *sender, const struct list *list, struct turn *turn,
    struct list *stay, struct list *left)
{
	size_t errors = 0;

	memset(turn, 0, sizeof(*turn));
	stay->count = left->count = 0;
	for (size_t i = 0; i < list->count; i++) {
		struct list *to = left;

		if (apart_may_stay(turn, sender, list->words[i],
			class_of_word(list->words[i])))
			to = stay;
		else if (++errors > ERRORS)
			return false;
		memcpy(to->words[to->count++], list->words[i], WORD);
	}

	return true;
}

/*
 * A server that tries a message once: those to whom it was not delivered are
 * left in list.
 */
static void
try(const char *sender, struct list *list)
{
	struct turn turn;
	struct list stay, left;

	if (!send_rcpts(sender, list, &turn, &stay, &left) || stay.count == 0) {
		apart_broken_off(&turn);
		return;
	}
	if (agree(&stay)) {
		apart_answered(&turn);
		*list = left;
	} else
		remember_list(sender, &stay);
}

/* Tries until all is delivered; how often it took. */
static unsigned
deliver(const char *sender, const char *text, uint64_t *random)
{
	struct list list;
	unsigned tries = 0;

	list_of(text, &list);
	while (list.count > 0) {
		if (random != NULL)
			shuffle(&list, random);
		try(sender, &list);
		if (++tries == 1000)
			fail_msg("%s never ends", text);
	}

	return tries;
}

static void
test_it_ends(void **state)
{
	static const struct {
		const char *text;
		unsigned most; /* tries: one more than there are classes */
	} messages[] = { { "a*25", 1 }, { "f*40", 1 }, { "f1 a*25", 3 },
		{ "a*25 f1", 3 }, { "f*25 a1", 3 }, { "a1 f*25", 3 },
		{ "f*15 a*15", 3 }, { "a*15 f*15", 3 }, { "f*20 a*20", 3 },
		{ "f*20 a*900", 3 }, { "a*900 f*20", 3 },
		{ "f1 a1 b1 c1 d1", 6 }, { "f*10 a*5 b*5", 4 },
		{ "f*3 a*7 b*30 c*2", 5 } };
	uint64_t random = 4711;

	(void)state;
	for (size_t i = 0; i < NITEMS(messages); i++)
		for (int order = 0; order < 20; order++) {
			unsigned tries = deliver("it-ends@b.example",
			    messages[i].text, order == 0 ? NULL : &random);

			if (tries > messages[i].most)
				fail_msg("%s: %u tries, want %u",
				    messages[i].text, tries, messages[i].most);
		}
}

/* What the first message is remembered by is not lost by the second. */
static void
test_messages_of_a_sender(void **state)
{
	static const char *const texts[] = { "f1 a1", "f1 b1", "f1 c1 a1",
		"b1 a1", "d1 f2 f1" };
	uint64_t random = 4711;

	(void)state;
	for (int run = 0; run < 200; run++) {
		struct list lists[NITEMS(texts)];
		size_t left = NITEMS(texts);
		unsigned tries = 0;

		for (size_t i = 0; i < NITEMS(texts); i++)
			list_of(texts[i], &lists[i]);
		while (left > 0) {
			left = 0;
			for (size_t i = 0; i < NITEMS(texts); i++) {
				/* in turn, or as it happens */
				if (lists[i].count > 0 &&
				    (run == 0 || random_below(&random, 2) == 0))
					try("several@b.example", &lists[i]);
				left += lists[i].count;
			}
			if (++tries == 1000)
				fail_msg("run %d never ends", run);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_senders_apart),
		cmocka_unit_test(test_a_day),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_it_ends),
		cmocka_unit_test(test_messages_of_a_sender),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
