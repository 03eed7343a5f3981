/* SPDX-License-Identifier: ISC */
/* log_help.h - what do the tests of the log share? */
#ifndef POSTERN_TESTS_LOG_HELP_H
#define POSTERN_TESTS_LOG_HELP_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "log/log.h"

/* A directory of its own for a log, and what the log told. */
struct place {
	char dir[64];
	char path[96];
	int64_t wait_ms;
	enum log_sync sync;
	struct log_keeping keeping; /* nothing, unless the test says so */

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	struct log_gap gaps[64];
	size_t ngaps;
	struct buf said;
	size_t nsaid;
	bool hold; /* keeps the writer's thread in recovered() */
	bool held; /* it is there */
};

void place_init(struct place *place);
void place_done(struct place *place); /* removes the directory */

/* Opens and starts; fails the test where that fails. */
struct log *place_open(struct place *place);
/* Opens only; NULL with err. */
struct log *place_try(struct place *place, bool *taken, struct err *err);

/* Appends record number n, whose id holds it; of 2026-11-24, or of time_us. */
bool put(struct log *log, unsigned n, bool wait);
bool put_at(struct log *log, int64_t time_us, unsigned n, bool wait);
/* The 26 characters of that id. */
const char *id_of(unsigned n, char out[27]);
/* The number in the id of the line at *at, which moves to the next; false at
 * the end. */
bool next_id(const char **at, const char *end, unsigned long *n);

/* The file NAME in the directory ("" is the log): its text, its size. */
char *slurp(const struct place *place, const char *suffix, size_t *len);
void spill(const struct place *place, const char *suffix, const char *text,
    size_t len);
long size_of(const struct place *place, const char *suffix);
size_t count_of(const char *text, size_t len, const char *what);

/* What chain.py says of PATH and suffix, of several as one chain. */
bool chain_is_whole(const struct place *place, const char *suffix);
bool chain_goes_on(const struct place *place, const char *a, const char *b);

/* Of PATH after all its rotated files, in the order of their names:
 * from sequence 1 on, or from the first of them on. */
bool chain_of_all(const struct place *place, bool from_one);
/* How many files of the directory begin with the name of the log and suffix;
 * one that is being packed counts once. */
size_t count_files(const struct place *place, const char *suffix);
/* Waits a while for one more or less of them. */
bool wait_files(const struct place *place, const char *suffix, size_t count);

size_t ngaps(struct place *place);
struct log_gap gap_of(struct place *place, size_t i);
/* Both wait a while for it: what is said comes after the answer. */
bool was_said(struct place *place, const char *text);
bool said_times(struct place *place, size_t times);

/* Stops the writer's thread in its next recovered(), and lets it go. */
void hold(struct place *place);
void wait_held(struct place *place);
void let_go(struct place *place);

#endif
