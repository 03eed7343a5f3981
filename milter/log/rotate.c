/* SPDX-License-Identifier: ISC */
/* rotate.c - when does a file end, and how does the next one begin? */
#include "config.h"

#include "log/rotate.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "log/clock.h"
#include "log/ends.h"
#include "log/files.h"
#include "log/name.h"
#include "log/why.h"

enum {
	RETRY_MS = 60000
};

/* A file without a record has no name to be given. */
static bool
read_first(const struct file *file, struct first *first, struct err *err)
{
	if (!ends_first(file->fd, file->path, first, err))
		return false;
	if (first->sequence == 0)
		return err_set(err,
		    "%s: no record was found at its beginning; move it away",
		    file->path);

	return true;
}

bool
rotation_init(
    struct rotation *rotation, const struct file *file, struct err *err)
{
	struct first first;

	*rotation = (struct rotation){ .first = 0 };
	if (file->size == 0)
		return true;
	if (!read_first(file, &first, err))
		return false;
	rotation->first = first.sequence;
	rotation->began_us = first.time_us;

	return true;
}

void
rotation_begin(struct rotation *rotation, uint64_t first)
{
	rotation->first = first;
	rotation->began_us = clock_wall_us();
}

bool
rotation_is_due(const struct rotation *rotation, const struct file *file,
    const struct log_keeping *keeping, int64_t now_us, int64_t now_ms)
{
	/* One that began in the future was begun by a clock that was wrong:
	 * its age is not known, but it ends all the same. */
	int64_t age_us = llabs(now_us - rotation->began_us);

	if (rotation->first == 0 || now_ms < rotation->retry_ms)
		return false;
	if (keeping->rotate_bytes > 0 &&
	    (uint64_t)file->size > keeping->rotate_bytes)
		return true;

	return keeping->rotate_us > 0 && age_us >= keeping->rotate_us;
}

void
rotation_add(
    const struct log_news *news, struct chain_head *head, struct buf *out)
{
	const struct log_event event = { .deed = LOG_ROTATED,
		.time_us = clock_wall_us() };
	struct record_line line;

	record_line_init(&line);
	news->did(news->owner, &event, &line);
	chain_add(head, line.text.data, line.text.len, line.sequence_at, out);
	record_line_done(&line);
}

/* Has somebody packed a file of that name already? */
static bool
is_packed(const char *name)
{
	struct stat st;
	struct buf packed;
	bool there;

	buf_init(&packed);
	buf_addf(&packed, "%s.gz", name);
	there = lstat(packed.data, &st) == 0;
	buf_done(&packed);

	return there;
}

/* The file has its name: the next one takes its place, or it goes back. */
static bool
begin_next(struct file *file, const char *name, struct err *err)
{
	bool made;
	int fd = file_open_at(file->path, file, true, &made, err);

	if (fd < 0) {
		/* If that fails too, the next record finds the path empty. */
		(void)name_move(name, file->path);
		return false;
	}
	file->cut_due = false;
	/* One that may not be read cannot be synced; a start mends that. */
	(void)file_sync_directory(file->path);

	return file_take(file, fd, 0, err);
}

static bool
move_away(const struct file *file, const char *name)
{
	if (!is_packed(name))
		return name_move(file->path, name);
	errno = EEXIST;

	return false;
}

bool
rotation_name(struct file *file, struct err *err)
{
	struct first first;
	char *name;
	bool done;

	if (!read_first(file, &first, err))
		return false;
	name = log_files_name(file->path, first.sequence);
	done = move_away(file, name)
	    ? begin_next(file, name, err)
	    : why_failed(err, name, "give the full log this name", errno);
	free(name);

	return done;
}

bool
rotation_move(struct rotation *rotation, struct file *file, struct err *err)
{
	if (!rotation_name(file, err)) {
		rotation->retry_ms = clock_now_ms() + RETRY_MS;
		return false;
	}
	*rotation = (struct rotation){ .first = 0 };

	return true;
}
