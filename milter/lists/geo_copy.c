/* SPDX-License-Identifier: ISC */
/*
 * geo_copy.c - which bytes does a database file hold?
 *
 * A mapped file that somebody truncates or copies another one over ends the
 * process (SIGBUS).  The copy lies in memory and is sealed, so that from
 * there on it is the same for everyone, our own faults included.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "lists/geo_parts.h"

enum {
	CHUNK = 1 << 18,
	LONGEST = 1 << 30 /* the largest on offer are a tenth of it */
};

#define CURE "; put the database there, or correct geo"

static struct geo_stamp
stamp_of(const struct stat *stat)
{
	return (struct geo_stamp){
		.device = stat->st_dev,
		.inode = stat->st_ino,
		.size = stat->st_size,
		.written = stat->st_mtim,
		.changed = stat->st_ctim,
	};
}

bool
geo_stamp_take(const char *path, struct geo_stamp *stamp)
{
	struct stat found;

	if (stat(path, &found) != 0)
		return false;
	*stamp = stamp_of(&found);

	return true;
}

static bool
times_equal(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool
geo_stamp_equal(const struct geo_stamp *a, const struct geo_stamp *b)
{
	return a->device == b->device && a->inode == b->inode &&
	    a->size == b->size && times_equal(&a->written, &b->written) &&
	    times_equal(&a->changed, &b->changed);
}

/* -1 with err; else its descriptor. */
static int
open_file(const char *path, struct geo_stamp *stamp, struct err *err)
{
	struct stat found = { .st_size = 0 };
	/* a FIFO without a writer would hang an open() that blocks */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 || fstat(fd, &found) != 0)
		(void)err_set(
		    err, "cannot read %s: %s" CURE, path, strerror(errno));
	else if (!S_ISREG(found.st_mode))
		(void)err_set(err, "%s is no regular file" CURE, path);
	else if (found.st_size > LONGEST)
		(void)err_set(err, "%s is longer than 1 GiB" CURE, path);
	else {
		*stamp = stamp_of(&found);
		return fd;
	}
	if (fd >= 0)
		(void)close(fd); /* nothing was written */

	return -1;
}

static bool
write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, bytes, len);

		if (put < 0)
			return false;
		bytes += put;
		len -= (size_t)put;
	}

	return true;
}

/* false: errno says why */
static bool
copy_bytes(int from, int to, char digest_text[DIGEST_TEXT])
{
	struct digest *digest = digest_new();
	char *chunk = mem_new(CHUNK, 1);
	off_t total = 0;
	ssize_t got;

	/* What grows past its length is not as it was stamped. */
	while ((got = read(from, chunk, CHUNK)) > 0 && total <= LONGEST) {
		if (!write_all(to, chunk, (size_t)got)) {
			got = -1;
			break;
		}
		digest_add(digest, chunk, (size_t)got);
		total += got;
	}
	free(chunk);
	digest_end(digest, digest_text);

	return got >= 0;
}

static bool
is_as_stamped(int fd, const struct geo_stamp *stamp)
{
	struct stat found;
	struct geo_stamp now;

	if (fstat(fd, &found) != 0)
		return false;
	now = stamp_of(&found);

	return geo_stamp_equal(&now, stamp);
}

static bool
seal(int fd)
{
	return fcntl(fd, F_ADD_SEALS,
		   F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) ==
	    0;
}

static enum geo_copied
copy_file(int file, const char *path, struct geo_copy *copy, struct err *err)
{
	copy->fd = memfd_create("postern-geo", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (copy->fd < 0 || !copy_bytes(file, copy->fd, copy->digest) ||
	    !seal(copy->fd)) {
		(void)err_set(err, "cannot read %s into memory: %s" CURE, path,
		    strerror(errno));
		return GEO_UNREADABLE;
	}
	if (is_as_stamped(file, &copy->stamp))
		return GEO_COPIED;
	(void)err_set(err, "%s is being written; wait for its end", path);

	return GEO_MOVING;
}

enum geo_copied
geo_copy_make(const char *path, struct geo_copy *copy, struct err *err)
{
	struct geo_copy made = { .fd = -1 };
	int file = open_file(path, &made.stamp, err);
	enum geo_copied copied;

	if (file < 0)
		return GEO_UNREADABLE;
	copied = copy_file(file, path, &made, err);
	(void)close(file); /* nothing was written to it */
	if (copied == GEO_COPIED)
		*copy = made;
	else
		geo_copy_done(&made);

	return copied;
}

void
geo_copy_done(struct geo_copy *copy)
{
	if (copy->fd >= 0)
		(void)close(copy->fd); /* memory: there is no error to come */
	copy->fd = -1;
}

int
geo_copy_open(const struct geo_copy *copy, MMDB_s *mmdb)
{
	char path[32]; /* "/proc/self/fd/" and ten digits */

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", copy->fd);

	return MMDB_open(path, MMDB_MODE_MMAP, mmdb);
}
