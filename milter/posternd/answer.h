/* SPDX-License-Identifier: ISC */
/*
 * answer.h - what is answered to a decision?
 *
 * First the record, then the answer.  A record that cannot be written
 * changes the answer (audit.on_failure), never the decision.
 */
#ifndef POSTERN_POSTERND_ANSWER_H
#define POSTERN_POSTERND_ANSWER_H

#include <libmilter/mfapi.h>

#include "policy/decide.h"
#include "posternd/session.h"

/* At RCPT; what libmilter is to return. */
sfsistat answer(SMFICTX *ctx, struct session *session,
    const struct recipient *recipient, const struct decision *decision);

/*
 * At connect, to a client that policy_refuses_client(): in the MTA's own
 * words, as smfi_setreply() is not allowed there.
 */
sfsistat answer_connect(
    struct session *session, const struct decision *decision);

/*
 * Where Postern itself cannot tell: on_error, and nothing but "continue" in
 * monitor mode.  The one exit for it.  recipient NULL: before RCPT.  why:
 * words for the admin.
 */
sfsistat reply_failed(SMFICTX *ctx, struct session *session,
    const struct recipient *recipient, const char *why);

#endif
