/* SPDX-License-Identifier: ISC */
/* seal_age.c - when was what is to go sealed? */
#include "config.h"

#include "log/seal_age.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/timetext.h"
#include "log/ends.h"
#include "log/line.h"
#include "log/seal.h"
#include "log/tail.h"
#include "log/why.h"

struct wanted {
	uint64_t sequence; /* the seal stands before that */
	int64_t time_us;   /* of the seal */
};

/* Is the line the seal that is looked for? */
static bool
look(void *owner, const char *line, size_t len)
{
	struct wanted *wanted = owner;
	struct seal seal;
	uint64_t own;

	return log_line_sequence(line, len, &own) && own < wanted->sequence &&
	    seal_read(line, len, &seal) &&
	    time_parse(seal.time, &wanted->time_us);
}

static bool
search_at(const char *path, struct wanted *wanted, struct err *err)
{
	struct stat st;
	bool done;
	int fd;

	if (lstat(path, &st) != 0 && errno == ENOENT)
		return true;
	fd = ends_open(path, err);
	if (fd < 0)
		return false;
	/* most of them are younger */
	done = tail_back(fd, look, wanted) ||
	    why_failed(err, path, "read it", errno);
	(void)close(fd); /* nothing was written to it */

	return done;
}

bool
seal_age_before(
    const char *log_path, uint64_t sequence, int64_t *time_us, struct err *err)
{
	struct wanted wanted = { .sequence = sequence };
	struct buf path;
	bool done;

	buf_init(&path);
	buf_addf(&path, "%s.seals", log_path);
	done = search_at(path.data, &wanted, err);
	*time_us = wanted.time_us;
	buf_done(&path);

	return done;
}
