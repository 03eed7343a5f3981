/* SPDX-License-Identifier: ISC */
/* seals_file.c - which seals were made? */
#include "config.h"

#include "log/seals_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hex.h"
#include "log/tail.h"
#include "log/why.h"
#include "policy/record.h"

/* Not blocking: somebody may have put a FIFO there. */
#define FLAGS (O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

#define FIRST "{\"postern_seals\":1,\"key\":\""
#define FIRST_END "\"}\n"

enum {
	KEY_DIGITS = SIGN_PUBLIC_TEXT - 1,
	FIRST_BYTES = sizeof(FIRST) - 1 + KEY_DIGITS + sizeof(FIRST_END) - 1
};

static bool
is_damaged(const char *path, const char *what, struct err *err)
{
	return err_set(err,
	    "%s: %s; restore it from a backup, or from the log's own records",
	    path, what);
}

/* The line before the last newline, at *len bytes; false: none, or too long. */
static bool
read_last(
    int fd, const struct seals *seals, char line[RECORD_LINE], size_t *len)
{
	int64_t start = tail_line_start(fd, seals->end - 1);

	if (start < FIRST_BYTES || seals->end - start > RECORD_LINE)
		return false;
	*len = (size_t)(seals->end - start - 1);

	return tail_read(fd, line, *len, start);
}

static bool
scan_last(int fd, const char *path, struct seals *seals, struct err *err)
{
	char line[RECORD_LINE];
	size_t len;

	if (seals->end == FIRST_BYTES)
		return true;
	if (!read_last(fd, seals, line, &len) ||
	    !chain_read(line, len, &seals->record) ||
	    !seal_read(line, len, &seals->last) ||
	    !seal_check(&seals->last, seals->last.key))
		return is_damaged(path, "its last line is no seal", err);

	return true;
}

static bool
scan_first(int fd, const char *path, struct seals *seals, struct err *err)
{
	char line[FIRST_BYTES];
	uint8_t key[SIGN_PUBLIC];
	const char *digits = line + sizeof(FIRST) - 1;

	if (seals->end < FIRST_BYTES || !tail_read(fd, line, sizeof(line), 0) ||
	    memcmp(line, FIRST, sizeof(FIRST) - 1) != 0 ||
	    memcmp(digits + KEY_DIGITS, FIRST_END, sizeof(FIRST_END) - 1) !=
		0 ||
	    !hex_parse(digits, SIGN_PUBLIC, key))
		return is_damaged(
		    path, "its first line is not that of seals", err);
	hex_text(key, SIGN_PUBLIC, seals->first);

	return true;
}

static bool
scan(int fd, const char *path, struct seals *seals, struct err *err)
{
	struct stat st;

	*seals = (struct seals){ .end = 0 };
	chain_start(&seals->record);
	if (fstat(fd, &st) != 0)
		return why_failed(err, path, "look at it", errno);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%s: not a regular file; name one", path);
	seals->size = st.st_size;
	seals->changed_us =
	    (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
	seals->end = tail_line_start(fd, seals->size);
	if (seals->end < 0)
		return why_failed(err, path, "read it", errno);

	return scan_first(fd, path, seals, err) &&
	    scan_last(fd, path, seals, err);
}

bool
seals_file_read(const char *path, struct seals *seals, struct err *err)
{
	int fd = open(path, O_RDONLY | FLAGS);
	bool good;

	if (fd < 0) {
		*seals = (struct seals){ .end = 0 };
		chain_start(&seals->record);
		return errno == ENOENT ||
		    why_unread(err, path, "open it", errno);
	}
	good = scan(fd, path, seals, err);
	(void)close(fd); /* nothing was written to it */

	return good;
}

/* False with errno. */
static bool
put(int fd, const char *bytes, size_t len, int64_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, bytes, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
		at += n;
	}

	return true;
}

static bool
make_part(
    const char *part, const struct file *file, const char *key, struct err *err)
{
	struct buf text;
	bool made;
	int fd = file_open_at(part, file, true, &made, err);
	bool done;

	if (fd < 0)
		return false;
	buf_init(&text);
	buf_addf(&text, FIRST "%s" FIRST_END, key);
	done = (put(fd, text.data, text.len, 0) && fsync(fd) == 0) ||
	    why_failed(err, part, "write it", errno);
	buf_done(&text);
	(void)close(fd); /* it was synced */

	return done;
}

bool
seals_file_make(
    const char *path, const struct file *file, const char *key, struct err *err)
{
	struct buf part;
	bool done;

	buf_init(&part);
	buf_addf(&part, "%s.part", path);
	(void)unlink(part.data); /* else it cannot be made, which is told */
	done = make_part(part.data, file, key, err);
	if (done && rename(part.data, path) != 0)
		done = why_failed(err, path, "make it", errno);
	if (done && !file_sync_directory(path))
		done = why_failed(err, path, "sync its directory", errno);
	buf_done(&part);

	return done;
}

static bool
cut(int fd, const char *path, const struct seals *seals, struct err *err)
{
	return seals->size == seals->end || ftruncate(fd, seals->end) == 0 ||
	    why_failed(err, path, "cut off its torn end", errno);
}

static bool
add(int fd, const char *path, const struct seals *seals, uint64_t number,
    const char *line, size_t len, struct err *err)
{
	if (seals->last.number == number)
		return true;
	if (seals->last.number + 1 != number)
		return is_damaged(
		    path, "it lacks the seal before this one", err);

	return put(fd, line, len, seals->end) ||
	    why_failed(err, path, "write it", errno);
}

/*
 * line NULL: only cuts.  Synced in any case: what was found may be what a
 * process wrote that did not come to that.
 */
static bool
change(const char *path, uint64_t number, const char *line, size_t len,
    struct err *err)
{
	int fd = open(path, O_RDWR | FLAGS);
	struct seals seals;
	bool done;

	if (fd < 0)
		return errno == ENOENT
		    ? is_damaged(path, "it is gone", err)
		    : why_failed(err, path, "open it", errno);
	done = scan(fd, path, &seals, err) && cut(fd, path, &seals, err) &&
	    (line == NULL || add(fd, path, &seals, number, line, len, err));
	if (done && fsync(fd) != 0)
		done = why_failed(err, path, "sync it to disk", errno);
	(void)close(fd); /* it was synced */

	return done;
}

bool
seals_file_cut(const char *path, struct err *err)
{
	return change(path, 0, NULL, 0, err);
}

bool
seals_file_add(const char *path, uint64_t number, const char *line, size_t len,
    struct err *err)
{
	return change(path, number, line, len, err);
}
