/* SPDX-License-Identifier: ISC */
/* retain.c - which rotated files are too old, and how do they go? */
#include "config.h"

#include "log/retain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "log/age.h"
#include "log/clock.h"
#include "log/ends.h"
#include "log/file.h"
#include "log/files.h"
#include "log/why.h"

void
retain_init(struct retain *retain, const char *path,
    const struct log_news *news, struct log *log, const atomic_bool *stop)
{
	*retain = (struct retain){
		.path = path, .news = news, .log = log, .stop = stop
	};
}

/*
 * Is the record in the file that is written to, or was rotated away, on disk?
 * Rotation syncs what it ends.
 */
static bool
sync_log(const char *path, struct err *err)
{
	int fd = ends_open(path, err);
	bool synced;

	if (fd < 0)
		return false;
	synced = fdatasync(fd) == 0 ||
	    why_failed(err, path, "sync it to disk", errno);
	(void)close(fd); /* nothing was written to it */

	return synced;
}

static bool
append(struct retain *retain, const char *members)
{
	const struct log_event event = { .deed = LOG_DELETED,
		.time_us = clock_wall_us(),
		.members = members };
	struct record_line line;
	bool written;

	record_line_init(&line);
	retain->news->did(retain->news->owner, &event, &line);
	written = log_append(retain->log, &line, true);
	record_line_done(&line);

	return written;
}

/* Writes `deleted`, safe on disk whatever audit.sync says. */
static bool
tell(struct retain *retain, const struct log_file *file,
    const struct first *next, struct err *err)
{
	uint64_t last = next->sequence - 1;
	struct buf members;
	bool written;

	/* It stands there already where only the file could not go. */
	if (retain->told == last)
		return true;

	buf_init(&members);
	buf_addf(&members,
	    "\"deleted\":{\"first\":%" PRIu64 ",\"last\":%" PRIu64
	    ",\"hash\":\"%s\"}",
	    file->first, last, next->prev);
	written = append(retain, members.data);
	buf_done(&members);
	if (!written)
		return err_set(err,
		    "%s: is older than audit.keep, but its deletion cannot be "
		    "recorded; keeping it",
		    file->path);
	if (!sync_log(retain->path, err))
		return false;

	retain->told = last;
	return true;
}

/* PATH.N, and PATH.N.gz, with what a crash may have left of either. */
static bool
remove_all(const char *path, uint64_t first, struct err *err)
{
	static const char *const ends[] = { ".gz.part", ".gz", "" };
	char *name = log_files_name(path, first);
	struct buf full;
	bool gone = true;

	buf_init(&full);
	for (size_t i = 0; i < NITEMS(ends) && gone; i++) {
		buf_clear(&full);
		buf_addf(&full, "%s%s", name, ends[i]);
		if (unlink(full.data) != 0 && errno != ENOENT)
			gone = why_failed(err, full.data, "delete it", errno);
	}
	buf_done(&full);
	free(name);
	/* What a crash brings back is deleted again. */
	(void)file_sync_directory(path);

	return gone;
}

/*
 * What `deleted` says of the file is what next says: true only if that follows
 * it, and no file between them is gone.
 */
static bool
check_next(const struct log_file *file, const struct log_file *after,
    const struct first *next, struct err *err)
{
	struct chain_head last;

	if (!ends_last_at(file->path, &last, err))
		return false;
	if (next->at_start && next->sequence > file->first &&
	    next->sequence == last.sequence + 1 &&
	    strcmp(next->prev, last.hash) == 0)
		return true;
	if (next->at_start && next->sequence > last.sequence + 1)
		return err_set(err,
		    "%s: records %" PRIu64 " to %" PRIu64 ", which stood "
		    "before it, are missing; deleting nothing: bring them "
		    "back, or move %s away",
		    after->path, last.sequence + 1, next->sequence - 1,
		    file->path);

	return err_set(err,
	    "%s: does not begin where %s ends; deleting nothing, run postern "
	    "log verify",
	    after->path, file->path);
}

/* The file is too old; after follows it. */
static bool
let_go(struct retain *retain, const struct log_file *file, struct err *err)
{
	const struct log_file *after = file + 1;
	struct first next;

	return ends_first_at(after->path, &next, err) &&
	    check_next(file, after, &next, err) &&
	    tell(retain, file, &next, err) &&
	    remove_all(retain->path, file->first, err);
}

bool
retain_look(
    struct retain *retain, const struct log_keeping *keeping, struct err *err)
{
	struct log_files files;
	size_t count;
	bool well;

	if (keeping->keep_us == 0)
		return true;
	if (!log_files_list(retain->path, &files, err))
		return false;
	well = age_count_old(retain->path, &files, keeping, &count, err);
	for (size_t i = 0; i < count && well && !atomic_load(retain->stop); i++)
		well = let_go(retain, &files.items[i], err);
	log_files_done(&files);

	return well;
}
