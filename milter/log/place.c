/* SPDX-License-Identifier: ISC */
/* place.c - is the file still there, and as it was left? */
#include "config.h"

#include "log/place.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/aside.h"
#include "log/tail.h"
#include "log/why.h"
#include "policy/record.h"

bool
place_set_aside(struct file *file, int64_t end, int64_t size,
    const struct chain_head *head, struct log_gap *gap, struct err *err)
{
	if (end < size) {
		if (!file_set_aside(file, end, head->sequence + 1, err))
			return false;
		gap->torn += (uint64_t)(size - end);
	}
	file->size = end;

	return true;
}

static bool
place_make(
    struct file *file, struct lock *lock, struct log_gap *gap, struct err *err)
{
	bool made;
	int fd;

	if (!lock_renew(lock, file, err))
		return false;
	fd = file_open_at(file->path, file, true, &made, err);
	if (fd < 0 || !file_take(file, fd, 0, err))
		return false;

	file->cut_due = false;
	gap->remade = true;
	return true;
}

/* May the file that now stands at the path go on as ours? */
static bool
is_ours(int fd, int64_t size, int64_t *end, const struct chain_head *head)
{
	struct chain_head found;

	*end = 0;
	if (size == 0)
		return true;

	return tail_find(fd, size, end, &found) == TAIL_FOUND &&
	    chain_equal(&found, head);
}

/* Another file stands at the path: an empty one, or a copy of ours, will do.
 */
static bool
place_adopt(struct file *file, struct lock *lock, const struct chain_head *head,
    struct log_gap *gap, struct err *err)
{
	int64_t end;
	struct stat st;
	bool made;
	int fd;

	if (!lock_renew(lock, file, err))
		return false;
	fd = file_open_at(file->path, file, false, &made, err);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0 || !is_ours(fd, st.st_size, &end, head)) {
		(void)close(fd); /* nothing was written to it */
		return err_set(err,
		    "%s: another file stands here, and does not end with "
		    "record %" PRIu64 " of this log; move it away",
		    file->path, head->sequence);
	}
	if (!file_take(file, fd, end, err))
		return false;

	file->cut_due = false;
	gap->remade = true;
	return place_set_aside(file, end, st.st_size, head, gap, err);
}

/* The same file, but its descriptor was lost to an error. */
static bool
place_reopen(struct file *file, struct err *err)
{
	bool made;
	int fd = file_open_at(file->path, file, false, &made, err);

	return fd >= 0 && file_take(file, fd, file->size, err);
}

/* Somebody has cut it: the chain goes on, and what is left of it stays. */
static bool
place_shorter(struct file *file, int64_t size, const struct chain_head *head,
    struct log_gap *gap, struct err *err)
{
	int64_t end = 0;
	int64_t missing = file->size - size;
	struct chain_head found;

	if (tail_find(file->fd, size, &end, &found) == TAIL_FAILED)
		return why_failed(err, file->path, "read it", errno);
	if (!place_set_aside(file, end, size, head, gap, err))
		return false;

	gap->missing += (uint64_t)missing;
	return true;
}

/* Does a record stand behind ours that we did not write? */
static bool
goes_on(const struct file *file, const struct chain_head *head)
{
	char line[RECORD_LINE];
	struct chain_head found;
	ssize_t n = pread(file->fd, line, sizeof(line), file->size);
	const char *end = n > 0 ? memchr(line, '\n', (size_t)n) : NULL;

	return end != NULL && chain_read(line, (size_t)(end - line), &found) &&
	    found.sequence == head->sequence + 1;
}

static bool
place_size(struct file *file, const struct chain_head *head,
    struct log_gap *gap, struct err *err)
{
	struct stat st;

	if (file->cut_due && !file_cut(file, err))
		return false;
	if (fstat(file->fd, &st) != 0)
		return why_failed(err, file->path, "look at it", errno);
	if (st.st_size < file->size)
		return place_shorter(file, st.st_size, head, gap, err);
	if (st.st_size > file->size && goes_on(file, head))
		return err_set(err,
		    "%s: another instance has written behind record %" PRIu64
		    "; see that one only runs, and restart it",
		    file->path, head->sequence);

	return place_set_aside(file, file->size, st.st_size, head, gap, err);
}

bool
place_check(struct file *file, struct lock *lock, const struct chain_head *head,
    struct log_gap *gap, struct err *err)
{
	struct stat there;

	if (!lock_check(lock, file, err))
		return false;
	if (lstat(file->path, &there) != 0) {
		if (errno != ENOENT)
			return why_failed(err, file->path, "look at it", errno);
		return place_make(file, lock, gap, err);
	}
	if (there.st_dev != file->device || there.st_ino != file->inode)
		return place_adopt(file, lock, head, gap, err);
	if (file->fd < 0 && !place_reopen(file, err))
		return false;

	return place_size(file, head, gap, err);
}
