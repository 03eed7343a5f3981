/* SPDX-License-Identifier: ISC */
/*
 * glass_held.h - what is open, for those who open and close it?
 *
 * Sessions ask glass_look().  Threads: the operator's only.
 */
#ifndef POSTERN_POSTERND_GLASS_HELD_H
#define POSTERN_POSTERND_GLASS_HELD_H

#include <stdbool.h>

#include "posternd/glass_kept.h"

/* Holds from now on, in the place of what is open. */
void glass_hold(const struct glass_kept *kept);
/* From now on nothing is open. */
void glass_let_go(void);

/* What was opened, over or not, and not let go so far; NULL: nothing. */
const struct glass_kept *glass_held(void);
bool glass_is_over(const struct glass_kept *kept);

#endif
