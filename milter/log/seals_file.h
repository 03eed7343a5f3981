/* SPDX-License-Identifier: ISC */
/*
 * seals_file.h - which seals were made?
 *
 * PATH.seals: its first line and its last seal.  A last line without newline
 * is what a crash left of one that was being added: it does not count.
 */
#ifndef POSTERN_LOG_SEALS_FILE_H
#define POSTERN_LOG_SEALS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "log/chain.h"
#include "log/file.h"
#include "log/seal.h"

struct seals {
	char first[SIGN_PUBLIC_TEXT]; /* empty: there is no file */
	struct seal last;             /* number 0: none */
	struct chain_head record;     /* that of last; sequence 0: none */
	int64_t end;                  /* of the last whole line */
	int64_t size;
	int64_t changed_us; /* when it was last written to */
};

/* Changes nothing.  False with err: it cannot be read, or is damaged. */
bool seals_file_read(const char *path, struct seals *seals, struct err *err);

/* Makes it (0640, file's owner and group), with that first key. */
bool seals_file_make(const char *path, const struct file *file, const char *key,
    struct err *err);

/* Cuts off what a crash has torn; what is left is on disk then. */
bool seals_file_cut(const char *path, struct err *err);

/*
 * Adds the line, with its newline, of the seal of that number, on disk; once
 * only.  False with err: it is not, or the seal before it is missing.
 */
bool seals_file_add(const char *path, uint64_t number, const char *line,
    size_t len, struct err *err);

#endif
