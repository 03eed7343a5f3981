/* SPDX-License-Identifier: ISC */
/*
 * rows.c - what does a table of domains cost?
 *
 *	rows CONF NAMES ROUNDS
 *
 * Loads CONF once, and looks up each domain of the file NAMES, a line each,
 * ROUNDS times: by itself, and as part of the verdict on a recipient, which
 * must be that of a row and refuse nothing.  Times are of this thread's
 * processor, so that what else runs on the machine disturbs little.  Prints
 * lines of name and value.
 */
#include "config.h"

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"
#include "lists/generation.h"
#include "policy/decide.h"
#include "refusal.h"

enum {
	MOST = 1000
};

struct name {
	char *domain;
	char *argument; /* "<ceo@DOMAIN>" */
};

struct names {
	struct name *items;
	size_t count;
	size_t room;
};

static double
now_s(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time); /* cannot fail */

	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void
names_add(struct names *names, const char *domain)
{
	char argument[DOMAIN_TEXT + sizeof("<ceo@>")];

	(void)snprintf(argument, sizeof(argument), "<ceo@%s>", domain);
	names->items = mem_grow(
	    names->items, names->count, &names->room, sizeof(names->items[0]));
	names->items[names->count++] =
	    (struct name){ mem_text(domain), mem_text(argument) };
}

static void
names_read(struct names *names, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[DOMAIN_TEXT];

	if (file == NULL)
		err(EX_NOINPUT, "%s", path);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		names_add(names, line);
	}
	if (fclose(file) != 0)
		err(EX_IOERR, "%s", path);
	if (names->count == 0)
		errx(EX_DATAERR, "%s: no name", path);
}

static void
names_done(struct names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		free(names->items[i].domain);
		free(names->items[i].argument);
	}
	free(names->items);
}

/* Not inlined, for callgrind to count what happens in it. */
__attribute__((noinline)) static void
look_up(const struct rules *rules, const struct names *names, uint32_t rounds)
{
	for (uint32_t round = 0; round < rounds; round++)
		for (size_t i = 0; i < names->count; i++)
			if (domains_find(rules->domains,
				names->items[i].domain) == DOMAIN_NONE)
				errx(EX_SOFTWARE, "%s: not found",
				    names->items[i].domain);
}

static void
judge(const struct rules *rules, const struct names *names, uint32_t rounds)
{
	struct facts facts = { .stage = STAGE_RCPT };
	struct recipient recipient;
	struct decision decision;

	(void)addr_parse("127.0.0.1", &facts.addr); /* it is one */
	facts.sets = table_find(rules->table, &facts.addr);
	facts.sender = "sender@partner.example";
	for (uint32_t round = 0; round < rounds; round++)
		for (size_t i = 0; i < names->count; i++) {
			recipient_parse(names->items[i].argument, &recipient);
			policy_decide(rules, &facts, &recipient, &decision);
			if (decision.policy == NULL ||
			    decision_refuses(&decision))
				errx(EX_SOFTWARE, "%s: %s",
				    names->items[i].domain,
				    verdict_text(decision.verdict));
		}
}

/* Of one lookup, in nanoseconds. */
static double
time_each(void (*work)(const struct rules *, const struct names *, uint32_t),
    const struct rules *rules, const struct names *names, uint32_t rounds)
{
	double begun = now_s();

	work(rules, names, rounds);

	return (now_s() - begun) / rounds / (double)names->count * 1e9;
}

int
main(int argc, char **argv)
{
	struct names names = { NULL, 0, 0 };
	struct generation *generation;
	const struct rules *rules;
	uint32_t rounds;
	struct err why;
	double begun;

	if (argc != 4)
		errx(EX_USAGE, "usage: rows CONF NAMES ROUNDS");
	if (!str_to_u32(argv[3], 1, MOST, &rounds, &why))
		errx(EX_USAGE, "%s", why.text);
	names_read(&names, argv[2]);

	begun = now_s();
	generation = refusal_load(argv[1]);
	printf("load_s %.6f\n", now_s() - begun);
	rules = generation_rules(generation);
	printf("rows %zu\n", rules->nrows);
	printf("find_ns %.2f\n", time_each(look_up, rules, &names, rounds));
	printf("judge_ns %.2f\n", time_each(judge, rules, &names, rounds));
	generation_unref(generation);
	names_done(&names);

	return EXIT_SUCCESS;
}
