/* SPDX-License-Identifier: ISC */
/* file.c - how do bytes get to the end of the file, whole or not at all? */
#include "config.h"

#include "log/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "log/why.h"

enum {
	MODE = 0640 /* the owner writes, a group of auditors reads */
};

void
file_init(struct file *file, const char *path, uid_t owner, gid_t group)
{
	*file = (struct file){
		.path = mem_text(path), .fd = -1, .owner = owner, .group = group
	};
}

void
file_done(struct file *file)
{
	if (file->fd >= 0)
		(void)close(file->fd); /* each record was written and checked */
	free(file->path);
	file->path = NULL;
	file->fd = -1;
}

bool
file_sync_directory(const char *path)
{
	char *copy = mem_text(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd >= 0 && fsync(fd) == 0;
	int error = errno;

	free(copy);
	if (fd >= 0)
		(void)close(fd); /* nothing was written to it */
	errno = error;

	return done;
}

static bool
make_ready(int fd, const char *path, const struct file *file, struct err *err)
{
	if (fchmod(fd, MODE) != 0)
		return why_failed(err, path, "set its mode", errno);
	if (geteuid() == 0 && file->owner != (uid_t)-1 &&
	    fchown(fd, file->owner, file->group) != 0)
		return why_failed(err, path, "set its owner", errno);
	/* A directory that may not be read cannot be synced: then its new name
	 * takes its time to be safe. */
	(void)file_sync_directory(path);

	return true;
}

static bool
is_regular(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return why_failed(err, path, "look at it", errno);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%s: not a regular file; name one", path);

	return true;
}

int
file_open_at(const char *path, const struct file *file, bool new, bool *made,
    struct err *err)
{
	/* Not blocking: somebody may have put a FIFO there. */
	const int flags =
	    O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	bool fresh = false;
	int fd = new ? -1 : open(path, flags);

	if (new || (fd < 0 && errno == ENOENT)) {
		fd = open(path, flags | O_CREAT | O_EXCL, MODE);
		fresh = true;
	}
	if (fd < 0) {
		(void)why_failed(
		    err, path, fresh ? "make it" : "open it", errno);
		return -1;
	}
	if (!is_regular(fd, path, err) ||
	    (fresh && !make_ready(fd, path, file, err))) {
		(void)close(fd); /* nothing was written to it */
		return -1;
	}

	*made = fresh;
	return fd;
}

bool
file_take(struct file *file, int fd, int64_t size, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0) {
		(void)why_failed(err, file->path, "look at it", errno);
		(void)close(fd); /* nothing was written to it */
		return false;
	}

	if (file->fd >= 0)
		(void)close(file->fd); /* each record was written and checked */
	file->fd = fd;
	file->device = st.st_dev;
	file->inode = st.st_ino;
	file->size = size;

	return true;
}

/* Some descriptors do not come back to life: open the file again. */
static void
drop_if_dead(struct file *file, int error)
{
	if (error != EIO && error != EBADF && error != ESTALE)
		return;
	(void)close(file->fd); /* the failure has been told */
	file->fd = -1;
}

/* Undoes a write that failed; says why it failed, not what came of that. */
static bool
undo(struct file *file, const char *doing, int error, struct err *err)
{
	(void)why_failed(err, file->path, doing, error);
	(void)file_cut(file, NULL); /* it remembers if it could not */
	drop_if_dead(file, error);

	return false;
}

bool
file_write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}

	return true;
}

bool
file_append(struct file *file, const char *bytes, size_t len, struct err *err)
{
	struct stat st;

	if (!file_write_all(file->fd, bytes, len))
		return undo(file, "write", errno, err);
	if (fstat(file->fd, &st) != 0)
		return undo(file, "look at it", errno, err);
	/* Bytes of another in between: nobody could tell whose are whose, so
	 * the place is looked at, and mended, before the next record. */
	if (st.st_size > file->size + (int64_t)len)
		return err_set(err,
		    "%s: something else writes into this file; stop that",
		    file->path);

	return true;
}

bool
file_sync(struct file *file, struct err *err)
{
	if (fdatasync(file->fd) == 0)
		return true;

	return undo(file, "sync it to disk", errno, err);
}

void
file_keep(struct file *file, size_t len)
{
	file->size += (int64_t)len;
}

bool
file_cut(struct file *file, struct err *err)
{
	struct stat st;

	file->cut_due = true;
	if (fstat(file->fd, &st) != 0)
		return why_failed(err, file->path, "look at it", errno);
	/* Never longer: that would fill it with zeros. */
	if (st.st_size > file->size && ftruncate(file->fd, file->size) != 0)
		return why_failed(err, file->path,
		    "cut it back to its last whole record", errno);
	file->cut_due = false;

	return true;
}
