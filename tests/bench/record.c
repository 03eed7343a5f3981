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
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/str.h"
#include "refusal.h"

enum {
	MOST = 10000000
};

/* Microseconds of CPU and of time for each of count; refusal NULL: none. */
static void
run(const struct refusal *refusal, struct log *log, uint32_t count,
    uint32_t pause_us, double *cpu_us, double *time_us)
{
	const struct timespec pause = { .tv_nsec = (long)pause_us * 1000 };
	double cpu = refusal_clock_us(CLOCK_PROCESS_CPUTIME_ID);
	double begun = refusal_clock_us(CLOCK_MONOTONIC);

	for (uint32_t i = 0; i < count; i++) {
		if (refusal != NULL)
			refusal_append(refusal, log, true);
		if (pause_us > 0)
			(void)nanosleep(&pause, NULL); /* no signal comes */
	}
	*cpu_us = (refusal_clock_us(CLOCK_PROCESS_CPUTIME_ID) - cpu) / count;
	*time_us = (refusal_clock_us(CLOCK_MONOTONIC) - begun) / count;
}

static void
bench(const struct generation *generation, uint32_t count, uint32_t pause_us)
{
	struct log *log = refusal_open_log(generation_conf(generation), 0);
	double idle_cpu, idle_time, cpu, time;
	struct refusal refusal;

	refusal_make(generation_rules(generation), &refusal);
	run(NULL, log, count, pause_us, &idle_cpu, &idle_time);
	run(&refusal, log, count, pause_us, &cpu, &time);
	printf("cpu_us %.2f\ntime_us %.2f\n", cpu - idle_cpu, time - idle_time);
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

	generation = refusal_load(argv[1]);
	bench(generation, count, pause_us);
	generation_unref(generation);

	return EXIT_SUCCESS;
}
