/* SPDX-License-Identifier: ISC */
/*
 * retain.h - which rotated files are too old, and how do they go?
 *
 * Belongs to the keeper's thread.
 */
#ifndef POSTERN_LOG_RETAIN_H
#define POSTERN_LOG_RETAIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "log/log.h"

struct retain {
	const char *path;
	const struct log_news *news;
	struct log *log;
	const atomic_bool *stop;
	uint64_t told; /* last sequence of the file whose `deleted` is safe */
};

/* Borrows all of it. */
void retain_init(struct retain *retain, const char *path,
    const struct log_news *news, struct log *log, const atomic_bool *stop);

/*
 * Deletes the rotated files whose last record is older than keep, each after
 * its `deleted`.  A clock that is ahead by more than keep deletes nothing,
 * where rotate_us limits the age of a file.  False with err: one of them had
 * to stay, and those after it.
 */
bool retain_look(
    struct retain *retain, const struct log_keeping *keeping, struct err *err);

#endif
