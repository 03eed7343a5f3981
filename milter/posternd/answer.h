/* SPDX-License-Identifier: ISC */
/*
 * answer.h - what is answered to a decision?
 *
 * Each gives what libmilter is to return; session_look() came before.
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

/*
 * At RCPT: refused, taken, or sent away to come again in a transaction of its
 * own.  argument: of RCPT, which recipient was parsed from.
 */
sfsistat answer(SMFICTX *ctx, struct session *session, const char *argument,
    const struct recipient *recipient, const struct decision *decision);

#endif
