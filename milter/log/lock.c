/* SPDX-License-Identifier: ISC */
/* lock.c - is another instance writing this log? */
#include "config.h"

#include "log/lock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "log/why.h"

static bool
lock_fd(int fd, const char *path, bool *taken, struct err *err)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno != EWOULDBLOCK)
		return why_failed(err, path, "lock it", errno);

	*taken = true;
	return err_set(err,
	    "%s: another instance writes this log; stop it, or give this one "
	    "an audit.path of its own",
	    path);
}

/* Opens and locks it; -1 with err. */
static int
lock_open(
    const char *path, const struct file *file, bool *taken, struct err *err)
{
	bool made = false;
	int fd = file_open_at(path, file, false, &made, err);

	if (fd >= 0 && !lock_fd(fd, path, taken, err)) {
		(void)close(fd); /* nothing was written to it */
		return -1;
	}

	return fd;
}

bool
lock_take(
    struct lock *lock, const struct file *file, bool *taken, struct err *err)
{
	struct buf path;

	buf_init(&path);
	buf_addf(&path, "%s.lock", file->path);
	lock->path = path.data;
	lock->fd = lock_open(lock->path, file, taken, err);

	return lock->fd >= 0;
}

bool
lock_renew(struct lock *lock, const struct file *file, struct err *err)
{
	struct stat here, there;
	bool taken;
	int fd;

	if (fstat(lock->fd, &here) == 0 && lstat(lock->path, &there) == 0 &&
	    here.st_dev == there.st_dev && here.st_ino == there.st_ino)
		return true;

	fd = lock_open(lock->path, file, &taken, err);
	if (fd < 0)
		return false;
	(void)close(lock->fd); /* nothing was written to it */
	lock->fd = fd;

	return true;
}

void
lock_done(struct lock *lock)
{
	if (lock->fd >= 0)
		(void)close(lock->fd); /* nothing was written to it */
	free(lock->path);
	lock->path = NULL;
	lock->fd = -1;
}
