/* SPDX-License-Identifier: ISC */
/*
 * files.h - of which files does a log consist?
 *
 * PATH.N, N the first sequence in twelve digits or more, is a rotated file,
 * PATH.N.gz one that is compressed; PATH is the one that is written to.
 */
#ifndef POSTERN_LOG_FILES_H
#define POSTERN_LOG_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	FILES_DIGITS = 12
};

struct log_file {
	char *path;
	uint64_t first; /* sequence, by its name; 0: PATH itself */
	bool packed;    /* .gz */
};

struct log_files {
	struct log_file *items; /* the oldest first, PATH last */
	size_t count;
};

/*
 * Lists those that are there; of PATH.N and PATH.N.gz (a crash leaves both)
 * the plain one.  False with err: the directory cannot be read.
 */
bool log_files_list(const char *path, struct log_files *files, struct err *err);
void log_files_done(struct log_files *files);
/* PATH.N; free it. */
char *log_files_name(const char *path, uint64_t first);

#endif
