/* SPDX-License-Identifier: ISC */
/*
 * keeper.h - what becomes of rotated files?
 *
 * A thread of its own compresses them, and deletes those whose last record is
 * older than `keep`, each after a record `deleted` that is safe on disk and
 * names the last sequence and hash of what is gone.  Whole files only, the
 * oldest first.  No session waits for it.
 */
#ifndef POSTERN_LOG_KEEPER_H
#define POSTERN_LOG_KEEPER_H

#include <stdbool.h>

#include "base/err.h"
#include "log/log.h"

struct keeper;

/* Borrows path, news and log, to which its records go. */
struct keeper *keeper_start(const char *path, const struct log_news *news,
    struct log *log, struct err *err);
/* `keep` has changed: it looks now.  Else it looks each second whether a file
 * was rotated, and each minute what is too old. */
void keeper_wake(struct keeper *keeper);
/*
 * Frees it; NULL is allowed.  False where a disk that hangs holds its thread
 * for longer than LOG_WAIT_MS: that is left behind, with all that it borrows.
 */
bool keeper_stop(struct keeper *keeper);

#endif
