/* SPDX-License-Identifier: ISC */
/*
 * queue.h - which records wait to be written, and who waits for them?
 *
 * Many threads add; the writer's thread takes all that is there, up to a
 * batch, and tells those who wait how it went.
 */
#ifndef POSTERN_LOG_QUEUE_H
#define POSTERN_LOG_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/log.h"

enum {
	/* Records that nobody waits for; those with a waiter, of whom each
	 * session has one at most, may take as much again. */
	QUEUE_BYTES = 8 << 20,
	QUEUE_RECORDS = 65536,
	/* A batch that cannot be written is lost as one. */
	QUEUE_BATCH = 1 << 20
};

/* What is known of a record that somebody waits for. */
enum queued_fate {
	QUEUED_PENDING,
	QUEUED_WRITTEN,
	QUEUED_FAILED,
	QUEUED_LEFT /* the waiter would not wait any longer */
};

/*
 * It has a lock of its own, so that hundreds who are told at once do not
 * stand before one.  Whoever learns the fate from the other frees it: the
 * waiter who is told, the writer who finds it left or never waited for.
 */
struct queued {
	struct queued *next;
	bool waited;          /* else the next three are not used */
	pthread_mutex_t lock; /* guards fate */
	pthread_cond_t told;
	enum queued_fate fate;
	uint64_t sequence; /* set by the writer */
	size_t sequence_at;
	size_t len;
	char text[];
};

struct queue {
	pthread_mutex_t lock; /* guards all that follows */
	pthread_cond_t filled;
	pthread_cond_t gone;
	struct queued *first;
	struct queued **last;
	size_t count, bytes;
	uint64_t refused; /* since it was last asked */
	bool closing;
	bool ended;
};

/* What the writer's thread is woken for. */
struct work {
	struct queued *first; /* to be given back with queue_tell() */
	uint64_t refused;     /* records for which there was no room */
	bool closing;         /* and nothing is left */
};

void queue_init(struct queue *queue);
void queue_done(struct queue *queue); /* frees what is left */

/* As log_append(); *refused is set where there was no room. */
bool queue_add(struct queue *queue, const struct record_line *line, bool wait,
    int64_t wait_ms, bool *refused);

/*
 * For the writer: waits for records, for the end, or until the time
 * until_ms (-1: for as long as it takes), and takes them.
 */
void queue_take(struct queue *queue, int64_t until_ms, struct work *work);

/*
 * Tells the waiters; the entries are no longer the writer's.  Those that were
 * written though their waiter had gone are added to *gap.
 */
void queue_tell(struct queued *first, bool ok, struct log_gap *gap);

void queue_close(struct queue *queue);
/* The writer's last call. */
void queue_end(struct queue *queue);
/* Waits for that; false if it did not come in time. */
bool queue_wait_end(struct queue *queue, int64_t wait_ms);

#endif
