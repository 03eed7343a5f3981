/* SPDX-License-Identifier: ISC */
/* force.c - what is in force for all sessions? */
#include "config.h"

#include "posternd/force.h"

#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "posternd/flood.h"
#include "posternd/forward.h"

enum {
	HOST = 256 /* HOST_NAME_MAX is 64 on Linux, 255 elsewhere */
};

static struct {
	/* guards all that follows but log and host, which stay as they are;
	 * never held over I/O */
	pthread_mutex_t lock;
	pthread_cond_t left; /* a writer has gone */
	struct generation *generation;
	uint64_t number; /* of the generation, from 1 */
	uint64_t errors; /* of the log, once it is closed */
	struct log *log;
	unsigned writers; /* calls of log_append() under way */
	bool closing;
	char host[HOST];
} force = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* The deadline of force_close() must not move with the clock on the wall. */
static void
init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;

	(void)pthread_condattr_init(&attributes); /* cannot fail on Linux */
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(condition, &attributes);
	(void)pthread_condattr_destroy(&attributes);
}

void
force_init(struct generation *generation, struct log *log)
{
	init_condition(&force.left);
	force.generation = generation;
	force.number = 1;
	force.log = log;
	flood_set(&generation_conf(generation)->audit);
	forward_set(&generation_conf(generation)->audit);
	if (gethostname(force.host, sizeof(force.host) - 1) != 0)
		strcpy(force.host, "unknown");
}

struct generation *
force_generation(void)
{
	struct generation *generation;

	pthread_mutex_lock(&force.lock);
	generation = generation_ref(force.generation);
	pthread_mutex_unlock(&force.lock);

	return generation;
}

uint64_t
force_number(void)
{
	uint64_t number;

	pthread_mutex_lock(&force.lock);
	number = force.number;
	pthread_mutex_unlock(&force.lock);

	return number;
}

enum log_sync
force_sync_of(const struct conf *conf)
{
	switch (conf->audit.sync) {
	case CONF_SYNC_ALWAYS:
		return LOG_SYNC_ALWAYS;
	case CONF_SYNC_SECOND:
		return LOG_SYNC_SECOND;
	case CONF_SYNC_NEVER:
		return LOG_SYNC_NEVER;
	}

	return LOG_SYNC_ALWAYS;
}

struct log_keeping
force_keeping_of(const struct conf *conf)
{
	enum {
		MS = 1000,
		US = 1000000
	};
	const struct conf_audit *audit = &conf->audit;
	struct log_keeping keeping = {
		.seal_ms = (int64_t)audit->seal_s * MS,
		.rotate_bytes = audit->rotate_size,
		.rotate_us = (int64_t)audit->rotate_age_s * US,
		.keep_us = (int64_t)audit->keep_s * US,
	};

	return keeping;
}

void
force_swap(struct generation *generation)
{
	const struct conf *conf = generation_conf(generation);
	struct log_keeping keeping = force_keeping_of(conf);
	struct generation *before;

	log_set_sync(force.log, force_sync_of(conf));
	log_set_keeping(force.log, &keeping);
	flood_set(&conf->audit);
	forward_set(&conf->audit);
	pthread_mutex_lock(&force.lock);
	before = force.generation;
	force.generation = generation;
	force.number++;
	pthread_mutex_unlock(&force.lock);

	/* Freeing a million networks takes its time: nobody waits for it. */
	generation_unref(before);
}

const char *
force_host(void)
{
	return force.host;
}

static bool
enter(void)
{
	bool open;

	pthread_mutex_lock(&force.lock);
	open = !force.closing;
	if (open)
		force.writers++;
	pthread_mutex_unlock(&force.lock);

	return open;
}

static void
leave(void)
{
	pthread_mutex_lock(&force.lock);
	force.writers--;
	pthread_cond_broadcast(&force.left);
	pthread_mutex_unlock(&force.lock);
}

bool
force_append(const struct record_line *line, bool wait)
{
	bool taken;

	if (!enter())
		return false;
	taken = log_append(force.log, line, wait);
	leave();

	return taken;
}

uint64_t
force_log_errors(void)
{
	uint64_t errors;

	if (enter()) {
		errors = log_errors(force.log);
		leave();
		return errors;
	}
	pthread_mutex_lock(&force.lock);
	errors = force.errors;
	pthread_mutex_unlock(&force.lock);

	return errors;
}

/* Returns true once no writer is left. */
static bool
wait_for_writers(void)
{
	struct timespec until;
	bool alone;
	int waited = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail */
	until.tv_sec += LOG_WAIT_MS / 1000 + 1;

	pthread_mutex_lock(&force.lock);
	force.closing = true;
	while (force.writers > 0 && waited == 0)
		waited =
		    pthread_cond_timedwait(&force.left, &force.lock, &until);
	alone = force.writers == 0;
	pthread_mutex_unlock(&force.lock);

	return alone;
}

bool
force_close(const struct record_line *last)
{
	bool alone = wait_for_writers();
	bool written = log_append(force.log, last, true);

	pthread_mutex_lock(&force.lock);
	force.errors = log_errors(force.log);
	pthread_mutex_unlock(&force.lock);
	if (alone)
		log_close(force.log);

	return alone && written;
}
