/* SPDX-License-Identifier: ISC */
/*
 * durable.c - how many refusals a second are safe on disk?
 *
 *	durable disk FILE MS             what the disk does by itself
 *	durable sessions CONF COUNT MS   COUNT sessions, each of which waits
 *	durable log CONF COUNT           makes a log of COUNT records and seals
 *
 * Lasts for MS milliseconds and prints lines of name and value: records a
 * second, and of each the microseconds of waiting and of CPU.
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "refusal.h"

enum {
	RECORD = 700, /* bytes of an ordinary one */
	MOST_MS = 60000,
	MOST_SESSIONS = 10000,
	MOST_RECORDS = 10000000,
	/* Fewer than the log's queue has room for. */
	AT_ONCE = 4000,
	SEAL_MS = 100
};

/* What all sessions have in common. */
struct meeting {
	const struct refusal *refusal;
	struct log *log;
	double length_us;
	pthread_barrier_t begun;
};

struct session {
	struct meeting *meeting;
	pthread_t thread;
	uint64_t count;
	double waited_us;
};

static uint32_t
number(const char *text, uint32_t most)
{
	struct err why;
	uint32_t found;

	if (!str_to_u32(text, 1, most, &found, &why))
		errx(EX_USAGE, "%s", why.text);

	return found;
}

static void
print(uint64_t count, double time_us, double waited_us, double cpu_us)
{
	double each = (double)count;

	printf("rate %.2f\nwait_us %.2f\ncpu_us %.3f\n", each / time_us * 1e6,
	    waited_us / each, cpu_us / each);
}

/* One thread that writes and waits, as simple as can be. */
static void
measure_disk(const char *path, uint32_t ms)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	double begun = refusal_clock_us(CLOCK_MONOTONIC);
	double cpu = refusal_clock_us(CLOCK_PROCESS_CPUTIME_ID);
	uint64_t count = 0;
	char record[RECORD];
	double time;

	if (fd < 0)
		err(EX_CANTCREAT, "%s", path);
	memset(record, 'r', sizeof(record));
	do {
		if (write(fd, record, sizeof(record)) !=
			(ssize_t)sizeof(record) ||
		    fdatasync(fd) != 0)
			err(EX_IOERR, "%s", path);
		count++;
		time = refusal_clock_us(CLOCK_MONOTONIC) - begun;
	} while (time < ms * 1e3);
	cpu = refusal_clock_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	print(count, time, time, cpu);
	(void)close(fd); /* all of it is on disk */
}

static void *
refuse(void *arg)
{
	struct session *session = arg;
	struct meeting *meeting = session->meeting;
	double begun, before, now;

	(void)pthread_barrier_wait(&meeting->begun); /* cannot fail */
	begun = now = refusal_clock_us(CLOCK_MONOTONIC);
	do {
		before = now;
		refusal_append(meeting->refusal, meeting->log, true);
		now = refusal_clock_us(CLOCK_MONOTONIC);
		session->waited_us += now - before;
		session->count++;
	} while (now - begun < meeting->length_us);

	return NULL;
}

static void
start_sessions(
    struct meeting *meeting, struct session *sessions, uint32_t count)
{
	int error;

	for (uint32_t i = 0; i < count; i++) {
		sessions[i].meeting = meeting;
		error = pthread_create(
		    &sessions[i].thread, NULL, refuse, &sessions[i]);
		if (error != 0)
			errx(EX_OSERR, "thread %u: %s", i, strerror(error));
	}
}

static void
meet(struct meeting *meeting, uint32_t count)
{
	struct session *sessions = mem_new(count, sizeof(*sessions));
	double begun, cpu, waited = 0;
	uint64_t done = 0;

	(void)pthread_barrier_init(&meeting->begun, NULL, count + 1);
	start_sessions(meeting, sessions, count);
	begun = refusal_clock_us(CLOCK_MONOTONIC);
	cpu = refusal_clock_us(CLOCK_PROCESS_CPUTIME_ID);
	(void)pthread_barrier_wait(&meeting->begun); /* cannot fail */
	for (uint32_t i = 0; i < count; i++) {
		(void)pthread_join(sessions[i].thread, NULL); /* it ends */
		done += sessions[i].count;
		waited += sessions[i].waited_us;
	}
	print(done, refusal_clock_us(CLOCK_MONOTONIC) - begun, waited,
	    refusal_clock_us(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	(void)pthread_barrier_destroy(&meeting->begun); /* nobody waits */
	free(sessions);
}

static void
measure_sessions(
    const struct generation *generation, uint32_t count, uint32_t ms)
{
	struct refusal refusal;
	struct meeting meeting = { .refusal = &refusal,
		.log = refusal_open_log(generation_conf(generation), 0),
		.length_us = ms * 1e3 };

	refusal_make(generation_rules(generation), &refusal);
	meet(&meeting, count);
	log_close(meeting.log);
}

static void
make_log(const struct generation *generation, uint32_t count)
{
	struct log *log =
	    refusal_open_log(generation_conf(generation), SEAL_MS);
	struct refusal refusal;

	refusal_make(generation_rules(generation), &refusal);
	for (uint32_t i = 1; i <= count; i++)
		refusal_append(&refusal, log, i % AT_ONCE == 0 || i == count);
	log_close(log);
}

int
main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[1] : "";
	struct generation *generation;

	if (argc == 4 && strcmp(what, "disk") == 0) {
		measure_disk(argv[2], number(argv[3], MOST_MS));
	} else if (argc == 5 && strcmp(what, "sessions") == 0) {
		generation = refusal_load(argv[2]);
		measure_sessions(generation, number(argv[3], MOST_SESSIONS),
		    number(argv[4], MOST_MS));
		generation_unref(generation);
	} else if (argc == 4 && strcmp(what, "log") == 0) {
		generation = refusal_load(argv[2]);
		make_log(generation, number(argv[3], MOST_RECORDS));
		generation_unref(generation);
	} else {
		errx(EX_USAGE,
		    "usage: durable disk FILE MS | sessions CONF COUNT MS | "
		    "log CONF COUNT");
	}

	return EXIT_SUCCESS;
}
