/* SPDX-License-Identifier: ISC */
/*
 * lock.h - is another instance writing this log?
 *
 * PATH.lock beside the log, held with flock() for as long as the log is
 * open, never removed.  A child made by fork() holds it too.
 */
#ifndef POSTERN_LOG_LOCK_H
#define POSTERN_LOG_LOCK_H

#include <stdbool.h>

#include "base/err.h"
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

void lock_done(struct lock *lock); /* lets it go */

#endif
