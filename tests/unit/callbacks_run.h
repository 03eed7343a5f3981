/* SPDX-License-Identifier: ISC */
/*
 * callbacks_run.h - what does an MTA do that is out of its mind?
 *
 * A session that takes steps in a random order, most of them ordinary, with
 * odd arguments, and holds each answer against the model.  Threads: one a
 * session at a time; what is counted, any.
 */
#ifndef POSTERN_TESTS_CALLBACKS_RUN_H
#define POSTERN_TESTS_CALLBACKS_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "callbacks_model.h"
#include "fake_milter.h"

enum {
	RUN_TRAIL = 96,
	RUN_WRONG = 400
};

/* One session of an MTA, with the model beside it. */
struct run {
	SMFICTX ctx;
	struct model model;
	uint64_t random;
	unsigned number;
	unsigned left;       /* steps to take */
	enum fake_step last; /* FAKE_NONE: none so far */
	bool renewed;        /* "quit, new connection follows" */
	bool long_sent;
	bool login;
	const char *version;   /* of the MTA, as it said at connect */
	char trail[RUN_TRAIL]; /* the steps so far */
	char wrong[RUN_WRONG]; /* the first thing; "": nothing */
};

/* Before the first; seed: of all that is random. */
void run_prepare(uint64_t seed);

void run_begin(struct run *run, unsigned number);
/*
 * Takes one step.  alone: no other session is under way, so that its records
 * are known by it.  Done when nothing is left, or something was wrong.
 */
void run_step(struct run *run, bool alone);
/* Says what was wrong; false then. */
bool run_end(struct run *run);

/* Opens or closes the glass for all of them; false: it cannot.  Threads: one.
 */
bool run_change_glass(enum model_glass glass);

/* What the model wants of all sessions so far: records of an action. */
uint64_t run_wanted(enum record_action action);
/* Steps whose records nobody can tell, as the glass was just broken. */
uint64_t run_unsure(void);
/* Clients that have connected. */
uint64_t run_connects(void);

#endif
