/* SPDX-License-Identifier: ISC */
/*
 * writer.h - how does a batch of records get into the file?
 *
 * All of it belongs to the writer's thread once that runs.
 */
#ifndef POSTERN_LOG_WRITER_H
#define POSTERN_LOG_WRITER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "log/chain.h"
#include "log/file.h"
#include "log/lock.h"
#include "log/log.h"
#include "log/queue.h"

struct writer {
	struct log_news news;
	_Atomic(enum log_sync) sync; /* read once a batch */
	struct queue *queue;
	struct lock lock;
	struct file file;
	struct chain_head head; /* the last record that reached the file */
	struct log_gap gap;     /* what the next `recovered` has to say */
	struct err failure;     /* what was said last; empty: all is well */
	struct buf bytes;       /* of the batch at hand */
	int64_t dirty_ms;       /* when to sync what was written; -1: never */
	atomic_uint_fast64_t errors;
};

/* Takes the lock, opens the file, finds the head; writer was zeroed. */
bool writer_init(struct writer *writer, const struct log_settings *settings,
    const struct log_news *news, struct queue *queue, bool *taken,
    struct err *err);
void writer_done(struct writer *writer);

/* Writes what comes until the queue is closed and empty. */
void writer_run(struct writer *writer);

#endif
