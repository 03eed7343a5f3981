/* SPDX-License-Identifier: ISC */
/* seal_find.c - does the seal that was under way stand in the log? */
#include "config.h"

#include "log/seal_find.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "log/files.h"
#include "log/line.h"
#include "log/tail.h"
#include "log/why.h"
#include "policy/record.h"

enum find {
	FIND_YES,
	FIND_NO,   /* it is not in the log */
	FIND_ABOVE /* not in this file; perhaps in the one before */
};

struct search {
	uint64_t number;
	uint64_t after;  /* sequence of the seal before */
	uint64_t lowest; /* of those that were looked at */
	char key[SIGN_PUBLIC_TEXT];
	char next[SIGN_PUBLIC_TEXT];
	struct seal *seal;
	struct buf *line;
};

/* FIND_ABOVE: look further up. */
static enum find
look_at(struct search *search, const char *line, size_t len)
{
	struct chain_head head;
	struct seal seal;
	uint64_t sequence;

	if (seal_read(line, len, &seal) && seal.number == search->number &&
	    strcmp(seal.next, search->next) == 0 &&
	    chain_read(line, len, &head) && seal_check(&seal, search->key)) {
		*search->seal = seal;
		buf_clear(search->line);
		buf_add(search->line, line, len);
		buf_add_text(search->line, "\n");
		return FIND_YES;
	}

	if (!log_line_sequence(line, len, &sequence))
		return FIND_ABOVE;
	search->lowest = sequence;

	return sequence <= search->after ? FIND_NO : FIND_ABOVE;
}

/* Through the whole lines of a file, from its end; false with errno. */
static bool
go_through(int fd, struct search *search, enum find *find)
{
	char line[RECORD_LINE];
	struct stat st;
	int64_t stop;

	*find = FIND_ABOVE;
	if (fstat(fd, &st) != 0)
		return false;
	stop = tail_line_start(fd, st.st_size);
	while (stop > 0 && *find == FIND_ABOVE) {
		int64_t start = tail_line_start(fd, stop - 1);
		size_t len = (size_t)(stop - 1 - start);

		if (start >= 0 && len < sizeof(line)) {
			if (!tail_read(fd, line, len, start))
				return false;
			*find = look_at(search, line, len);
		}
		stop = start;
	}

	/* What is found may be what a process wrote and did not sync. */
	return stop >= 0 && (*find != FIND_YES || fdatasync(fd) == 0);
}

static bool
search_file(const struct log_file *file, struct search *search, enum find *find,
    struct err *err)
{
	int fd = open(file->path,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool done;

	*find = FIND_ABOVE;
	if (fd < 0)
		return errno == ENOENT ||
		    why_failed(err, file->path, "open it", errno);
	done = go_through(fd, search, find) ||
	    why_failed(err, file->path, "read it", errno);
	(void)close(fd); /* nothing was written to it */

	return done;
}

/*
 * A packed file was ended by a `rotated` that follows the seal before, or it
 * may hold records after that: then the seal may be one of them.
 */
static bool
search_packed(
    const struct log_file *file, const struct search *search, struct err *err)
{
	if (search->lowest <= search->after + 2)
		return true;

	return err_set(err,
	    "%s: it may hold a seal that was under way; unpack it (gunzip)",
	    file->path);
}

static int
search_files(
    const struct log_files *files, struct search *search, struct err *err)
{
	enum find find = FIND_ABOVE;

	for (size_t i = files->count; i-- > 0 && find == FIND_ABOVE;) {
		const struct log_file *file = &files->items[i];

		if (file->packed) {
			if (!search_packed(file, search, err))
				return -1;
			break;
		}
		if (!search_file(file, search, &find, err))
			return -1;
	}

	return find == FIND_YES ? 1 : 0;
}

int
seal_find(const char *path, const struct keys *keys, struct seal *seal,
    struct buf *line, struct err *err)
{
	struct search search = { .number = keys->number,
		.after = keys->sealed,
		.lowest = UINT64_MAX,
		.seal = seal,
		.line = line };
	struct log_files files;
	int found;

	hex_text(keys->current.public, SIGN_PUBLIC, search.key);
	hex_text(keys->next.public, SIGN_PUBLIC, search.next);
	if (!log_files_list(path, &files, err))
		return -1;
	found = search_files(&files, &search, err);
	log_files_done(&files);

	return found;
}
