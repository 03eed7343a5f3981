/* SPDX-License-Identifier: ISC */
/* seal_find.h - does the seal that was under way stand in the log? */
#ifndef POSTERN_LOG_SEAL_FIND_H
#define POSTERN_LOG_SEAL_FIND_H

#include "base/buf.h"
#include "base/err.h"
#include "log/keys.h"

/*
 * Looks for that of keys (has_next) in the log at path, from its end back to
 * the seal before: in PATH and, as a crash may have come just before the file
 * got its other name, in the rotated files that are not packed.
 * 1 found: *seal, and its line with newline in line; 0 not; -1 with err: it
 * cannot be told.
 */
int seal_find(const char *path, const struct keys *keys, struct seal *seal,
    struct buf *line, struct err *err);

#endif
