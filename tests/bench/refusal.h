/* SPDX-License-Identifier: ISC */
/*
 * refusal.h - what record is measured, and in what log?
 *
 * That of a refusal, as the daemon makes it, and the log of a configuration.
 * Whatever fails ends the program: nothing could be made up for in a figure.
 */
#ifndef POSTERN_BENCH_REFUSAL_H
#define POSTERN_BENCH_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "lists/generation.h"
#include "log/log.h"
#include "policy/decide.h"
#include "policy/record.h"

/* Not copied: its record points into it. */
struct refusal {
	struct facts facts;
	struct recipient recipient;
	struct decision decision;
	struct record record;
};

struct generation *refusal_load(const char *path);
/* rules are borrowed for as long as the refusal lives. */
void refusal_make(const struct rules *rules, struct refusal *refusal);

/* Started; a seal each seal_ms, 0: none. */
struct log *refusal_open_log(const struct conf *conf, int64_t seal_ms);
/* Any thread. */
void refusal_append(const struct refusal *refusal, struct log *log, bool wait);

double refusal_clock_us(clockid_t clock);

#endif
