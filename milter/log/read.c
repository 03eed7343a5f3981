/* SPDX-License-Identifier: ISC */
/* read.c - what stands in the log? */
#include "config.h"

#include "log/read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "log/clock.h"
#include "log/tail.h"
#include "log/why.h"
#include "policy/record.h"

enum {
	LOOK_MS = 200,
	/* Enough of the first line to tell one file from another: its time,
	 * to the microsecond. */
	BEGIN = 64
};

struct log_reader {
	char *path;
	int fd;
	int64_t pos; /* of the line at bytes[from] in the file */
	size_t from; /* the next line; from..len was read and not given */
	size_t len;
	bool skipping; /* the rest of a line that was too long */
	char begin[BEGIN];
	size_t nbegin;
	char bytes[2 * RECORD_LINE];
};

/* A reader changes nothing, so it may follow symbolic links. */
static int
open_path(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		(void)why_unread(err, path, "open it", errno);
	} else if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd); /* nothing was written to it */
		(void)err_set(err, "%s: not a regular file; name one", path);
		errno = EINVAL;
		fd = -1;
	}

	return fd;
}

static void
go_to(struct log_reader *reader, int64_t pos)
{
	reader->pos = pos;
	reader->from = 0;
	reader->len = 0;
	reader->skipping = false;
}

static void
start(struct log_reader *reader, int fd)
{
	if (reader->fd >= 0 && reader->fd != fd)
		(void)close(reader->fd); /* nothing was written to it */
	reader->fd = fd;
	reader->nbegin = 0;
	go_to(reader, 0);
}

struct log_reader *
log_reader_open(const char *path, struct err *err)
{
	int fd = open_path(path, err);
	struct log_reader *reader;

	if (fd < 0)
		return NULL;
	reader = mem_new(1, sizeof(*reader));
	reader->path = mem_text(path);
	reader->fd = -1;
	start(reader, fd);

	return reader;
}

void
log_reader_close(struct log_reader *reader)
{
	if (reader == NULL)
		return;
	(void)close(reader->fd); /* nothing was written to it */
	free(reader->path);
	free(reader);
}

bool
log_reader_last(struct log_reader *reader, size_t count, struct err *err)
{
	struct stat st;
	int64_t at;

	if (fstat(reader->fd, &st) != 0)
		return why_unread(err, reader->path, "look at it", errno);
	at = tail_line_start(reader->fd, st.st_size);
	for (size_t i = 0; i < count && at > 0; i++)
		at = tail_line_start(reader->fd, at - 1);
	if (at < 0)
		return why_unread(err, reader->path, "read it", errno);

	go_to(reader, at);
	return true;
}

/* The file's first bytes, as far as it has them. */
static size_t
read_begin(int fd, char begin[BEGIN])
{
	ssize_t n = pread(fd, begin, BEGIN, 0);

	return n > 0 ? (size_t)n : 0;
}

/* Reads on behind what is there: 1 more, 0 the end, -1 with errno. */
static int
fill(struct log_reader *reader)
{
	size_t kept = reader->len - reader->from;
	ssize_t n;

	memmove(reader->bytes, reader->bytes + reader->from, kept);
	reader->from = 0;
	reader->len = kept;
	if (reader->nbegin < BEGIN)
		reader->nbegin = read_begin(reader->fd, reader->begin);
	do
		n = pread(reader->fd, reader->bytes + kept,
		    sizeof(reader->bytes) - kept, reader->pos + (int64_t)kept);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		reader->len += (size_t)n;

	return n > 0 ? 1 : (int)n;
}

static void
step(struct log_reader *reader, size_t bytes)
{
	reader->from += bytes;
	reader->pos += (int64_t)bytes;
}

enum log_read
log_reader_next(
    struct log_reader *reader, const char **line, size_t *len, struct err *err)
{
	for (;;) {
		const char *at = reader->bytes + reader->from;
		size_t left = reader->len - reader->from;
		const char *newline = memchr(at, '\n', left);
		int more;

		if (newline != NULL) {
			bool tail = reader->skipping;
			size_t bytes = (size_t)(newline + 1 - at);

			reader->skipping = false;
			step(reader, bytes);
			if (tail || bytes > RECORD_LINE)
				return LOG_READ_LONG;
			*line = at;
			*len = bytes - 1;
			return LOG_READ_LINE;
		}
		if (left >= RECORD_LINE || reader->skipping) {
			reader->skipping = true;
			step(reader, left);
		}
		more = fill(reader);
		if (more == 0)
			return LOG_READ_END;
		if (more < 0) {
			(void)why_unread(err, reader->path, "read it", errno);
			return LOG_READ_FAILED;
		}
	}
}

/* Was the file cut at its end, or is it another one under the same inode? */
static bool
begins_alike(struct log_reader *reader)
{
	char now[BEGIN];

	return reader->nbegin > 0 &&
	    read_begin(reader->fd, now) >= reader->nbegin &&
	    memcmp(now, reader->begin, reader->nbegin) == 0;
}

static enum log_wait
look_at_path(
    struct log_reader *reader, const struct stat *here, struct err *err)
{
	struct stat there;
	int fd;

	/* What is gone may come again; what may not be seen, too. */
	if (stat(reader->path, &there) != 0 ||
	    (here->st_dev == there.st_dev && here->st_ino == there.st_ino))
		return LOG_WAIT_NOTHING;
	/* Its last records came before its name went: perhaps just now. */
	if (fstat(reader->fd, &there) == 0 && there.st_size > here->st_size)
		return LOG_WAIT_MORE;
	fd = open_path(reader->path, err);
	if (fd < 0)
		return errno == ENOENT ? LOG_WAIT_NOTHING : LOG_WAIT_FAILED;

	start(reader, fd);
	return LOG_WAIT_NEW;
}

/* A file that begins anew is read anew.  Of one that was only cut, a torn line
 * begins where the next one will. */
static enum log_wait
follow_cut(struct log_reader *reader, int64_t size)
{
	if (!begins_alike(reader))
		start(reader, reader->fd);
	else
		go_to(reader, size < reader->pos ? size : reader->pos);

	return LOG_WAIT_CUT;
}

static enum log_wait
look(struct log_reader *reader, struct err *err)
{
	int64_t seen = reader->pos + (int64_t)(reader->len - reader->from);
	struct stat here;

	if (fstat(reader->fd, &here) != 0) {
		(void)why_unread(err, reader->path, "look at it", errno);
		return LOG_WAIT_FAILED;
	}
	if (here.st_size > seen)
		return LOG_WAIT_MORE;
	if (here.st_size < seen)
		return follow_cut(reader, here.st_size);

	return look_at_path(reader, &here, err);
}

enum log_wait
log_reader_wait(struct log_reader *reader, int64_t timeout_ms, struct err *err)
{
	int64_t until_ms = clock_now_ms() + timeout_ms;

	for (;;) {
		const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
		enum log_wait what = look(reader, err);

		if (what != LOG_WAIT_NOTHING || clock_now_ms() >= until_ms)
			return what;
		(void)nanosleep(&pause, NULL); /* woken early, it looks */
	}
}
