/* SPDX-License-Identifier: ISC */
/* service.c - how long does it serve, and how does it end? */
#include "config.h"

#include "posternd/service.h"

#include <libmilter/mfapi.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "posternd/audit.h"
#include "posternd/callbacks.h"
#include "posternd/notify.h"
#include "posternd/say.h"
#include "posternd/signals.h"

enum {
	LOOK_S = 5 /* the socket's file must not be gone for longer */
};

static atomic_bool milter_ended;

static void *
run_milter(void *unused)
{
	(void)unused;
	(void)smfi_main(); /* it logs why; that it ended is what counts */
	atomic_store(&milter_ended, true);
	signals_wake();

	return NULL;
}

static bool
start_milter(const struct listener *listener)
{
	char place[16];
	pthread_t thread;

	(void)snprintf(place, sizeof(place), "fd:%d", listener->fd);
	if (smfi_setconn(place) != MI_SUCCESS ||
	    smfi_setbacklog(SOCKET_BACKLOG) != MI_SUCCESS ||
	    !callbacks_register()) {
		say_error("libmilter does not take the socket; is it one with "
			  "the fd: form, as Debian's?");
		return false;
	}
	if (pthread_create(&thread, NULL, run_milter, NULL) != 0) {
		say_error("cannot start a thread; raise TasksMax or the "
			  "process limit");
		return false;
	}

	return true;
}

static void
say_no_reload(void)
{
	static _Atomic int64_t last;

	if (say_may(&last, 2))
		say_warning("reload is not in this version; restart posternd "
			    "to take a changed configuration over");
}

/* Until there is a reason to end; returns the exit code. */
static int
wait_for_end(const struct listener *listener, uid_t *uid)
{
	for (;;) {
		switch (signals_wait(LOOK_S, uid)) {
		case SIGNAL_STOP:
			return EX_OK;
		case SIGNAL_RELOAD:
			say_no_reload();
			break;
		case SIGNAL_ENDED:
		case SIGNAL_NONE:
			break;
		}
		if (atomic_load(&milter_ended)) {
			say_error("libmilter has ended by itself (its reason "
				  "is in the mail log); stopping");
			return EX_TEMPFAIL;
		}
		if (!socket_is_there(listener)) {
			say_error("%s was removed or replaced; stopping, so "
				  "that the next start makes it again",
			    listener->path);
			return EX_TEMPFAIL;
		}
	}
}

/*
 * libmilter is not told: smfi_stop() takes up to 5 s, and frees sessions
 * whose callbacks may still be under way.  Either way the sessions that there
 * are end unanswered, which makes the MTA defer.
 */
static void
stop(struct listener *listener, uid_t uid)
{
	const struct timespec answers_go_out = { .tv_nsec = 100000000 };

	notify_send("STOPPING=1");
	socket_remove(listener);
	if (!audit_stopped(uid))
		say_warning("the record `stopped` is not safe in the log; "
			    "stopping all the same");
	(void)nanosleep(&answers_go_out, NULL);
	say_notice("stopped");
}

int
service_run(struct listener *listener, uid_t asker, const char *greeting)
{
	uid_t uid = getuid();
	int status;

	if (!audit_started(asker)) {
		say_error("the record `started` could not be written (reason "
			  "above); not serving without a log");
		socket_remove(listener);
		return EX_IOERR;
	}
	if (!start_milter(listener)) {
		stop(listener, uid);
		return EX_IOERR;
	}
	say_notice("%s", greeting);
	notify_send("READY=1");
	status = wait_for_end(listener, &uid);
	stop(listener, uid);

	return status;
}
