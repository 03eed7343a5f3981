/* SPDX-License-Identifier: ISC */
/* tail.c - which is the last whole record of a file? */
#include "config.h"

#include "log/tail.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/record.h"

enum {
	PIECE = 16384,
	/*
	 * A crash tears what was in flight: one batch, or a hole of any
	 * length without a newline.  More bad lines than that are no log of
	 * ours, and a large file of another's need not be read to its start.
	 */
	MOST_LINES = 4096
};

bool
tail_read(int fd, char *bytes, size_t len, int64_t pos)
{
	while (len > 0) {
		ssize_t n = pread(fd, bytes, len, pos);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO; /* it became shorter while we looked */
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
		pos += n;
	}

	return true;
}

int64_t
tail_line_start(int fd, int64_t pos)
{
	char piece[PIECE];

	while (pos > 0) {
		size_t len = pos < PIECE ? (size_t)pos : PIECE;
		const char *newline;

		if (!tail_read(fd, piece, len, pos - (int64_t)len))
			return -1;
		newline = memrchr(piece, '\n', len);
		if (newline != NULL)
			return pos - (int64_t)len + (newline + 1 - piece);
		pos -= (int64_t)len;
	}

	return 0;
}

enum tail
tail_find(int fd, int64_t size, int64_t *end, struct chain_head *head)
{
	char line[RECORD_LINE];
	int64_t stop = tail_line_start(fd, size);

	for (unsigned i = 0; stop > 0 && i < MOST_LINES; i++) {
		int64_t start = tail_line_start(fd, stop - 1);
		size_t len;

		if (start < 0)
			return TAIL_FAILED;
		len = (size_t)(stop - 1 - start);
		if (len < sizeof(line)) {
			if (!tail_read(fd, line, len, start))
				return TAIL_FAILED;
			if (chain_read(line, len, head)) {
				*end = stop;
				return TAIL_FOUND;
			}
		}
		stop = start;
	}

	return stop < 0 ? TAIL_FAILED : TAIL_NONE;
}

bool
tail_back(int fd, bool (*look)(void *owner, const char *line, size_t len),
    void *owner)
{
	char line[RECORD_LINE];
	struct stat st;
	int64_t stop;

	if (fstat(fd, &st) != 0)
		return false;
	stop = tail_line_start(fd, st.st_size);
	while (stop > 0) {
		int64_t start = tail_line_start(fd, stop - 1);
		size_t len = (size_t)(stop - 1 - start);

		if (start >= 0 && len < sizeof(line)) {
			if (!tail_read(fd, line, len, start))
				return false;
			if (look(owner, line, len))
				return true;
		}
		stop = start;
	}

	return stop == 0;
}
