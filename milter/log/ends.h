/* SPDX-License-Identifier: ISC */
/*
 * ends.h - with which records does a file begin and end?
 *
 * Of plain and of packed files alike, in bounded memory.
 */
#ifndef POSTERN_LOG_ENDS_H
#define POSTERN_LOG_ENDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "log/chain.h"

/* The first record of a file. */
struct first {
	uint64_t sequence; /* 0: the file has none */
	int64_t time_us;
	char prev[DIGEST_TEXT]; /* hash of the record before it */
	bool at_start;          /* no other line stands before it */
};

/* Opens a file to read: no symbolic link, no device; -1 with err. */
int ends_open(const char *path, struct err *err);

/*
 * The first line that is a record and whose hash is right.  Only the
 * beginning of the file is looked at.  False with err: it cannot be read.
 */
bool ends_first(int fd, const char *path, struct first *first, struct err *err);
/*
 * The last one; sequence 0: there is none.  Of a packed file that was cut, the
 * last that can be had.  False with err: it cannot be read.
 */
bool ends_last(
    int fd, const char *path, struct chain_head *last, struct err *err);
/* Both, of the file at path. */
bool ends_first_at(const char *path, struct first *first, struct err *err);
bool ends_last_at(const char *path, struct chain_head *last, struct err *err);

#endif
