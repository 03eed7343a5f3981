/* SPDX-License-Identifier: ISC */
/*
 * failed.h - what is answered where Postern itself cannot tell?
 *
 * on_error, and nothing but "continue" in monitor mode.  The one exit for it.
 * why: words for the admin.
 */
#ifndef POSTERN_POSTERND_FAILED_H
#define POSTERN_POSTERND_FAILED_H

#include <libmilter/mfapi.h>

#include "policy/decide.h"
#include "posternd/session.h"

/* A decision that is none; in the words of the policy, if there is one. */
void failed_decide(const struct session *session, const struct policy *policy,
    const char *why, struct decision *decision);

/*
 * Answers a step so.  recipient NULL: there is none; of a message that is let
 * in all the same only the first fault is recorded.
 */
sfsistat reply_failed(SMFICTX *ctx, struct session *session,
    const struct recipient *recipient, const char *why);
/* The same of a recipient that this policy (NULL: none) is to judge. */
sfsistat reply_failed_by(SMFICTX *ctx, struct session *session,
    const struct recipient *recipient, const struct policy *policy,
    const char *why);

/* The same of a step whose answer the MTA does not hear: only the record. */
void record_failed(struct session *session, const char *why);

#endif
