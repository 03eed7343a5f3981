/* SPDX-License-Identifier: ISC */
/*
 * message.h - what becomes of a message, once its header is known?
 *
 * Each recipient has an effect: pass, refuse, hold or mark.  Where all agree
 * that is done; where they differ the message is deferred, and its recipients
 * are to come apart (contract, section 3, "Several recipients").
 */
#ifndef POSTERN_POSTERND_MESSAGE_H
#define POSTERN_POSTERND_MESSAGE_H

#include <libmilter/mfapi.h>

#include "posternd/session.h"

/*
 * At the end of the headers, and again at the end of the message (over): what
 * is to be returned to libmilter, if it is heard.  Whoever has been answered
 * is forgotten, so that the second call answers only what the first left:
 * what is held or marked, and recipients that came in between.
 */
sfsistat message_answer(SMFICTX *ctx, struct session *session, bool over);

#endif
