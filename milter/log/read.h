/* SPDX-License-Identifier: ISC */
/*
 * read.h - what stands in the log?
 *
 * Goes through one file line by line, while it is written to as well.
 * Threads: one reader, one thread.
 */
#ifndef POSTERN_LOG_READ_H
#define POSTERN_LOG_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "log/line.h"

struct log_reader;

enum log_read {
	LOG_READ_LINE,
	LOG_READ_LONG, /* a line too long for a record; it was skipped */
	LOG_READ_END,  /* no whole line more (for now) */
	LOG_READ_FAILED
};

enum log_wait {
	LOG_WAIT_NOTHING, /* nothing happened in time */
	LOG_WAIT_MORE,    /* there is more to read */
	LOG_WAIT_CUT,     /* the file has become shorter */
	LOG_WAIT_NEW,     /* another file stands at the path, now open */
	LOG_WAIT_FAILED
};

/* At the beginning of the file; NULL with err. */
struct log_reader *log_reader_open(const char *path, struct err *err);
void log_reader_close(struct log_reader *reader); /* NULL is allowed */

/* Goes to the last count whole lines; false with err. */
bool log_reader_last(struct log_reader *reader, size_t count, struct err *err);

/*
 * The next whole line, without its newline, not terminated; valid until the
 * next call.
 */
enum log_read log_reader_next(
    struct log_reader *reader, const char **line, size_t *len, struct err *err);

/*
 * After LOG_READ_END: waits for more, looking every 200 ms.  A file that is
 * gone from its path is waited for.  One that was cut and goes on is read
 * where it goes on; one that begins anew, from there.
 */
enum log_wait log_reader_wait(
    struct log_reader *reader, int64_t timeout_ms, struct err *err);

#endif
