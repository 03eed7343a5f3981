/* SPDX-License-Identifier: ISC */
/* stream.c - which lines stand in a file, packed or not? */
#include "config.h"

#include "log/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/mem.h"
#include "log/why.h"
#include "policy/record.h"

enum {
	/* What a disk gives at once; more is no faster, and less of it stays
	 * near the processor. */
	PIECE = 262144,
	MAGIC = 6, /* bytes that tell how it is packed */
	LOOKS = 5, /* at a line that is being written */
	LOOK_MS = 100
};

struct log_stream {
	char *path;
	int fd;
	bool regular;
	uint64_t size;
	uint64_t read; /* bytes of the file */
	int error;     /* errno of the disk; 0: it did not fail */
	bool damaged;
	struct err why;          /* damaged */
	struct archive *archive; /* NULL: plain */
	char *packed;            /* archive: what it reads from */
	size_t begun; /* of the magic bytes in packed that it has not had */
	bool at_end;
	bool skipping; /* the rest of a line that was too long */
	size_t from;   /* the next line; from..len was read and not given */
	size_t len;
	char bytes[PIECE];
};

/* Up to size bytes of the file: 0 at its end, -1 with error set. */
static ssize_t
read_file(struct log_stream *stream, char *bytes, size_t size)
{
	ssize_t n;

	do
		n = read(stream->fd, bytes, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		stream->error = errno;
	else
		stream->read += (uint64_t)n;

	return n;
}

/* libarchive asks for a piece. */
static la_ssize_t
give_piece(struct archive *archive, void *arg, const void **piece)
{
	struct log_stream *stream = arg;
	ssize_t n = (ssize_t)stream->begun;

	*piece = stream->packed;
	stream->begun = 0;
	if (n == 0)
		n = read_file(stream, stream->packed, PIECE);
	if (n < 0)
		archive_set_error(archive, stream->error, "read");

	return n;
}

/* Of the bytes at the beginning of the file. */
static bool
is_packed(const char *bytes, size_t len)
{
	static const struct {
		const char *magic;
		size_t len;
	} kinds[] = {
		{ "\x1f\x8b", 2 }, /* RFC 1952 */
		{ "\xfd"
		  "7zXZ\0",
		    MAGIC },               /* the .xz file format, 2.1.1.1 */
		{ "\x28\xb5\x2f\xfd", 4 }, /* RFC 8878 */
	};

	for (size_t i = 0; i < NITEMS(kinds); i++)
		if (len >= kinds[i].len &&
		    memcmp(bytes, kinds[i].magic, kinds[i].len) == 0)
			return true;

	return false;
}

/* Says why libarchive gives nothing more; false. */
static bool
fail_packed(struct log_stream *stream, struct err *err)
{
	const char *words;

	if (stream->error != 0)
		return why_unread(err, stream->path, "read it", stream->error);
	if (!stream->damaged) {
		words = archive_error_string(stream->archive);
		(void)err_set(&stream->why,
		    "%s: cannot be unpacked: %s; take a copy that is whole",
		    stream->path, words == NULL ? "damaged" : words);
	}
	stream->damaged = true;

	return err_set(err, "%s", stream->why.text);
}

/* A file that is packed around nothing has no header; that is its end. */
static bool
open_archive(struct log_stream *stream, struct err *err)
{
	struct archive_entry *entry;
	int got;

	stream->archive = archive_read_new();
	if (stream->archive == NULL)
		abort(); /* no memory */
	if (archive_read_support_filter_gzip(stream->archive) != ARCHIVE_OK ||
	    archive_read_support_filter_xz(stream->archive) != ARCHIVE_OK ||
	    archive_read_support_filter_zstd(stream->archive) != ARCHIVE_OK ||
	    archive_read_support_format_raw(stream->archive) != ARCHIVE_OK ||
	    archive_read_support_format_empty(stream->archive) != ARCHIVE_OK ||
	    archive_read_open(
		stream->archive, stream, NULL, give_piece, NULL) != ARCHIVE_OK)
		return fail_packed(stream, err);
	got = archive_read_next_header(stream->archive, &entry);
	stream->at_end = got == ARCHIVE_EOF;
	/* what it does not know it would hand on as it is */
	if (got == ARCHIVE_OK &&
	    archive_filter_code(stream->archive, 0) == ARCHIVE_FILTER_NONE)
		return fail_packed(stream, err);

	return got == ARCHIVE_OK || got == ARCHIVE_EOF ||
	    fail_packed(stream, err);
}

static bool
open_file(struct log_stream *stream, struct err *err)
{
	struct stat st;

	if (strcmp(stream->path, "-") == 0)
		stream->fd = dup(STDIN_FILENO);
	else
		stream->fd =
		    open(stream->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (stream->fd < 0 || fstat(stream->fd, &st) != 0)
		return why_unread(err, stream->path, "open it", errno);
	if (S_ISDIR(st.st_mode))
		return why_unread(err, stream->path, "read it", EISDIR);
	stream->regular = S_ISREG(st.st_mode);
	stream->size = stream->regular ? (uint64_t)st.st_size : 0;

	return true;
}

/* Plain bytes behind those that are there: 1 more, 0 the end, -1 failed. */
static int
fill_plain(struct log_stream *stream)
{
	ssize_t n =
	    read_file(stream, stream->bytes + stream->len, PIECE - stream->len);

	if (n > 0)
		stream->len += (size_t)n;

	return n > 0 ? 1 : (int)n;
}

/* Reads until there are enough bytes to tell how the file is packed. */
static bool
look_at_magic(struct log_stream *stream, struct err *err)
{
	int got;

	do
		got = fill_plain(stream);
	while (got > 0 && stream->len < MAGIC);
	if (got < 0)
		return why_unread(err, stream->path, "read it", stream->error);
	if (!is_packed(stream->bytes, stream->len))
		return true;

	stream->packed = mem_new(1, PIECE);
	memcpy(stream->packed, stream->bytes, stream->len);
	stream->begun = stream->len;
	stream->len = 0;

	/* what is damaged at its beginning is damaged like what is further on
	 */
	return open_archive(stream, err) || stream->damaged;
}

struct log_stream *
log_stream_open(const char *path, struct err *err)
{
	struct log_stream *stream = mem_new(1, sizeof(*stream));

	stream->path = mem_text(path);
	stream->fd = -1;
	if (!open_file(stream, err) || !look_at_magic(stream, err)) {
		int error = errno;

		log_stream_close(stream);
		errno = error;
		return NULL;
	}

	return stream;
}

void
log_stream_close(struct log_stream *stream)
{
	if (stream == NULL)
		return;
	if (stream->archive != NULL)
		(void)archive_read_free(stream->archive); /* only read */
	if (stream->fd >= 0)
		(void)close(stream->fd); /* nothing was written to it */
	free(stream->packed);
	free(stream->path);
	free(stream);
}

/* Bytes behind those that are there: 1 more, 0 the end, -1 with err. */
static int
fill(struct log_stream *stream, struct err *err)
{
	size_t kept = stream->len - stream->from;
	la_ssize_t n;

	memmove(stream->bytes, stream->bytes + stream->from, kept);
	stream->from = 0;
	stream->len = kept;
	if (stream->at_end)
		return 0;
	if (stream->archive == NULL) {
		if (fill_plain(stream) > 0)
			return 1;
		if (stream->error != 0)
			(void)why_unread(
			    err, stream->path, "read it", stream->error);
		return stream->error != 0 ? -1 : 0;
	}
	n = stream->damaged ? -1
			    : archive_read_data(stream->archive,
				  stream->bytes + kept, PIECE - kept);
	if (n < 0) {
		(void)fail_packed(stream, err);
		return -1;
	}
	stream->len += (size_t)n;

	return n > 0;
}

/* The end, with a line that has no newline: it may be on its way. */
static int
wait_for_rest(struct log_stream *stream, struct err *err)
{
	const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
	int got = 0;

	if (!stream->regular || stream->archive != NULL)
		return 0;
	for (unsigned i = 0; i < LOOKS && got == 0; i++) {
		(void)nanosleep(&pause, NULL); /* woken early, it looks */
		got = fill(stream, err);
	}

	return got;
}

/* Was what was read at the end taken back?  So does a writer whose disk is
 * full with a line of which only a part could be written. */
static bool
was_cut(const struct log_stream *stream)
{
	struct stat st;

	return stream->regular && stream->archive == NULL &&
	    fstat(stream->fd, &st) == 0 && (uint64_t)st.st_size < stream->read;
}

/* Gives what stands at from, *len bytes, and goes on behind used of them. */
static enum log_read
give(struct log_stream *stream, const char **line, size_t *len, size_t used)
{
	*line = stream->bytes + stream->from;
	stream->from += used;
	if (*len < RECORD_LINE)
		return LOG_READ_LINE;
	*len = RECORD_LINE;

	return LOG_READ_LONG;
}

enum log_read
log_stream_next(struct log_stream *stream, const char **line, size_t *len,
    bool *whole, struct err *err)
{
	for (;;) {
		const char *at = stream->bytes + stream->from;
		size_t left = stream->len - stream->from;
		const char *newline = memchr(at, '\n', left);
		int got;

		*whole = true;
		*len = newline != NULL ? (size_t)(newline - at) : left;
		if (stream->skipping) {
			stream->from += *len + (newline != NULL);
			stream->skipping = newline == NULL;
			left = 0;
		} else if (newline != NULL) {
			return give(stream, line, len, *len + 1);
		} else if (left >= RECORD_LINE) {
			stream->skipping = true;
			return give(stream, line, len, left);
		}
		if (stream->from < stream->len && left == 0)
			continue; /* the long line is skipped */
		got = fill(stream, err);
		if (got == 0 && left > 0)
			got = wait_for_rest(stream, err);
		if (got < 0)
			return LOG_READ_FAILED;
		if (got > 0)
			continue;
		if (left == 0 || was_cut(stream))
			return LOG_READ_END;
		*whole = false;
		*len = left;
		return give(stream, line, len, left);
	}
}

bool
log_stream_is_at(const struct log_stream *stream, const char *path)
{
	struct stat here, there;

	return fstat(stream->fd, &here) == 0 && stat(path, &there) == 0 &&
	    here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

bool
log_stream_is_packed(const char *path)
{
	char magic[MAGIC];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, magic, sizeof(magic));
	(void)close(fd); /* nothing was written to it */

	return n > 0 && is_packed(magic, (size_t)n);
}

bool
log_stream_is_damaged(const struct log_stream *stream)
{
	return stream->damaged;
}

uint64_t
log_stream_read(const struct log_stream *stream)
{
	return stream->read;
}

uint64_t
log_stream_size(const struct log_stream *stream)
{
	return stream->size;
}
