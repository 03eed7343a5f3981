/* SPDX-License-Identifier: ISC */
/* lock.c - is another instance writing this log, and how far did it come? */
#include "config.h"

#include "log/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hex.h"
#include "log/why.h"

/* "NUMBER HASH NUMBER\n" */
enum {
	DIGITS = 15, /* as log_line_sequence() takes */
	HASH_AT = DIGITS + 1,
	SEALS_AT = HASH_AT + DIGEST_TEXT,
	NOTE = SEALS_AT + DIGITS + 1
};

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

	if (fd < 0)
		return -1;
	if (!lock_fd(fd, path, taken, err)) {
		(void)close(fd); /* nothing was written to it */
		return -1;
	}
	/* A note takes the place of the one before; fails with no file. */
	(void)fcntl(fd, F_SETFL, O_RDWR);

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

static bool
renew(struct lock *lock, const struct file *file, bool *taken, struct err *err)
{
	struct stat here, there;
	int fd;

	if (fstat(lock->fd, &here) == 0 && lstat(lock->path, &there) == 0 &&
	    here.st_dev == there.st_dev && here.st_ino == there.st_ino)
		return true;

	fd = lock_open(lock->path, file, taken, err);
	if (fd < 0)
		return false;
	(void)close(lock->fd); /* its note is gone with it */
	lock->fd = fd;

	return true;
}

bool
lock_renew(struct lock *lock, const struct file *file, struct err *err)
{
	bool taken;

	return renew(lock, file, &taken, err);
}

bool
lock_check(struct lock *lock, const struct file *file, struct err *err)
{
	bool taken = false;

	return renew(lock, file, &taken, err) || !taken;
}

void
lock_write(const struct lock *lock, const struct note *note)
{
	char text[NOTE + 1];

	(void)snprintf(text, sizeof(text), "%0*" PRIu64 " %s %0*" PRIu64 "\n",
	    DIGITS, note->head.sequence, note->head.hash, DIGITS, note->seals);
	(void)!pwrite(lock->fd, text, NOTE, 0); /* see the header */
}

static bool
read_number(const char *text, uint64_t *number)
{
	*number = 0;
	for (int i = 0; i < DIGITS; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*number = *number * 10 + (uint64_t)(text[i] - '0');
	}

	return true;
}

void
lock_read(const struct lock *lock, struct note *note)
{
	uint8_t hash[(DIGEST_TEXT - 1) / 2];
	char text[NOTE];
	struct note found = { .seals = 0 };

	chain_start(&note->head);
	note->seals = 0;
	if (pread(lock->fd, text, NOTE, 0) != NOTE ||
	    !read_number(text, &found.head.sequence) ||
	    !hex_parse(text + HASH_AT, sizeof(hash), hash) ||
	    !read_number(text + SEALS_AT, &found.seals) ||
	    text[HASH_AT - 1] != ' ' || text[SEALS_AT - 1] != ' ' ||
	    text[NOTE - 1] != '\n')
		return;
	memcpy(found.head.hash, text + HASH_AT, DIGEST_TEXT - 1);
	*note = found;
}

void
lock_read_at(const char *path, struct note *note)
{
	struct lock lock;
	struct buf name;

	buf_init(&name);
	buf_addf(&name, "%s.lock", path);
	lock.fd = open(name.data,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	lock_read(&lock, note); /* fails with no file */
	if (lock.fd >= 0)
		(void)close(lock.fd); /* nothing was written to it */
	buf_done(&name);
}

void
lock_done(struct lock *lock)
{
	if (lock->fd >= 0)
		(void)close(lock->fd); /* what it says can be missed */
	free(lock->path);
	lock->path = NULL;
	lock->fd = -1;
}
