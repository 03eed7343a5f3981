/* SPDX-License-Identifier: ISC */
/* place_start.c - from which record does the chain go on at a start? */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/ends.h"
#include "log/known.h"
#include "log/line.h"
#include "log/place.h"
#include "log/rotate.h"
#include "log/tail.h"
#include "log/why.h"

/* What the file holds. */
struct found {
	bool made; /* it was not there */
	int64_t size;
	int64_t end; /* of its last record */
	struct chain_head head;
	uint64_t first; /* sequence of its first record; 0: it has none */
	bool rotated;   /* its last record is `rotated` */
};

/* Was all there is the beginning of the very first record? */
static bool
is_torn_first(const struct file *file, int64_t size)
{
	char line[RECORD_LINE];
	ssize_t n;

	if (size >= (int64_t)sizeof(line))
		return false;
	n = pread(file->fd, line, sizeof(line), 0);

	return n == size && memchr(line, '\n', (size_t)n) == NULL &&
	    log_line_begins(line, (size_t)n);
}

/* Of the line that ends at end. */
static bool
is_rotated(int fd, int64_t end)
{
	char line[RECORD_LINE];
	int64_t start = tail_line_start(fd, end - 1);
	ssize_t n;

	if (start < 0 || end - start > (int64_t)sizeof(line))
		return false;
	n = pread(fd, line, (size_t)(end - start), start);

	return n == end - start && log_line_is(line, (size_t)n, "rotated");
}

static bool
look_into(struct file *file, struct found *found, struct err *err)
{
	struct first first;

	switch (tail_find(file->fd, found->size, &found->end, &found->head)) {
	case TAIL_FAILED:
		return why_failed(err, file->path, "read it", errno);
	case TAIL_NONE:
		if (found->size == 0 || is_torn_first(file, found->size))
			return true;
		return err_set(err,
		    "%s: no audit log: no record was found at its end; move "
		    "it away, or name another file as audit.path",
		    file->path);
	case TAIL_FOUND:
		break;
	}

	if (!ends_first(file->fd, file->path, &first, err))
		return false;
	found->first = first.sequence;
	found->rotated = is_rotated(file->fd, found->end);
	return true;
}

static bool
open_found(struct file *file, struct found *found, struct err *err)
{
	struct stat st;
	int fd = file_open_at(file->path, file, false, &found->made, err);

	if (fd < 0 || !file_take(file, fd, 0, err))
		return false;
	if (fstat(fd, &st) != 0)
		return why_failed(err, file->path, "look at it", errno);
	found->size = st.st_size;

	return look_into(file, found, err);
}

/*
 * Does the file end in the very record that was noted last?  That a disk has
 * lost its end is no gap: the line is set aside, and that is told.
 */
static bool
is_torn_last(const struct found *found, const struct chain_head *noted)
{
	return found->end < found->size &&
	    noted->sequence == found->head.sequence + 1;
}

/*
 * Holds what is known against the file.  One that ends before the rotated
 * files do is an old copy: all of it goes aside, and PATH begins anew.
 */
static void
hold_against(const struct known *known, const struct chain_head *noted,
    struct found *found, struct chain_head *head, struct log_gap *gap)
{
	uint64_t read_to;

	*head = found->head;
	if (known->rotated.sequence > head->sequence) {
		*head = known->rotated;
		found->end = 0;
	}
	read_to = head->sequence;
	if (known->sealed.sequence > head->sequence)
		*head = known->sealed;
	if (noted->sequence > head->sequence && !is_torn_last(found, noted))
		*head = *noted;
	gap->gone = head->sequence - read_to;
	/* A crash in a rotation leaves no file, and nothing is missing. */
	gap->remade = found->made && gap->gone > 0;
}

/* Where nothing else can be read the file's own last record counts. */
static bool
find_head(const struct file *file, const struct chain_head *noted,
    struct found *found, struct chain_head *head, struct log_gap *gap,
    struct err *err)
{
	struct known known;

	if (!known_head(file->path, found->first, &known, err)) {
		if (found->head.sequence == 0)
			return false;
		chain_start(&known.rotated);
		chain_start(&known.sealed);
	}
	hold_against(&known, noted, found, head, gap);

	return true;
}

bool
place_start(struct file *file, const struct chain_head *noted,
    struct chain_head *head, struct log_gap *gap, struct err *err)
{
	struct found found = { .end = 0 };

	chain_start(&found.head);
	if (!open_found(file, &found, err) ||
	    !find_head(file, noted, &found, head, gap, err) ||
	    !place_set_aside(file, found.end, found.size, head, gap, err))
		return false;
	/* The same file goes on where that fails; its next rotation says so. */
	if (found.rotated && found.end > 0)
		(void)rotation_name(file, NULL);

	return true;
}
