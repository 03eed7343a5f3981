/* SPDX-License-Identifier: ISC */
/* file.c - what are the bytes of this file? */
#include "config.h"

#include "conf/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CHUNK = 16384
};

static bool
file_open(const char *path, int *fd, struct file_id *id, struct err *err)
{
	struct stat stat;

	/* a FIFO without a writer would hang an open() that blocks */
	*fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (*fd < 0)
		return err_set(err, "cannot be read: %s", strerror(errno));
	if (fstat(*fd, &stat) == 0 && S_ISREG(stat.st_mode)) {
		*id = (struct file_id){ stat.st_dev, stat.st_ino };
		return true;
	}
	(void)err_set(err, "is %s; name a regular file",
	    S_ISDIR(stat.st_mode) ? "a directory" : "no regular file");
	(void)close(*fd); /* nothing was written */

	return false;
}

/* Up to limit bytes and one more, so that the caller sees what is too long. */
static bool
read_all(int fd, size_t limit, struct buf *out, struct err *err)
{
	char chunk[CHUNK];

	while (out->len <= limit) {
		ssize_t got = read(fd, chunk, sizeof(chunk));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(
			    err, "cannot be read: %s", strerror(errno));
		if (got == 0)
			return true;
		buf_add(out, chunk, (size_t)got);
	}

	return err_set(err, "is longer than %zu bytes; make it shorter", limit);
}

bool
file_read(const char *path, size_t limit, struct buf *out, struct file_id *id,
    struct err *err)
{
	struct file_id found = { 0, 0 };
	struct buf bytes;
	int fd = STDIN_FILENO;
	bool done;

	if (strcmp(path, "-") != 0 && !file_open(path, &fd, &found, err))
		return false;

	buf_init(&bytes);
	done = read_all(fd, limit, &bytes, err);
	if (fd != STDIN_FILENO)
		(void)close(fd); /* nothing was written */
	if (done) {
		buf_add(out, buf_text(&bytes), bytes.len);
		*id = found;
	}
	buf_done(&bytes);

	return done;
}
