/* SPDX-License-Identifier: ISC */
/*
 * rotate.h - when does a file end, and how does the next one begin?
 *
 * PATH ends with a record `rotated`, becomes PATH.N (files.h), and a new file
 * takes its place; the chain goes on through both.  A crash between the
 * record and the name is made good at the next start.
 */
#ifndef POSTERN_LOG_ROTATE_H
#define POSTERN_LOG_ROTATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "log/chain.h"
#include "log/file.h"
#include "log/log.h"

struct rotation {
	uint64_t first;   /* sequence of the file's first record; 0: empty */
	int64_t began_us; /* its time, on the clock on the wall */
	int64_t retry_ms; /* after a failure not before; clock_now_ms() */
};

/* Looks at the file as it is at a start. */
bool rotation_init(
    struct rotation *rotation, const struct file *file, struct err *err);
/* The file's first record, with that sequence, is written now. */
void rotation_begin(struct rotation *rotation, uint64_t first);
/* Is the file too large or too old?  An empty one never is. */
bool rotation_is_due(const struct rotation *rotation, const struct file *file,
    const struct log_keeping *keeping, int64_t now_us, int64_t now_ms);
/* Adds `rotated` to out, and moves *head to it. */
void rotation_add(
    const struct log_news *news, struct chain_head *head, struct buf *out);
/*
 * Its `rotated` is on disk: gives the file its name and opens the next.
 * False with err: the same file goes on, and is tried again after a minute.
 */
bool rotation_move(
    struct rotation *rotation, struct file *file, struct err *err);
/* That alone; the name is taken from the first record in the file. */
bool rotation_name(struct file *file, struct err *err);

#endif
