/* SPDX-License-Identifier: ISC */
/* aside.c - where does a torn or foreign end go? */
#include "config.h"

#include "log/aside.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "log/why.h"

enum {
	PIECE = 16384,
	MOST_NAMES = 99 /* of one sequence; more means that nobody looks */
};

/* A new file beside the log; its name in path.  -1 with err. */
static int
aside_make(const struct file *file, uint64_t sequence, struct buf *path,
    struct err *err)
{
	struct stat st;
	bool made;

	for (unsigned i = 1; i <= MOST_NAMES; i++) {
		buf_clear(path);
		buf_addf(path, "%s.torn.%" PRIu64, file->path, sequence);
		if (i > 1)
			buf_addf(path, ".%u", i);
		if (lstat(path->data, &st) != 0)
			return file_open_at(path->data, file, true, &made, err);
	}

	(void)err_set(
	    err, "%s: too many files of that name; move them away", path->data);
	return -1;
}

/* Copies what stands in file from on; false with errno. */
static bool
aside_copy(const struct file *file, int64_t from, int to)
{
	char piece[PIECE];

	for (;;) {
		ssize_t n = pread(file->fd, piece, sizeof(piece), from);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 && fdatasync(to) == 0;
		if (!file_write_all(to, piece, (size_t)n))
			return false;
		from += n;
	}
}

/* The file is cut only once its end stands elsewhere. */
static bool
aside_move(
    struct file *file, int64_t from, int to, const char *path, struct err *err)
{
	int64_t size = file->size;

	if (!aside_copy(file, from, to))
		return why_failed(err, path, "copy the torn end", errno);

	file->size = from;
	if (file_cut(file, err))
		return true;
	/* Not ours, so not to be cut off before it has been copied. */
	file->size = size;
	file->cut_due = false;

	return false;
}

bool
file_set_aside(
    struct file *file, int64_t from, uint64_t sequence, struct err *err)
{
	struct buf path;
	bool done;
	int to;

	buf_init(&path);
	to = aside_make(file, sequence, &path, err);
	if (to < 0) {
		buf_done(&path);
		return false;
	}

	done = aside_move(file, from, to, path.data, err);
	/* Else each new attempt would leave another copy. */
	if (!done)
		(void)unlink(path.data);
	(void)close(to); /* it was synced */
	buf_done(&path);

	return done;
}
