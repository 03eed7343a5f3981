/* SPDX-License-Identifier: ISC */
/* reloader.c - who reads files anew, while others are answered? */
#include "config.h"

#include "posternd/reloader.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/buf.h"
#include "posternd/asked.h"
#include "posternd/fresh.h"
#include "posternd/reload.h"

enum {
	/* Between two reloads that signals ask for: a storm of them must not
	 * keep a processor and the log busy. */
	STORM_MS = 250,
	LOOK_MS = 1000, /* between two looks at the databases (fresh.h) */
	NOBODY = -1,    /* waits for an answer */
	WAITING = 16    /* for an answer, at the most */
};

struct wish {
	uid_t asker;
	int fd; /* or NOBODY */
};

enum errand {
	ERRAND_STOP,
	ERRAND_RELOAD,
	ERRAND_LOOK
};

/* When the thread may do what nobody waits for; its own. */
struct calendar {
	int64_t calm_ms; /* a signal's reload */
	int64_t look_ms;
};

static struct {
	/* guards all that follows but thread and conf_path */
	pthread_mutex_t lock;
	pthread_cond_t asked;
	struct wish wishes[WAITING]; /* the oldest first */
	size_t count;
	bool signalled;
	uid_t signaller; /* the last one */
	bool stop;
	bool started; /* the starting thread's own, as are the next */
	pthread_t thread;
	const char *conf_path;
} reloader = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Its own time must not move with the clock on the wall. */
static void
init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;

	(void)pthread_condattr_init(&attributes); /* cannot fail on Linux */
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(condition, &attributes);
	(void)pthread_condattr_destroy(&attributes);
}

static int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */

	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* With the lock, which it leaves meanwhile. */
static void
wait_until(int64_t time_ms)
{
	struct timespec end = {
		.tv_sec = (time_t)(time_ms / 1000),
		.tv_nsec = (long)(time_ms % 1000) * 1000000L,
	};

	(void)pthread_cond_timedwait(&reloader.asked, &reloader.lock, &end);
}

static struct wish
take_wish(void)
{
	struct wish wish = { reloader.signaller, NOBODY };

	if (reloader.count == 0) {
		reloader.signalled = false;
		return wish;
	}
	wish = reloader.wishes[0];
	reloader.count--;
	memmove(reloader.wishes, reloader.wishes + 1,
	    reloader.count * sizeof(wish));

	return wish;
}

/* With the lock: waits for what is to be done next. */
static enum errand
next_errand(const struct calendar *calendar, struct wish *wish)
{
	for (;;) {
		int64_t next_ms = calendar->look_ms;
		int64_t now = now_ms();

		if (reloader.stop)
			return ERRAND_STOP;
		if (reloader.count > 0 ||
		    (reloader.signalled && now >= calendar->calm_ms)) {
			*wish = take_wish();
			return ERRAND_RELOAD;
		}
		if (now >= calendar->look_ms)
			return ERRAND_LOOK;
		if (reloader.signalled && calendar->calm_ms < next_ms)
			next_ms = calendar->calm_ms;
		wait_until(next_ms);
	}
}

static void
grant(const struct wish *wish)
{
	struct buf words;
	int status;

	buf_init(&words);
	status = reload(reloader.conf_path, wish->asker, &words);
	if (wish->fd != NOBODY) /* else it has said why itself */
		asked_reply(wish->fd, status, &words);
	buf_done(&words);
}

static void
tell_waiting(void)
{
	struct buf words;

	buf_init(&words);
	buf_add_text(&words, "posternd is stopping; nothing was reloaded\n");
	for (size_t i = 0; i < reloader.count; i++)
		asked_reply(reloader.wishes[i].fd, EX_UNAVAILABLE, &words);
	reloader.count = 0;
	buf_done(&words);
}

static void
do_errand(
    enum errand errand, const struct wish *wish, struct calendar *calendar)
{
	switch (errand) {
	case ERRAND_STOP:
		break;
	case ERRAND_RELOAD:
		grant(wish);
		if (wish->fd == NOBODY)
			calendar->calm_ms = now_ms() + STORM_MS;
		break;
	case ERRAND_LOOK:
		fresh_tick();
		calendar->look_ms = now_ms() + LOOK_MS;
		break;
	}
}

static void *
run(void *unused)
{
	struct calendar calendar = { 0, 0 };
	enum errand errand;
	struct wish wish;

	(void)unused;
	do {
		pthread_mutex_lock(&reloader.lock);
		errand = next_errand(&calendar, &wish);
		pthread_mutex_unlock(&reloader.lock);
		do_errand(errand, &wish, &calendar);
	} while (errand != ERRAND_STOP);

	return NULL;
}

bool
reloader_start(const char *conf_path, struct err *err)
{
	sigset_t all, before;
	int error;

	init_condition(&reloader.asked);
	reloader.conf_path = conf_path;
	(void)sigfillset(&all); /* signals are read by the main thread */
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&reloader.thread, NULL, run, NULL);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	reloader.started = error == 0;

	return reloader.started ||
	    err_set(err,
		"cannot start the thread that reloads: %s; raise the limit "
		"for threads (TasksMax, ulimit -u)",
		strerror(error));
}

void
reloader_ask(uid_t asker)
{
	pthread_mutex_lock(&reloader.lock);
	reloader.signalled = true;
	reloader.signaller = asker;
	pthread_cond_signal(&reloader.asked);
	pthread_mutex_unlock(&reloader.lock);
}

bool
reloader_ask_for(uid_t asker, int fd)
{
	bool taken;

	pthread_mutex_lock(&reloader.lock);
	taken = reloader.count < WAITING;
	if (taken)
		reloader.wishes[reloader.count++] = (struct wish){ asker, fd };
	pthread_cond_signal(&reloader.asked);
	pthread_mutex_unlock(&reloader.lock);

	return taken;
}

void
reloader_stop(void)
{
	if (!reloader.started)
		return;

	pthread_mutex_lock(&reloader.lock);
	reloader.stop = true;
	pthread_cond_signal(&reloader.asked);
	pthread_mutex_unlock(&reloader.lock);
	(void)pthread_join(reloader.thread, NULL); /* it ends now */
	reloader.started = false;
	tell_waiting(); /* nobody else is there to look at them */
}
