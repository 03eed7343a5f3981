/* SPDX-License-Identifier: ISC */
/* tail.h - which is the last whole record of a file? */
#ifndef POSTERN_LOG_TAIL_H
#define POSTERN_LOG_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/chain.h"

enum tail {
	TAIL_FOUND,
	TAIL_NONE,
	TAIL_FAILED /* to be read; errno says why */
};

/*
 * Looks backwards through the first size bytes of fd for a line that is a
 * record and whose hash is right.  *end is where it ends, with its newline,
 * *head its sequence and hash; both untouched unless found.
 */
enum tail tail_find(
    int fd, int64_t size, int64_t *end, struct chain_head *head);

/* Exactly len bytes at pos; false with errno. */
bool tail_read(int fd, char *bytes, size_t len, int64_t pos);

/*
 * Gives look the whole lines of fd, without newline, the last one first, until
 * it returns true; those that are too long for a record are passed over.
 * False with errno.
 */
bool tail_back(int fd, bool (*look)(void *owner, const char *line, size_t len),
    void *owner);

/* Where the line that holds the byte before pos begins; -1 with errno. */
int64_t tail_line_start(int fd, int64_t pos);

#endif
