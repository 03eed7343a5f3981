/* SPDX-License-Identifier: ISC */
/* log.c - is it on disk? */
#include "config.h"

#include "log/log.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "log/keeper.h"
#include "log/queue.h"
#include "log/writer.h"

struct log {
	struct queue queue;
	struct writer writer;
	struct keeper *keeper;
	struct log_news news;
	int64_t wait_ms;
	pthread_t thread;
	bool started;
};

static void
log_free(struct log *log)
{
	writer_done(&log->writer);
	queue_done(&log->queue);
	free(log);
}

struct log *
log_open(const struct log_settings *settings, const struct log_news *news,
    bool *taken, struct err *err)
{
	struct log *log = mem_new(1, sizeof(*log));

	*taken = false;
	log->wait_ms = settings->wait_ms;
	log->news = *news;
	log->writer.lock.fd = -1;
	queue_init(&log->queue);
	if (!writer_init(
		&log->writer, settings, news, &log->queue, taken, err)) {
		log_free(log);
		return NULL;
	}

	return log;
}

static void *
run(void *arg)
{
	struct log *log = arg;

	writer_run(&log->writer);
	queue_end(&log->queue);

	return NULL;
}

bool
log_start(struct log *log, struct err *err)
{
	sigset_t all, before;
	int error;

	/* Signals are for others; blocked, SIGXFSZ is an EFBIG like any. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&log->thread, NULL, run, log);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error != 0)
		return err_set(err,
		    "cannot start the log's thread (error %d); raise the "
		    "limit for threads (TasksMax, ulimit -u)",
		    error);

	log->started = true;
	log->keeper = keeper_start(log->writer.file.path, &log->news, log, err);

	return log->keeper != NULL;
}

bool
log_append(struct log *log, const struct record_line *line, bool wait)
{
	bool refused;
	bool ok = queue_add(&log->queue, line, wait, log->wait_ms, &refused);

	if (refused)
		atomic_fetch_add(&log->writer.errors, 1);

	return ok;
}

void
log_set_sync(struct log *log, enum log_sync sync)
{
	atomic_store(&log->writer.sync, sync);
}

void
log_set_keeping(struct log *log, const struct log_keeping *keeping)
{
	writer_keep_so(&log->writer, keeping);
	if (log->keeper != NULL)
		keeper_wake(log->keeper);
}

void
log_get_keeping(struct log *log, struct log_keeping *keeping)
{
	writer_keeping(&log->writer, keeping);
}

bool
log_take_rotated(struct log *log)
{
	return atomic_exchange(&log->writer.rotated, false);
}

uint64_t
log_errors(const struct log *log)
{
	return atomic_load(&log->writer.errors);
}

void
log_close(struct log *log)
{
	bool alone;

	if (log == NULL)
		return;

	alone = keeper_stop(log->keeper);
	if (log->started) {
		queue_close(&log->queue);
		/* A disk that hangs does not let its thread go, and that
		 * needs what is here. */
		if (!queue_wait_end(&log->queue, LOG_WAIT_MS)) {
			(void)pthread_detach(log->thread); /* it runs */
			return;
		}
		(void)pthread_join(log->thread, NULL); /* it has ended */
	}
	if (alone)
		log_free(log);
}
