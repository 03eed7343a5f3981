/* SPDX-License-Identifier: ISC */
/*
 * lock.h - is another instance writing this log, and how far did the last come?
 *
 * PATH.lock beside the log, held with flock() for as long as the log is
 * open, never removed.  A child made by fork() holds it too.
 *
 * It holds sequence and hash of the last record that was written, so that a
 * start notices what went while nobody looked, and uses no sequence twice.
 * It is not synced: after a crash of the machine it may be behind the log,
 * which does no harm.
 */
#ifndef POSTERN_LOG_LOCK_H
#define POSTERN_LOG_LOCK_H

#include <stdbool.h>

#include "base/err.h"
#include "log/chain.h"
#include "log/file.h"

struct lock {
	char *path;
	int fd;
};

/*
 * Takes the lock beside file or fails at once; *taken: another has it.
 * What it makes is given to file's owner.
 */
bool lock_take(
    struct lock *lock, const struct file *file, bool *taken, struct err *err);

/* Takes it again where its file is gone from its path. */
bool lock_renew(struct lock *lock, const struct file *file, struct err *err);

/* Notes that *head is written.  One that cannot be noted is not missed but
 * where the log itself is gone at the next start, too. */
void lock_note(const struct lock *lock, const struct chain_head *head);
/* What was noted last; sequence 0: nothing that can be read. */
void lock_noted(const struct lock *lock, struct chain_head *head);

void lock_done(struct lock *lock); /* lets it go */

#endif
