/* SPDX-License-Identifier: ISC */
/* keeper.c - what becomes of rotated files? */
#include "config.h"

#include "log/keeper.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "log/clock.h"
#include "log/files.h"
#include "log/pack.h"
#include "log/retain.h"

enum {
	LOOK_MS = 1000, /* whether a file was rotated */
	TURN_MS = 60000 /* what is too old, and what failed */
};

struct keeper {
	const char *path;
	const struct log_news *news;
	struct log *log;
	struct retain retain;
	struct err failure; /* what was said last; empty: all is well */
	pthread_t thread;

	pthread_mutex_t lock;   /* guards what follows */
	pthread_cond_t changed; /* woken, to stop, ended */
	bool woken;
	bool ended;
	atomic_bool stop; /* read without the lock, too */
};

/* Once for as long as it is the same. */
static void
say(struct keeper *keeper, const struct err *err)
{
	if (strcmp(keeper->failure.text, err->text) == 0)
		return;
	keeper->failure = *err;
	keeper->news->say(keeper->news->owner, err->text);
}

/* The first failure of a turn is what is said of it. */
static bool
pack_all(struct keeper *keeper, struct err *err)
{
	struct log_files files;
	bool well = true;

	if (!log_files_list(keeper->path, &files, err))
		return false;
	for (size_t i = 0; i < files.count && !atomic_load(&keeper->stop);
	     i++) {
		const struct log_file *file = &files.items[i];

		if (file->first != 0 && !file->packed &&
		    !pack_file(file->path, &keeper->stop, well ? err : NULL))
			well = false;
	}
	log_files_done(&files);

	return well;
}

static void
turn(struct keeper *keeper)
{
	struct log_keeping keeping;
	struct err err;
	bool well;

	log_get_keeping(keeper->log, &keeping);
	/* What goes need not be packed. */
	well = retain_look(&keeper->retain, &keeping, &err);
	if (!pack_all(keeper, well ? &err : NULL))
		well = false;

	if (well)
		keeper->failure.text[0] = '\0';
	else if (!atomic_load(&keeper->stop))
		say(keeper, &err);
}

/* Until it is woken or LOOK_MS have passed; was it woken? */
static bool
wait(struct keeper *keeper)
{
	struct timespec until;
	int waited = 0;
	bool woken;

	(void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail */
	until.tv_sec += LOOK_MS / 1000;
	(void)pthread_mutex_lock(&keeper->lock); /* cannot fail */
	while (!keeper->woken && !atomic_load(&keeper->stop) && waited == 0)
		waited = pthread_cond_timedwait(
		    &keeper->changed, &keeper->lock, &until);
	woken = keeper->woken;
	keeper->woken = false;
	(void)pthread_mutex_unlock(&keeper->lock);

	return woken;
}

static void *
run(void *arg)
{
	struct keeper *keeper = arg;
	int64_t next_ms = 0;

	while (!atomic_load(&keeper->stop)) {
		if (log_take_rotated(keeper->log) || wait(keeper) ||
		    clock_now_ms() >= next_ms) {
			turn(keeper);
			next_ms = clock_now_ms() + TURN_MS;
		}
	}
	(void)pthread_mutex_lock(&keeper->lock); /* cannot fail */
	keeper->ended = true;
	(void)pthread_cond_broadcast(&keeper->changed);
	(void)pthread_mutex_unlock(&keeper->lock);

	return NULL;
}

static void
keeper_free(struct keeper *keeper)
{
	(void)pthread_cond_destroy(&keeper->changed); /* nobody waits */
	(void)pthread_mutex_destroy(&keeper->lock);   /* nobody waits */
	free(keeper);
}

static struct keeper *
keeper_new(const char *path, const struct log_news *news, struct log *log)
{
	struct keeper *keeper = mem_new(1, sizeof(*keeper));
	pthread_condattr_t attributes;

	keeper->path = path;
	keeper->news = news;
	keeper->log = log;
	atomic_init(&keeper->stop, false);
	retain_init(&keeper->retain, path, news, log, &keeper->stop);
	(void)pthread_mutex_init(&keeper->lock, NULL); /* cannot fail */
	(void)pthread_condattr_init(&attributes);      /* cannot fail */
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&keeper->changed, &attributes);
	(void)pthread_condattr_destroy(&attributes);

	return keeper;
}

struct keeper *
keeper_start(const char *path, const struct log_news *news, struct log *log,
    struct err *err)
{
	struct keeper *keeper = keeper_new(path, news, log);
	sigset_t all, before;
	int error;

	/* Signals are for others; blocked, SIGXFSZ is an EFBIG like any. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&keeper->thread, NULL, run, keeper);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		return keeper;

	keeper_free(keeper);
	(void)err_set(err,
	    "cannot start the thread that keeps the log (error %d); raise the "
	    "limit for threads (TasksMax, ulimit -u)",
	    error);
	return NULL;
}

void
keeper_wake(struct keeper *keeper)
{
	(void)pthread_mutex_lock(&keeper->lock); /* cannot fail */
	keeper->woken = true;
	(void)pthread_cond_broadcast(&keeper->changed);
	(void)pthread_mutex_unlock(&keeper->lock);
}

/* Tells it to stop, and waits; false where a disk that hangs holds it. */
static bool
wait_end(struct keeper *keeper)
{
	struct timespec until;
	int waited = 0;
	bool ended;

	(void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail */
	until.tv_sec += LOG_WAIT_MS / 1000 + 1;
	(void)pthread_mutex_lock(&keeper->lock); /* cannot fail */
	atomic_store(&keeper->stop, true);
	(void)pthread_cond_broadcast(&keeper->changed);
	while (!keeper->ended && waited == 0)
		waited = pthread_cond_timedwait(
		    &keeper->changed, &keeper->lock, &until);
	ended = keeper->ended;
	(void)pthread_mutex_unlock(&keeper->lock);

	return ended;
}

bool
keeper_stop(struct keeper *keeper)
{
	if (keeper == NULL)
		return true;
	if (!wait_end(keeper)) {
		(void)pthread_detach(keeper->thread); /* it runs */
		return false;
	}
	(void)pthread_join(keeper->thread, NULL); /* it has ended */
	keeper_free(keeper);

	return true;
}
