/* SPDX-License-Identifier: ISC */
/*
 * missing.h - what does the MTA not tell that it must?
 *
 * Said once for each macro: what does not work without it, and the setting.
 * Not of clients that are never judged, or that their address lets in.
 */
#ifndef POSTERN_POSTERND_MISSING_H
#define POSTERN_POSTERND_MISSING_H

#include <stdbool.h>

#include <libmilter/mfapi.h>

#include "posternd/session.h"

/*
 * The MTA lets filters choose no macros at all: all lists, at most once an
 * hour.
 */
void missing_lists(const struct needs *needs);

/* It does not do what a policy's `action` needs: at most once an hour. */
void missing_actions(const struct needs *needs, unsigned long actions);

/* Once the facts of that step are there. */
void missing_at_connect(SMFICTX *ctx, const struct session *session);
void missing_at_mail(SMFICTX *ctx, const struct session *session);

#endif
