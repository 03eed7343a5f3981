/* SPDX-License-Identifier: ISC */
/* shortage.c - what has the machine run out of? */
#include "config.h"

#include "posternd/shortage.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "posternd/clock.h"
#include "posternd/say.h"

enum {
	SAY_EVERY_S = 60,
	/* accept() is tried ten times a second: what lasts is noted again. */
	DESCRIPTORS_US = 2000000,
	/*
	 * A filter that works on at its limit gets there with every step that
	 * finds no idle worker; so many at most are started at once later.
	 */
	MOST_OWED = 1024
};

static _Atomic int64_t no_descriptor_us; /* when; 0: never */
static atomic_uint owed;                 /* workers */
static void *(*_Atomic owed_worker)(void *);

void
shortage_note_descriptors(int reason)
{
	static _Atomic int64_t last;

	atomic_store(&no_descriptor_us, clock_up_us());
	if (say_may(&last, SAY_EVERY_S))
		say_error("a connection waits, as there is no descriptor for "
			  "it: %s; raise LimitNOFILE= in postern.service "
			  "(ulimit -n); the mail server defers until then",
		    strerror(reason));
}

bool
shortage_of_descriptors(void)
{
	int64_t last = atomic_load(&no_descriptor_us);

	return last != 0 && clock_up_us() - last < DESCRIPTORS_US;
}

void
shortage_note_worker(void *(*worker)(void *))
{
	static _Atomic int64_t last;

	atomic_store(&owed_worker, worker);
	if (atomic_fetch_add(&owed, 1) >= MOST_OWED)
		(void)atomic_fetch_sub(&owed, 1);
	if (say_may(&last, SAY_EVERY_S))
		say_error("a session waits, as no thread can be started for "
			  "it; raise TasksMax= in postern.service (or the "
			  "user's limit of processes, ulimit -u)");
}

bool
shortage_of_threads(void)
{
	void *(*worker)(void *) = atomic_load(&owed_worker);
	pthread_t thread;

	while (atomic_load(&owed) > 0) {
		/* Without a session of its own it takes one that waits. */
		if (pthread_create(&thread, NULL, worker, NULL) != 0)
			return true;
		(void)atomic_fetch_sub(&owed, 1);
	}

	return false;
}
