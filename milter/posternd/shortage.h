/* SPDX-License-Identifier: ISC */
/*
 * shortage.h - what has the machine run out of?
 *
 * overrides.c finds out in the middle of libmilter and notes it here; the
 * main thread looks after it.  Threads: any may note and ask.
 */
#ifndef POSTERN_POSTERND_SHORTAGE_H
#define POSTERN_POSTERND_SHORTAGE_H

#include <stdbool.h>

/* There is a connection, and no descriptor for it; says the cure. */
void shortage_note_descriptors(int reason);
/* Was that so in the last seconds? */
bool shortage_of_descriptors(void);

/*
 * A session waits, as no thread could be started for it; says the cure.
 * worker: what libmilter would run, for it or for any session that waits.
 */
void shortage_note_worker(void *(*worker)(void *));
/*
 * Starts the workers that are still owed, as far as threads can be had now;
 * true while some are owed.  The main thread only.
 */
bool shortage_of_threads(void);

#endif
