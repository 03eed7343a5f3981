/* SPDX-License-Identifier: ISC */
/* service.c - how long does it serve, and how does it end? */
#include "config.h"

#include "posternd/service.h"

#include <libmilter/mfapi.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "posternd/audit.h"
#include "posternd/callbacks.h"
#include "posternd/flood.h"
#include "posternd/force.h"
#include "posternd/glass.h"
#include "posternd/notify.h"
#include "posternd/operator.h"
#include "posternd/say.h"
#include "posternd/signals.h"
#include "posternd/status.h"
#include "posternd/watchdog.h"

enum {
	/* A header field as large as Sendmail and Postfix let one grow: of one
	 * above its 64 KiB libmilter hangs up, unjudged. */
	PACKET_BYTES = 4 << 20,
	LOOK_S = 1 /* the watchdog's; the socket's file may be gone for 5 s */
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

	(void)smfi_setmaxdatasize(PACKET_BYTES); /* gives what it was */
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

/* Until there is a reason to end; returns the exit code. */
static int
wait_for_end(const struct listener *listener, uid_t *uid)
{
	for (;;) {
		switch (signals_wait(LOOK_S, uid)) {
		case SIGNAL_STOP:
			return EX_OK;
		case SIGNAL_RELOAD:
			operator_ask_reload(*uid);
			break;
		case SIGNAL_ENDED:
		case SIGNAL_NONE:
			break;
		}
		if (!watchdog_tick())
			return EX_TEMPFAIL;
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
stop(const struct service *service, uid_t uid)
{
	const struct timespec answers_go_out = { .tv_nsec = 100000000 };

	notify_send("STOPPING=1");
	operator_stop(); /* what it is doing still gets onto the record */
	control_close(service->control);
	socket_remove(service->listener);
	flood_end();
	if (!audit_stopped(uid))
		say_warning("the record `stopped` is not safe in the log; "
			    "stopping all the same");
	status_write_metrics();
	(void)nanosleep(&answers_go_out, NULL);
	say_notice("stopped");
}

static bool
record_start(uid_t asker)
{
	const struct operation started = {
		.action = ACTION_STARTED,
		.uid = asker,
	};

	if (!audit_operation(&started)) {
		say_error("the record `started` could not be written (reason "
			  "above); not serving without a log");
		return false;
	}

	return true;
}

static bool
start_operator(const struct service *service)
{
	struct err err;

	if (!operator_start(service->control, service->conf_path, &err)) {
		say_error("%s", err.text);
		return false;
	}

	return true;
}

static void
tell_ready(const char *greeting)
{
	struct buf state;

	say_notice("%s", greeting);
	buf_init(&state);
	buf_addf(&state, "READY=1\nSTATUS=%s", greeting);
	notify_send(buf_text(&state));
	buf_done(&state);
}

static void
take_up_glass(void)
{
	struct generation *generation = force_generation();

	glass_start(generation_conf(generation)->audit.path);
	generation_unref(generation);
}

int
service_run(const struct service *service)
{
	uid_t uid = getuid();
	int status;

	if (!record_start(service->asker)) {
		control_close(service->control);
		socket_remove(service->listener);
		return EX_IOERR;
	}
	take_up_glass();
	if (!start_operator(service) || !start_milter(service->listener)) {
		stop(service, uid);
		return EX_IOERR;
	}
	watchdog_start(service->listener->fd);
	tell_ready(service->greeting);
	status = wait_for_end(service->listener, &uid);
	stop(service, uid);

	return status;
}
