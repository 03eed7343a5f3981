/* SPDX-License-Identifier: ISC */
/*
 * place.h - is the file still there, and as it was left?
 *
 * Others remove, move, cut and copy files while they are written to, and a
 * write to a file that has lost its name succeeds without a word.  So path
 * and descriptor are compared before each batch of records.
 */
#ifndef POSTERN_LOG_PLACE_H
#define POSTERN_LOG_PLACE_H

#include <stdbool.h>

#include "base/err.h"
#include "log/chain.h"
#include "log/file.h"
#include "log/lock.h"
#include "log/log.h"

/*
 * Opens the file at a start and finds *head, the record that the chain goes on
 * from: its last one, or a later one that is known (known.h) or noted (lock.h).
 * What is no record behind it is set aside; that, and what is missing, is told
 * in *gap. A file that ends with `rotated` is given its name, and a new one
 * begins.  A file of another's is left alone: false with err.
 */
bool place_start(struct file *file, const struct chain_head *noted,
    struct chain_head *head, struct log_gap *gap, struct err *err);

/*
 * Makes the file right for the record after *head: made again where it is
 * gone (its directory never), its end set aside where it is not ours.  What
 * was found goes into *gap.  False with err where that cannot be.
 */
bool place_check(struct file *file, struct lock *lock,
    const struct chain_head *head, struct log_gap *gap, struct err *err);

/* The file's records end at end, after *head; the rest of its size bytes is
 * none and is set aside. */
bool place_set_aside(struct file *file, int64_t end, int64_t size,
    const struct chain_head *head, struct log_gap *gap, struct err *err);

#endif
