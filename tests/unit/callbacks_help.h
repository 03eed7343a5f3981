/* SPDX-License-Identifier: ISC */
/*
 * callbacks_help.h - in which world are the callbacks called?
 *
 * A folder with the configurations of callbacks_model.h and an audit log, and
 * the daemon's state that start.c makes before libmilter runs.  One in a
 * process.
 */
#ifndef POSTERN_TESTS_CALLBACKS_HELP_H
#define POSTERN_TESTS_CALLBACKS_HELP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "callbacks_model.h"
#include "fake_milter.h"
#include "policy/record.h"

/* Fails the test where it cannot be had. */
void world_begin(void);
/* Stops the log, removes the folder; what a session held must be free. */
void world_end(void);

/* Puts these rules in force for sessions to come, built anew.  Threads: one. */
bool world_swap(enum model_rules rules);
/* Those of a context's session; RULES_COUNT: it has none of them. */
enum model_rules world_rules_of(SMFICTX *ctx);

/* Opens the glass, or closes it.  Threads: one. */
bool world_glass(enum model_glass glass);

/* Ends the log: how many lines of each action stand in it, and is it whole? */
void world_count_lines(size_t lines[ACTION_COUNT]);
bool world_chain_is_whole(void);

/* A random number below n; *state goes on (splitmix64). */
uint64_t random_below(uint64_t *state, uint64_t n);
/* From the environment (POSTERN_SEED), else always the same; is printed. */
uint64_t random_seed(void);

#endif
