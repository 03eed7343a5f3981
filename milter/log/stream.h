/* SPDX-License-Identifier: ISC */
/*
 * stream.h - which lines stand in a file, packed or not?
 *
 * For those who read a log from its beginning: plain, gz, xz or zst, told by
 * its first bytes and unpacked by libarchive, in bounded memory.  The daemon
 * does not link this.
 */
#ifndef POSTERN_LOG_STREAM_H
#define POSTERN_LOG_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "log/read.h"

struct log_stream;

/* NULL with err, and errno; "-" is standard input. */
struct log_stream *log_stream_open(const char *path, struct err *err);
void log_stream_close(struct log_stream *stream); /* NULL is allowed */

/*
 * The next line without its newline, valid until the next call.
 * LOG_READ_LONG: one that is too long for a record; *len bytes of its
 * beginning are given, the rest is skipped.  *whole is false for a last line
 * without newline (a plain file's is waited for a little: it may be on its
 * way).
 */
enum log_read log_stream_next(struct log_stream *stream, const char **line,
    size_t *len, bool *whole, struct err *err);

/* Does the file that it reads still stand at path? */
bool log_stream_is_at(const struct log_stream *stream, const char *path);

/* Is there a file, and packed?  Nobody follows such a one. */
bool log_stream_is_packed(const char *path);

/* After LOG_READ_FAILED: is it what was packed that is damaged, not the disk
 * that fails? */
bool log_stream_is_damaged(const struct log_stream *stream);

/* Bytes of the file, as it stands on disk, that were read so far; its size
 * (0: not known, a pipe). */
uint64_t log_stream_read(const struct log_stream *stream);
uint64_t log_stream_size(const struct log_stream *stream);

#endif
