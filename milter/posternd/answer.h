/* SPDX-License-Identifier: ISC */
/*
 * answer.h - what is answered to a decision?
 *
 * Each gives what libmilter is to return; session_look() came before.  First
 * the record, then the answer.  A record that cannot be written changes the
 * answer (audit.on_failure), never the decision.
 */
#ifndef POSTERN_POSTERND_ANSWER_H
#define POSTERN_POSTERND_ANSWER_H

#include <libmilter/mfapi.h>

#include "policy/decide.h"
#include "posternd/session.h"

/*
 * At connect, before it names a recipient: the whole session is let go where
 * nothing later could change a thing; refused where policy_refuses_client().
 */
sfsistat answer_client(struct session *session);

/*
 * At MAIL, if the MTA waits: "accept" speaks for this message alone there,
 * and not for the next one of the same client (measured, both MTAs).
 */
sfsistat answer_sender(struct session *session);

/* At RCPT. */
sfsistat answer(SMFICTX *ctx, struct session *session,
    const struct recipient *recipient, const struct decision *decision);

/*
 * Where Postern itself cannot tell: on_error, and nothing but "continue" in
 * monitor mode.  The one exit for it.  recipient NULL: there is none; of a
 * message that is let in all the same only the first fault is recorded.
 * why: words for the admin.
 */
sfsistat reply_failed(SMFICTX *ctx, struct session *session,
    const struct recipient *recipient, const char *why);

/* The same of a step whose answer the MTA does not hear: only the record. */
void record_failed(struct session *session, const char *why);

#endif
