/* SPDX-License-Identifier: ISC */
/* reloader.c - who reloads, while others are answered? */
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
#include "posternd/reload.h"

enum {
	/* Between two reloads that signals ask for: a storm of them must not
	 * keep a processor and the log busy. */
	STORM_MS = 250,
	NOBODY = -1, /* waits for an answer */
	WAITING = 16 /* for an answer, at the most */
};

struct wish {
	uid_t asker;
	int fd; /* or NOBODY */
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

static struct timespec
storm_end(void)
{
	struct timespec end;

	(void)clock_gettime(CLOCK_MONOTONIC, &end); /* cannot fail */
	end.tv_nsec += STORM_MS * 1000000L;
	end.tv_sec += end.tv_nsec / 1000000000L;
	end.tv_nsec %= 1000000000L;

	return end;
}

/* With the lock: is one to be granted?  A signal's once *calm has come. */
static bool
wait_for_wish(const struct timespec *calm, struct wish *wish)
{
	bool is_calm = false;

	while (!reloader.stop && reloader.count == 0 &&
	    !(reloader.signalled && is_calm))
		if (!reloader.signalled)
			pthread_cond_wait(&reloader.asked, &reloader.lock);
		else
			is_calm = pthread_cond_timedwait(&reloader.asked,
				      &reloader.lock, calm) != 0;
	if (reloader.stop)
		return false;
	if (reloader.count > 0) {
		*wish = reloader.wishes[0];
		reloader.count--;
		memmove(reloader.wishes, reloader.wishes + 1,
		    reloader.count * sizeof(*wish));
		return true;
	}
	reloader.signalled = false;
	*wish = (struct wish){ reloader.signaller, NOBODY };

	return true;
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

static void *
run(void *unused)
{
	struct timespec calm = { .tv_sec = 0 };
	struct wish wish;

	(void)unused;
	pthread_mutex_lock(&reloader.lock);
	while (wait_for_wish(&calm, &wish)) {
		pthread_mutex_unlock(&reloader.lock);
		grant(&wish);
		if (wish.fd == NOBODY)
			calm = storm_end();
		pthread_mutex_lock(&reloader.lock);
	}
	pthread_mutex_unlock(&reloader.lock);

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
