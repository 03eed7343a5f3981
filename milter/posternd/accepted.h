/* SPDX-License-Identifier: ISC */
/*
 * accepted.h - which mail was let in, where that is asked for?
 *
 * audit.accepted = "all": a record for each message let in under a policy, a
 * policy one, all of a message with the same event.id.
 */
#ifndef POSTERN_POSTERND_ACCEPTED_H
#define POSTERN_POSTERND_ACCEPTED_H

#include "policy/decide.h"
#include "posternd/session.h"

/* The policy that let it in, if a record is due of that; else NULL. */
const struct policy *accepted_under(
    const struct session *session, const struct decision *decision);

/*
 * Once it is known that the message passes; of each recipient once, nothing
 * where there is nothing to write.
 */
void accepted_record(struct session *session);

#endif
