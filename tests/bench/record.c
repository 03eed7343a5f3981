/* SPDX-License-Identifier: ISC */
/*
 * record.c - what does a record cost by itself?
 *
 *	record CONF COUNT PAUSE_US
 *
 * Makes the record of a refusal and has it written, COUNT times, as the
 * daemon does: by one thread that waits for the log's own.  Between two of
 * them it pauses, as a server does that is not at its limits; the same loop
 * without records is taken off.  CONF says where the log is, and `sync`.
 */
#include "config.h"

#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/diag.h"
#include "base/str.h"
#include "base/ulid.h"
#include "lists/generation.h"
#include "log/log.h"
#include "policy/decide.h"
#include "policy/record.h"

enum {
	MOST = 10000000
};

static const char id[] = "01JDE0000000000000000000AB";

static struct generation *
load(const char *path)
{
	struct generation *generation;
	struct diags diags;
	struct buf text;

	diags_init(&diags);
	generation = generation_load(path, 0, &diags);
	if (generation == NULL) {
		buf_init(&text);
		diags_text(&diags, &text);
		errx(EX_CONFIG, "%s", buf_text(&text));
	}
	diags_done(&diags);

	return generation;
}

static void
say(void *owner, const char *message)
{
	(void)owner;
	warnx("%s", message);
}

/* Nothing of it can be made up for here. */
static void
recovered(void *owner, const struct log_gap *gap, struct record_line *line)
{
	(void)owner;
	(void)gap;
	(void)line;
	errx(EX_IOERR, "the log has lost something");
}

static struct log *
open_log(const struct conf *conf)
{
	static const struct log_news news = { NULL, say, recovered };
	const struct log_settings settings = {
		.path = conf->audit.path,
		.sync = conf->audit.sync == CONF_SYNC_ALWAYS ? LOG_SYNC_ALWAYS
							     : LOG_SYNC_NEVER,
		.wait_ms = LOG_WAIT_MS,
		.owner = (uid_t)-1,
		.group = (gid_t)-1,
	};
	struct err why;
	bool taken;
	struct log *log = log_open(&settings, &news, &taken, &why);

	if (log == NULL || !log_start(log, &why))
		errx(EX_IOERR, "%s", why.text);

	return log;
}

static void
make_facts(const struct rules *rules, struct facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	facts->stage = STAGE_RCPT;
	(void)addr_parse("127.0.0.1", &facts->addr); /* it is one */
	facts->server = facts->addr;
	facts->sets = table_find(rules->table, &facts->addr);
	facts->port = 40000;
	facts->server_port = 25;
	facts->daemon = "mx.test";
	facts->helo = "client.test";
	facts->sender = "sender@partner.example";
}

static void
write_one(const struct record *record, struct log *log)
{
	struct record_line line;

	record_line_init(&line);
	(void)record_write(record, 0, &line); /* one recipient: in one line */
	if (!log_append(log, &line, true))
		errx(EX_IOERR, "a record could not be written");
	record_line_done(&line);
}

static double
read_clock(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now); /* cannot fail */

	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Microseconds of CPU and of time for each of count; record NULL: none. */
static void
run(const struct record *record, struct log *log, uint32_t count,
    uint32_t pause_us, double *cpu_us, double *time_us)
{
	const struct timespec pause = { .tv_nsec = (long)pause_us * 1000 };
	double cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID);
	double begun = read_clock(CLOCK_MONOTONIC);

	for (uint32_t i = 0; i < count; i++) {
		if (record != NULL)
			write_one(record, log);
		if (pause_us > 0)
			(void)nanosleep(&pause, NULL); /* no signal comes */
	}
	*cpu_us = (read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu) / count;
	*time_us = (read_clock(CLOCK_MONOTONIC) - begun) / count;
}

static void
measure(const struct record *record, struct log *log, uint32_t count,
    uint32_t pause_us)
{
	double idle_cpu, idle_time, cpu, time;

	run(NULL, log, count, pause_us, &idle_cpu, &idle_time);
	run(record, log, count, pause_us, &cpu, &time);
	printf("cpu_us %.2f\ntime_us %.2f\n", cpu - idle_cpu, time - idle_time);
}

static void
bench(const struct generation *generation, uint32_t count, uint32_t pause_us)
{
	const struct rules *rules = generation_rules(generation);
	const char *const rcpt = "ceo@example.com";
	struct log *log = open_log(generation_conf(generation));
	struct recipient recipient;
	struct decision decision;
	struct facts facts;
	struct record record = {
		.action = ACTION_BYPASS_REJECTED,
		.time_us = INT64_C(1795492800123456), /* any */
		.id = id,
		.host = "mx.test",
		.version = rules->version,
		.rules = rules,
		.facts = &facts,
		.decision = &decision,
		.stage = STAGE_RCPT,
		.session = id,
		.rcpts = &rcpt,
		.nrcpts = 1,
		.reply = "550 5.7.1 Direct delivery is refused; use the MX of "
			 "example.com (ref 01JDE0000000000000000000AB)",
	};

	make_facts(rules, &facts);
	recipient_parse("<ceo@example.com>", &recipient);
	policy_decide(rules, &facts, &recipient, &decision);
	measure(&record, log, count, pause_us);
	log_close(log);
}

int
main(int argc, char **argv)
{
	struct generation *generation;
	uint32_t count, pause_us;
	struct err why;

	if (argc != 4)
		errx(EX_USAGE, "usage: record CONF COUNT PAUSE_US");
	if (!str_to_u32(argv[2], 1, MOST, &count, &why) ||
	    !str_to_u32(argv[3], 0, 900000, &pause_us, &why))
		errx(EX_USAGE, "%s", why.text);

	generation = load(argv[1]);
	bench(generation, count, pause_us);
	generation_unref(generation);

	return EXIT_SUCCESS;
}
