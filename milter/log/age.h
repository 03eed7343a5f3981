/* SPDX-License-Identifier: ISC */
/* age.h - how many rotated files are too old? */
#ifndef POSTERN_LOG_AGE_H
#define POSTERN_LOG_AGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "log/files.h"
#include "log/log.h"

/*
 * Of the log at path, the first *count files are older than keep_us, and so is
 * the last seal of what stands in them; the last file never is.  More
 * than keep_us between the beginnings of two files, or of the last and now, is
 * no time that has passed where rotate_us forbids it: a clock that is wrong
 * makes nothing old.  False with err: a file cannot be read.
 */
bool age_count_old(const char *path, const struct log_files *files,
    const struct log_keeping *keeping, size_t *count, struct err *err);

#endif
