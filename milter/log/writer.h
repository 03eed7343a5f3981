/* SPDX-License-Identifier: ISC */
/*
 * writer.h - how does a batch of records get into the file?
 *
 * All of it belongs to the writer's thread once that runs.
 */
#ifndef POSTERN_LOG_WRITER_H
#define POSTERN_LOG_WRITER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "log/chain.h"
#include "log/file.h"
#include "log/lock.h"
#include "log/log.h"
#include "log/queue.h"
#include "log/rotate.h"
#include "log/sealer.h"

struct writer {
	struct log_news news;
	_Atomic(enum log_sync) sync; /* read once a batch */
	struct queue *queue;
	struct lock lock;
	struct file file;
	struct chain_head head; /* the last record that reached the file */
	struct log_gap gap;     /* what the next `recovered` has to say */
	struct err failure;     /* what was said last; empty: all is well */
	struct err unsealed;    /* what was said last of seals, as above */
	struct err unrotated;   /* and of rotation */
	struct buf bytes;       /* of the batch at hand */
	int64_t dirty_ms;       /* when to sync what was written; -1: never */
	struct sealer sealer;
	struct rotation rotation;
	pthread_mutex_t keeping_lock; /* guards keeping */
	struct log_keeping keeping;
	atomic_uint_fast64_t errors;
	atomic_bool rotated; /* a file was; the keeper takes it back */
};

/* Takes the lock, opens the file, finds the head; writer was zeroed. */
bool writer_init(struct writer *writer, const struct log_settings *settings,
    const struct log_news *news, struct queue *queue, bool *taken,
    struct err *err);
void writer_done(struct writer *writer);

/*
 * One piece of records: begin gives the head that they follow, in *head; they
 * are added to writer->bytes; end writes them, and sync makes sure of them
 * whatever audit.sync says.  False with err: none of them is in the file.
 * *gap is what was told in a `recovered` before them.
 */
bool writer_begin(
    struct writer *writer, struct chain_head *head, struct err *err);
bool writer_end(struct writer *writer, const struct chain_head *head, bool sync,
    struct log_gap *gap, struct err *err);
/* What failed, once for as long as it is the same. */
void writer_say_failed(struct writer *writer, const struct err *err);
/* That all is well again, and what a `recovered` told; after the record of
 * that sequence. */
void writer_say_well(
    struct writer *writer, uint64_t after, const struct log_gap *gap);

/* How the log is to be kept now.  Threads: any. */
void writer_keeping(struct writer *writer, struct log_keeping *keeping);
void writer_keep_so(struct writer *writer, const struct log_keeping *keeping);

/* Writes what comes until the queue is closed and empty. */
void writer_run(struct writer *writer);

#endif
