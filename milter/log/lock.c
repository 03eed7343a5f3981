/* SPDX-License-Identifier: ISC */
/* lock.c - is another instance writing this log, and how far did the last
 * come? */
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

enum {
	SEQUENCE = 20,                    /* digits of a 64-bit number */
	NOTE = SEQUENCE + 1 + DIGEST_TEXT /* "SEQUENCE HASH\n" */
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
	(void)close(lock->fd); /* its note is gone with it */
	lock->fd = fd;

	return true;
}

void
lock_note(const struct lock *lock, const struct chain_head *head)
{
	char note[NOTE + 1];

	(void)snprintf(note, sizeof(note), "%0*" PRIu64 " %s\n", SEQUENCE,
	    head->sequence, head->hash);
	(void)!pwrite(lock->fd, note, NOTE, 0); /* see the header */
}

/* Digits only, as hex_parse() takes of the hash. */
static bool
read_sequence(const char *text, uint64_t *sequence)
{
	*sequence = 0;
	for (int i = 0; i < SEQUENCE; i++) {
		if (text[i] < '0' || text[i] > '9' ||
		    *sequence > (UINT64_MAX - 9) / 10)
			return false;
		*sequence = *sequence * 10 + (uint64_t)(text[i] - '0');
	}

	return true;
}

void
lock_noted(const struct lock *lock, struct chain_head *head)
{
	uint8_t hash[(DIGEST_TEXT - 1) / 2];
	const size_t digits = DIGEST_TEXT - 1;
	char note[NOTE];
	uint64_t sequence;

	chain_start(head);
	if (pread(lock->fd, note, NOTE, 0) != NOTE ||
	    !read_sequence(note, &sequence) || note[SEQUENCE] != ' ' ||
	    note[NOTE - 1] != '\n' ||
	    !hex_parse(note + SEQUENCE + 1, sizeof(hash), hash))
		return;
	head->sequence = sequence;
	memcpy(head->hash, note + SEQUENCE + 1, digits);
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
