/* SPDX-License-Identifier: ISC */
/* seal_find.c - does the seal that was under way stand in the log? */
#include "config.h"

#include "log/seal_find.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "log/files.h"
#include "log/line.h"
#include "log/tail.h"
#include "log/why.h"

enum find {
	FIND_YES,
	FIND_NO,   /* it is not in the log */
	FIND_ABOVE /* not in this file; perhaps in the one before */
};

struct search {
	uint64_t number;
	uint64_t after;  /* sequence of the seal before */
	uint64_t lowest; /* of those that were looked at */
	enum find find;
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

static bool
look(void *owner, const char *line, size_t len)
{
	struct search *search = owner;

	search->find = look_at(search, line, len);

	return search->find != FIND_ABOVE;
}

/* From the end of a file; false with errno. */
static bool
go_through(int fd, struct search *search)
{
	/* What is found may be what a process wrote and did not sync. */
	return tail_back(fd, look, search) &&
	    (search->find != FIND_YES || fdatasync(fd) == 0);
}

static bool
search_file(const struct log_file *file, struct search *search, struct err *err)
{
	int fd = open(file->path,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool done;

	if (fd < 0)
		return errno == ENOENT ||
		    why_failed(err, file->path, "open it", errno);
	done = go_through(fd, search) ||
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
	for (size_t i = files->count; i-- > 0 && search->find == FIND_ABOVE;) {
		const struct log_file *file = &files->items[i];

		if (file->packed) {
			if (!search_packed(file, search, err))
				return -1;
			break;
		}
		if (!search_file(file, search, err))
			return -1;
	}

	return search->find == FIND_YES ? 1 : 0;
}

int
seal_find(const char *path, const struct keys *keys, struct seal *seal,
    struct buf *line, struct err *err)
{
	struct search search = { .number = keys->number,
		.after = keys->sealed,
		.lowest = UINT64_MAX,
		.find = FIND_ABOVE,
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
