/* SPDX-License-Identifier: ISC */
/*
 * force.h - what is in force for all sessions?
 *
 * The generation that new sessions take, the log that all write to and the
 * name of this host.  libmilter hands its callbacks nothing of ours but a
 * session, so this is the one place of state that the process shares.
 * Threads: any, once force_init() has returned.
 */
#ifndef POSTERN_POSTERND_FORCE_H
#define POSTERN_POSTERND_FORCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "lists/generation.h"
#include "log/log.h"

/* Takes over generation and log; before any thread is started. */
void force_init(struct generation *generation, struct log *log);

/* A reference of one's own to the generation in force. */
struct generation *force_generation(void);
/* Counts them, from 1: which one is in force? */
uint64_t force_number(void);
/*
 * Takes generation over and puts it in force; what it says of the log
 * (audit.sync, how it is kept) holds from the next record on.  The one before
 * is let go.  One thread at a time, and none during force_close().
 */
void force_swap(struct generation *generation);
/* As log_errors(); once the log is closed, what it came to. */
uint64_t force_log_errors(void);
/* What audit.sync says, in the log's words. */
enum log_sync force_sync_of(const struct conf *conf);
/* What it says of seals, rotation and retention. */
struct log_keeping force_keeping_of(const struct conf *conf);
const char *force_host(void);

/*
 * As log_append(); false once the log is closed.  wait: see there.
 */
bool force_append(const struct record_line *line, bool wait);

/*
 * Lets no further record in, waits for those under way (no longer than the
 * log itself waits for the disk), appends last and closes the log.  Returns
 * false where last could not be written or a writer hung on; the log is
 * left open then for the process to end with.
 */
bool force_close(const struct record_line *last);

#endif
