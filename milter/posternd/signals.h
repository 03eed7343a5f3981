/* SPDX-License-Identifier: ISC */
/*
 * signals.h - what does a signal do?
 *
 * All are blocked in every thread and read by the main one; libmilter, whose
 * own thread would end the filter at each HUP, gets none (overrides.c).
 */
#ifndef POSTERN_POSTERND_SIGNALS_H
#define POSTERN_POSTERND_SIGNALS_H

#include <sys/types.h>

enum signal_event {
	SIGNAL_NONE,   /* time has passed */
	SIGNAL_STOP,   /* TERM, INT */
	SIGNAL_RELOAD, /* HUP, USR1 */
	SIGNAL_ENDED   /* signals_wake() was called, or someone sent USR2 */
};

/* Before the first thread is started: they inherit what is blocked. */
void signals_init(void);

/* The next one; *uid is who sent it.  Several of a kind may come as one. */
enum signal_event signals_wait(unsigned seconds, uid_t *uid);

/* Ends signals_wait() from another thread. */
void signals_wake(void);

#endif
