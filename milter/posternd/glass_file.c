/* SPDX-License-Identifier: ISC */
/* glass_file.c - how does a broken glass outlive a restart? */
#include "config.h"

#include "posternd/glass_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "log/why.h"

enum {
	MODE = 0640 /* as the log */
};

static char *
beside(const char *log_path, const char *end)
{
	struct buf path;

	buf_init(&path);
	buf_addf(&path, "%s%s", log_path, end);

	return path.data;
}

void
glass_file_init(struct glass_file *file, const char *log_path)
{
	char *copy = mem_text(log_path);

	file->folder = mem_text(dirname(copy));
	file->path = beside(log_path, ".open");
	file->part = beside(log_path, ".open.part");
	file->bad = beside(log_path, ".open.bad");
	free(copy);
}

void
glass_file_done(struct glass_file *file)
{
	free(file->folder);
	free(file->path);
	free(file->part);
	free(file->bad);
}

/* A directory that may not be read takes its time; one that is gone fails. */
static bool
sync_folder(const struct glass_file *file, struct err *err)
{
	int fd = open(file->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool synced;

	if (fd < 0)
		return errno == EACCES ||
		    why_failed(err, file->folder, "open it", errno);
	synced = fsync(fd) == 0 ||
	    why_failed(err, file->folder, "sync it to disk", errno);
	(void)close(fd); /* nothing was written to it */

	return synced;
}

/* Whoever else can make files here could open the gate by one. */
static bool
check_file(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return why_failed(err, path, "look at it", errno);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%s: no regular file", path);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return err_set(err,
		    "%s: it belongs to neither root nor the user of posternd",
		    path);

	return true;
}

/* Reads one byte more than it may have, to tell that it is too long. */
static bool
read_text(int fd, const char *path, char text[GLASS_KEPT_TEXT + 1], size_t *len,
    struct err *err)
{
	*len = 0;
	while (*len < GLASS_KEPT_TEXT + 1) {
		ssize_t n = read(fd, text + *len, GLASS_KEPT_TEXT + 1 - *len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return why_failed(err, path, "read it", errno);
		if (n == 0)
			break;
		*len += (size_t)n;
	}

	return true;
}

static bool
read_kept(int fd, const char *path, struct glass_kept *kept, struct err *err)
{
	char text[GLASS_KEPT_TEXT + 1];
	struct err why;
	size_t len;

	if (!check_file(fd, path, err) || !read_text(fd, path, text, &len, err))
		return false;
	if (!glass_kept_parse(text, len, kept, &why))
		return err_set(err, "%s: damaged: %s", path, why.text);

	return true;
}

enum glass_found
glass_file_read(
    const struct glass_file *file, struct glass_kept *kept, struct err *err)
{
	/* Not blocking: somebody may have put a FIFO there. */
	const int flags =
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	struct stat st;
	bool good;
	int fd;

	if (lstat(file->part, &st) == 0)
		return GLASS_FOUND_PART;
	fd = open(file->path, flags);
	if (fd < 0 && errno == ENOENT)
		return GLASS_FOUND_NONE;
	if (fd < 0) {
		(void)why_failed(err, file->path, "open it", errno);
		return GLASS_FOUND_BAD;
	}
	good = read_kept(fd, file->path, kept, err);
	(void)close(fd); /* nothing was written to it */

	return good ? GLASS_FOUND : GLASS_FOUND_BAD;
}

/* Under another name, on disk. */
static bool
move(const struct glass_file *file, const char *from, const char *to,
    struct err *err)
{
	if (rename(from, to) != 0)
		return why_failed(err, from, "rename it", errno);

	return sync_folder(file, err);
}

bool
glass_file_set_aside(const struct glass_file *file, struct err *err)
{
	return move(file, file->path, file->bad, err);
}

static bool
write_text(int fd, const char *path, const struct buf *text, struct err *err)
{
	/* So few bytes go in one piece, or the disk is full. */
	ssize_t n = write(fd, text->data, text->len);

	if (n != (ssize_t)text->len)
		return why_failed(err, path, "write", n < 0 ? errno : ENOSPC);
	if (fsync(fd) != 0)
		return why_failed(err, path, "sync it to disk", errno);

	return true;
}

static bool
write_part(
    const struct glass_file *file, const struct buf *text, struct err *err)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	bool written;
	int fd;

	if (unlink(file->part) != 0 && errno != ENOENT)
		return why_failed(err, file->part, "remove it", errno);
	fd = open(file->part, flags, MODE);
	if (fd < 0)
		return why_failed(err, file->part, "make it", errno);
	written = write_text(fd, file->part, text, err);
	if (close(fd) != 0 && written)
		written = why_failed(err, file->part, "close it", errno);

	return written;
}

bool
glass_file_prepare(const struct glass_file *file, const struct glass_kept *kept,
    struct err *err)
{
	struct buf text;
	bool written;

	buf_init(&text);
	glass_kept_text(kept, &text);
	written = write_part(file, &text, err) && sync_folder(file, err);
	buf_done(&text);

	return written;
}

bool
glass_file_commit(const struct glass_file *file, struct err *err)
{
	return move(file, file->part, file->path, err);
}

bool
glass_file_retract(const struct glass_file *file, struct err *err)
{
	if (rename(file->path, file->part) != 0 && errno != ENOENT)
		return why_failed(err, file->path, "rename it", errno);

	return sync_folder(file, err);
}

static bool
remove_one(const char *path, struct err *err)
{
	return unlink(path) == 0 || errno == ENOENT ||
	    why_failed(err, path, "remove it", errno);
}

bool
glass_file_remove(const struct glass_file *file, bool all, struct err *err)
{
	if (!remove_one(file->part, err) ||
	    (all && !remove_one(file->path, err)))
		return false;

	return sync_folder(file, err);
}
