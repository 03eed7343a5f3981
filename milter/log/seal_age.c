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
#include "policy/record.h"

/* Is the line the seal that is looked for? */
static bool
is_before(const char *line, size_t len, uint64_t sequence, int64_t *time_us)
{
	struct seal seal;
	uint64_t own;

	return log_line_sequence(line, len, &own) && own < sequence &&
	    seal_read(line, len, &seal) && time_parse(seal.time, time_us);
}

/* From the end, as most of them are younger; false with errno. */
static bool
search(int fd, uint64_t sequence, int64_t *time_us)
{
	char line[RECORD_LINE];
	struct stat st;
	int64_t stop;

	if (fstat(fd, &st) != 0)
		return false;
	for (stop = tail_line_start(fd, st.st_size); stop > 0;) {
		int64_t start = tail_line_start(fd, stop - 1);
		size_t len = (size_t)(stop - 1 - start);

		if (start >= 0 && len < sizeof(line)) {
			if (!tail_read(fd, line, len, start))
				return false;
			if (is_before(line, len, sequence, time_us))
				return true;
		}
		stop = start;
	}

	return stop == 0;
}

static bool
search_at(
    const char *path, uint64_t sequence, int64_t *time_us, struct err *err)
{
	struct stat st;
	bool done;
	int fd;

	if (lstat(path, &st) != 0 && errno == ENOENT)
		return true;
	fd = ends_open(path, err);
	if (fd < 0)
		return false;
	done = search(fd, sequence, time_us) ||
	    why_failed(err, path, "read it", errno);
	(void)close(fd); /* nothing was written to it */

	return done;
}

bool
seal_age_before(
    const char *log_path, uint64_t sequence, int64_t *time_us, struct err *err)
{
	struct buf path;
	bool done;

	*time_us = 0;
	buf_init(&path);
	buf_addf(&path, "%s.seals", log_path);
	done = search_at(path.data, sequence, time_us, err);
	buf_done(&path);

	return done;
}
