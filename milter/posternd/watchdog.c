/* SPDX-License-Identifier: ISC */
/* watchdog.c - does the milter still answer? */
#include "config.h"

#include "posternd/watchdog.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "posternd/clock.h"
#include "posternd/notify.h"
#include "posternd/probe.h"
#include "posternd/say.h"
#include "posternd/shortage.h"

#define SECOND INT64_C(1000000) /* all times here are microseconds */

enum {
	GIVE_UP_S = 10, /* without threads and without an answer */
	PATIENCE_S = 5, /* for a question, before another takes its place */
	SHORTEST_S = 3  /* that a tick a second is enough for */
};

/* The main thread's own. */
static struct {
	struct probe probe;
	bool can_ask;     /* the socket's address is known */
	bool asking;      /* there is no answer yet */
	int64_t asked;    /* when; 0: never */
	int64_t answered; /* when there was an answer, or no way to ask */
	int64_t period;   /* of systemd; 0: it wants to hear nothing */
	int64_t starved;  /* since when threads are short; 0: they are not */
	bool said_silent; /* of this silence */
	bool said_cannot_ask; /* once is enough */
} watch;

/* A number of microseconds: digits only, more than a u32 holds as well. */
static bool
read_period(const char *text, int64_t *period)
{
	const char *at = text;
	int64_t value = 0;

	for (; *at >= '0' && *at <= '9' && value < INT64_MAX / 20; at++)
		value = value * 10 + (*at - '0');
	if (*at != '\0' || value == 0)
		return false;
	*period = value;

	return true;
}

/* Is it us whom systemd watches?  Where it does not say, it is. */
static bool
is_ours(void)
{
	const char *text = getenv("WATCHDOG_PID");
	uint32_t pid;

	if (text == NULL)
		return true;
	if (!str_to_u32(text, 1, UINT32_MAX, &pid, NULL)) {
		say_warning("WATCHDOG_PID is no process number; systemd hears "
			    "nothing of the watchdog");
		return false;
	}

	return pid == (uint32_t)getpid();
}

static int64_t
wanted_period(void)
{
	const char *text = getenv("WATCHDOG_USEC");
	int64_t period;

	if (text == NULL || !is_ours())
		return 0;
	if (!read_period(text, &period)) {
		say_warning("WATCHDOG_USEC is no number of microseconds; "
			    "systemd hears nothing of the watchdog");
		return 0;
	}
	if (period < SHORTEST_S * SECOND)
		say_warning("the watchdog's time is too short to be kept; set "
			    "WatchdogSec= to 3 s or more, better 30");

	return period;
}

void
watchdog_start(int fd)
{
	watch.period = wanted_period();
	watch.answered = clock_up_us();
	watch.can_ask = probe_init(&watch.probe, fd);
	if (!watch.can_ask && watch.period != 0)
		say_warning("the milter's socket tells no address (%s); "
			    "systemd is told that it answers, unasked",
		    strerror(errno));
}

/* An answer, or one that could not even be asked: a restart is no cure. */
static void
answered(int64_t now)
{
	watch.answered = now;
	watch.said_silent = false;
	if (watch.period != 0)
		notify_send("WATCHDOG=1");
}

static void
cannot_ask(int64_t now, int reason)
{
	if (!watch.said_cannot_ask)
		say_warning("cannot ask the milter whether it answers: %s; "
			    "going on as if it did",
		    strerror(reason));
	watch.said_cannot_ask = true;
	answered(now);
}

static void
stop_asking(void)
{
	probe_end(&watch.probe);
	watch.asking = false;
}

static void
look(int64_t now)
{
	switch (probe_look(&watch.probe)) {
	case PROBE_ANSWERED:
		answered(now);
		break;
	case PROBE_CANNOT_ASK:
		cannot_ask(now, errno);
		break;
	case PROBE_REFUSED:
		break;
	case PROBE_WAITING:
		if (!shortage_of_descriptors())
			return;
		answered(now); /* it is not libmilter that does not answer */
		break;
	}
	stop_asking();
}

/*
 * A question each `every`.  One without an answer is given up for the next
 * one, in case that connection alone came to grief.
 */
static void
ask(int64_t now, int64_t every)
{
	int64_t patience =
	    every < PATIENCE_S * SECOND ? PATIENCE_S * SECOND : every;
	int64_t wait = watch.asking ? patience : every;

	if (watch.asked == 0 || now - watch.asked >= wait) {
		probe_end(&watch.probe);
		watch.asked = now;
		watch.asking = true;
	}
	if (watch.asking && !watch.can_ask) {
		watch.asking = false;
		answered(now);
	}
	if (watch.asking)
		look(now);
}

static void
say_silence(int64_t now)
{
	int64_t silent = now - watch.answered;

	if (watch.period == 0 || watch.said_silent ||
	    silent < watch.period / 3 * 2)
		return;
	watch.said_silent = true;
	say_error("the milter does not answer on its own socket for %ld s; "
		  "systemd is not told that it lives, so that it starts it "
		  "anew",
	    (long)(silent / SECOND));
}

/* Not even one of those that wait has got a worker: it goes on for ever. */
static bool
is_stuck(int64_t now)
{
	int64_t since =
	    watch.answered > watch.starved ? watch.answered : watch.starved;

	return watch.starved != 0 && now - since >= GIVE_UP_S * SECOND;
}

bool
watchdog_tick(void)
{
	int64_t now = clock_up_us();

	if (!shortage_of_threads())
		watch.starved = 0;
	else if (watch.starved == 0)
		watch.starved = now;
	if (watch.starved != 0)
		ask(now, SECOND);
	else if (watch.period != 0)
		ask(now, watch.period / 3);
	else
		stop_asking();
	say_silence(now);
	if (!is_stuck(now))
		return true;
	say_error("no thread can be started and no session is served for %d "
		  "s; raise TasksMax= in postern.service (or the user's limit "
		  "of processes, ulimit -u); stopping, so that the supervisor "
		  "starts it anew",
	    GIVE_UP_S);

	return false;
}
