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

/* RCPT was let in, by this decision; nothing where no record is due. */
void accepted_add(struct session *session, const struct recipient *recipient,
    const struct decision *decision);

/* At the end of the headers; nothing where there is nothing to write. */
void accepted_record(struct session *session);

#endif
