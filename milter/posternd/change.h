/* SPDX-License-Identifier: ISC */
/*
 * change.h - how is a message held back, or marked?
 *
 * At its end only.  Each returns whether it is done: the MTA may not do it,
 * or have gone.
 */
#ifndef POSTERN_POSTERND_CHANGE_H
#define POSTERN_POSTERND_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include <libmilter/mfapi.h>

#include "base/buf.h"
#include "policy/decide.h"

/* What the MTA must do for us so that a message can be marked. */
#define NEEDED_TO_MARK ((unsigned long)SMFIF_ADDHDRS | SMFIF_CHGHDRS)

enum {
	/* Copies of X-Postern that are removed.  Each costs the MTA a walk
	 * through the header (measured: Postfix takes 4 s for 8,000 of them,
	 * 40 s for 16,000), and no mail of anyone has more than a few. */
	CHANGE_MARKS = 1000
};

/* Postfix's hold queue, Sendmail's quarantine.  id: of its record. */
bool change_hold(SMFICTX *ctx, const struct decision *decision, const char *id);

/* Adds X-Postern, once the others of that name (so many) are removed. */
bool change_mark(SMFICTX *ctx, const struct decision *decision, const char *id,
    size_t others);

#endif
