/* SPDX-License-Identifier: ISC */
/*
 * lock.h - is another instance writing this log, and how far did it come?
 *
 * PATH.lock beside the log, held with flock() for as long as the log is
 * open, never removed.  A child made by fork() holds it too.
 *
 * It holds a note of the last record that was written, so that a start notices
 * what went while nobody looked, and uses no sequence and no key twice.  The
 * note is not synced: after a crash of the machine it may be behind the log,
 * which does no harm.
 */
#ifndef POSTERN_LOG_LOCK_H
#define POSTERN_LOG_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "log/chain.h"
#include "log/file.h"

struct lock {
	char *path;
	int fd;
};

struct note {
	struct chain_head head; /* sequence 0: nothing that can be read */
	uint64_t seals;         /* number of the last one */
};

/*
 * Takes the lock beside file or fails at once; *taken: another has it.
 * What it makes is given to file's owner.
 */
bool lock_take(
    struct lock *lock, const struct file *file, bool *taken, struct err *err);

/* Takes it again where its file is gone from its path. */
bool lock_renew(struct lock *lock, const struct file *file, struct err *err);
/* The same, but one that cannot be made will do as it is: false with err only
 * where another instance has it. */
bool lock_check(struct lock *lock, const struct file *file, struct err *err);

/* One that cannot be written is not missed but where the log itself is gone at
 * the next start, too. */
void lock_write(const struct lock *lock, const struct note *note);
void lock_read(const struct lock *lock, struct note *note);
/* The same beside the log at path, for who only looks on; also where there is
 * none, or it may not be read. */
void lock_read_at(const char *path, struct note *note);

void lock_done(struct lock *lock); /* lets it go */

#endif
