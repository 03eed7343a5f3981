/* SPDX-License-Identifier: ISC */
/*
 * take.h - may a recipient join the message?
 *
 * A message has one answer, so that whoever is known to need another one is
 * sent away, to come again in a transaction of its own (apart.h).
 */
#ifndef POSTERN_POSTERND_TAKE_H
#define POSTERN_POSTERND_TAKE_H

#include <libmilter/mfapi.h>

#include "policy/decide.h"
#include "posternd/session.h"

/*
 * At RCPT, of a recipient that is not refused there: it is free, waits for
 * the end of the message, or is sent away.  argument: which recipient was
 * parsed from.
 */
sfsistat take(SMFICTX *ctx, struct session *session, const char *argument,
    const struct recipient *recipient, const struct decision *decision);

/*
 * Keeps one that passes whatever the header says.  policy: that let it in, if
 * that is to be recorded; else NULL.
 */
void take_free(struct session *session, const struct recipient *recipient,
    const struct policy *policy);

#endif
