/* SPDX-License-Identifier: ISC */
/* trail.c - which files make up the log that is asked for? */
#include "config.h"

#include "postern/trail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/mem.h"
#include "log/line.h"
#include "postern/say.h"

enum {
	TRIES = 5 /* a log that rotates faster than it can be listed */
};

static int
failed(const struct err *err)
{
	say("log: %s", err->text);

	return EX_NOINPUT;
}

/* Files without their log are one, too; nothing at all is none. */
static int
look(struct trail *trail, const char *path)
{
	struct err err, none;

	log_files_done(&trail->files);
	log_stream_close(trail->active);
	trail->active = log_stream_open(path, &none);
	if (trail->active == NULL && errno != ENOENT)
		return failed(&none);
	if (!log_files_list(path, &trail->files, &err))
		return failed(&err);

	/* with one of them the paths are compared */
	return trail->files.count > 0 || trail->active != NULL ? EX_OK
							       : failed(&none);
}

static bool
is_alike(const struct log_files *a, const struct log_files *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->items[i].first != b->items[i].first)
			return false;

	return true;
}

/*
 * Did the log stay as it was found?  A file that gets another name while its
 * directory is read may be seen under neither: so that is read again.
 */
static bool
is_quiet(const struct trail *trail, const char *path)
{
	size_t count = trail->files.count;
	struct log_files again;
	struct err err;
	bool quiet;

	if (trail->active != NULL
		? !log_stream_is_at(trail->active, path)
		: count > 0 && trail->files.items[count - 1].first == 0)
		return false;
	if (!log_files_list(path, &again, &err))
		return false;
	quiet = is_alike(&trail->files, &again);
	log_files_done(&again);

	return quiet;
}

static void
add_bytes(struct trail *trail)
{
	for (size_t i = 0; i < trail->files.count; i++) {
		struct stat st;

		if (stat(trail->files.items[i].path, &st) == 0 &&
		    S_ISREG(st.st_mode))
			trail->bytes += (uint64_t)st.st_size;
	}
}

int
trail_of_log(struct trail *trail, const char *path)
{
	*trail = (struct trail){ .active = NULL };
	for (unsigned i = 0; i < TRIES; i++) {
		int status = look(trail, path);

		if (status != EX_OK)
			return status;
		if (is_quiet(trail, path)) {
			add_bytes(trail);
			return EX_OK;
		}
	}
	say("log: %s: it rotates faster than it can be read; try again", path);

	return EX_TEMPFAIL;
}

/* The sequence of the file's first record; 0: it begins with none. */
static int
first_of(const char *path, uint64_t *first)
{
	struct err err;
	struct log_stream *stream = log_stream_open(path, &err);
	const char *line;
	size_t len;
	bool whole;

	if (stream == NULL)
		return failed(&err);
	*first = 0;
	if (log_stream_next(stream, &line, &len, &whole, &err) == LOG_READ_LINE)
		(void)log_line_sequence(line, len, first); /* 0 stays */
	log_stream_close(stream);

	return EX_OK;
}

static int
compare(const void *a, const void *b)
{
	const struct log_file *one = a, *other = b;

	if (one->first != other->first)
		return one->first < other->first ? -1 : 1;

	return strcmp(one->path, other->path);
}

int
trail_of_files(struct trail *trail, const struct texts *names)
{
	struct log_files *files = &trail->files;

	*trail = (struct trail){ .active = NULL };
	files->items = mem_new(names->count, sizeof(*files->items));
	for (size_t i = 0; i < names->count; i++) {
		int status = EX_OK;

		files->items[i].path = mem_text(names->items[i]);
		files->count = i + 1;
		/* standard input has one beginning only */
		if (names->count > 1)
			status =
			    first_of(names->items[i], &files->items[i].first);
		if (status != EX_OK)
			return status;
	}
	qsort(files->items, files->count, sizeof(*files->items), compare);
	/* their names say nothing */
	for (size_t i = 0; i < files->count; i++)
		files->items[i].first = 0;
	add_bytes(trail);

	return EX_OK;
}

void
trail_done(struct trail *trail)
{
	log_files_done(&trail->files);
	log_stream_close(trail->active);
	*trail = (struct trail){ .active = NULL };
}

struct log_stream *
trail_open(struct trail *trail, size_t i, struct err *err)
{
	const struct log_file *file = &trail->files.items[i];
	struct log_stream *stream;
	struct buf packed;

	if (trail->active != NULL && i + 1 == trail->files.count) {
		stream = trail->active;
		trail->active = NULL;
		return stream;
	}
	stream = log_stream_open(file->path, err);
	if (stream != NULL || errno != ENOENT || file->first == 0 ||
	    file->packed)
		return stream;
	/* it was packed since */
	buf_init(&packed);
	buf_addf(&packed, "%s.gz", file->path);
	stream = log_stream_open(packed.data, err);
	buf_done(&packed);

	return stream;
}
