/* SPDX-License-Identifier: ISC */
/*
 * chores.h - what does the log do of itself, whether anyone writes or not?
 *
 * Seals the chain at set intervals, and ends a file that is too large or too
 * old, with a seal before its `rotated`: what retention deletes later is
 * proven up to its end.
 */
#ifndef POSTERN_LOG_CHORES_H
#define POSTERN_LOG_CHORES_H

#include "log/writer.h"

/* Says what was found at the start. */
void chores_start(struct writer *writer);
/* Does what is due.  On the writer's thread, between two batches. */
void chores_do(struct writer *writer);

#endif
