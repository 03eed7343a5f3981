/* SPDX-License-Identifier: ISC */
/* ends.c - with which records does a file begin and end? */
#include "config.h"

#include "log/ends.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "log/line.h"
#include "log/tail.h"
#include "log/why.h"
#include "policy/record.h"

enum {
	/* Of which the first record must be one; as at the end: tail.c. */
	MOST_LINES = 4096
};

int
ends_open(const char *path, struct err *err)
{
	int fd = open(
	    path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0) {
		(void)why_failed(err, path, "open it", errno);
		return -1;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd); /* nothing was written to it */
		(void)err_set(err, "%s: not a regular file", path);
		return -1;
	}

	return fd;
}

/* From the beginning; fd stays the caller's.  zlib reads plain files too. */
static gzFile
lines_open(int fd, const char *path, struct err *err)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	gzFile lines = NULL;

	if (copy >= 0 && lseek(copy, 0, SEEK_SET) == 0)
		lines = gzdopen(copy, "rb");
	if (lines == NULL) {
		(void)why_failed(
		    err, path, "read it", errno != 0 ? errno : ENOMEM);
		if (copy >= 0)
			(void)close(copy); /* nothing was written to it */
	}

	return lines;
}

/* The next whole line, without its newline; what is too long comes in pieces,
 * none of which is a record.  False at the end or where that cannot be read. */
static bool
lines_next(gzFile lines, char line[RECORD_LINE + 1], size_t *len)
{
	/* A zero byte in it only makes it end too early: no record. */
	while (gzgets(lines, line, RECORD_LINE + 1) != NULL) {
		*len = strlen(line);
		if (*len > 0 && line[*len - 1] == '\n') {
			line[--*len] = '\0';
			return true;
		}
	}

	return false;
}

/* The hash that the record of this line, which is a whole one, follows. */
static void
take_prev(const char *line, size_t len, char prev[DIGEST_TEXT])
{
	static const char behind[] = "\",\"hash\":\"\"}}";
	const size_t digits = DIGEST_TEXT - 1;
	size_t at = len - (sizeof(behind) - 1) - 2 * digits;

	memcpy(prev, line + at, digits);
	prev[digits] = '\0';
}

bool
ends_first(int fd, const char *path, struct first *first, struct err *err)
{
	gzFile lines = lines_open(fd, path, err);
	char line[RECORD_LINE + 1];
	struct chain_head head;
	size_t len;

	if (lines == NULL)
		return false;
	*first = (struct first){ .sequence = 0 };
	for (unsigned i = 0; i < MOST_LINES && lines_next(lines, line, &len);
	     i++) {
		if (!chain_read(line, len, &head) ||
		    !log_line_time(line, len, &first->time_us))
			continue;
		first->sequence = head.sequence;
		first->at_start = i == 0;
		take_prev(line, len, first->prev);
		break;
	}
	(void)gzclose(lines); /* nothing was written to it */

	return true;
}

static bool
last_packed(int fd, const char *path, struct chain_head *last, struct err *err)
{
	gzFile lines = lines_open(fd, path, err);
	char line[RECORD_LINE + 1];
	size_t len;

	if (lines == NULL)
		return false;
	while (lines_next(lines, line, &len))
		(void)chain_read(line, len, last); /* else it stays */
	(void)gzclose(lines); /* nothing was written to it */

	return true;
}

bool
ends_last(int fd, const char *path, struct chain_head *last, struct err *err)
{
	struct stat st;
	int64_t end;

	chain_start(last);
	if (fstat(fd, &st) != 0)
		return why_failed(err, path, "look at it", errno);
	switch (tail_find(fd, st.st_size, &end, last)) {
	case TAIL_FOUND:
		return true;
	case TAIL_FAILED:
		return why_failed(err, path, "read it", errno);
	case TAIL_NONE:
		break;
	}

	return last_packed(fd, path, last, err);
}

bool
ends_first_at(const char *path, struct first *first, struct err *err)
{
	int fd = ends_open(path, err);
	bool read;

	if (fd < 0)
		return false;
	read = ends_first(fd, path, first, err);
	(void)close(fd); /* nothing was written to it */

	return read;
}

bool
ends_last_at(const char *path, struct chain_head *last, struct err *err)
{
	int fd = ends_open(path, err);
	bool read;

	if (fd < 0)
		return false;
	read = ends_last(fd, path, last, err);
	(void)close(fd); /* nothing was written to it */

	return read;
}
