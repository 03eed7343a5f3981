/* SPDX-License-Identifier: ISC */
/*
 * refuse.h - how is mail refused, and that written down?
 *
 * First the record, then the answer.  A record that cannot be written changes
 * the answer (audit.on_failure), never the decision.
 */
#ifndef POSTERN_POSTERND_REFUSE_H
#define POSTERN_POSTERND_REFUSE_H

#include <stdbool.h>
#include <stddef.h>

#include <libmilter/mfapi.h>

#include "policy/decide.h"
#include "policy/record.h"
#include "posternd/refusal.h"
#include "posternd/session.h"

/* By what name goes what alone becomes of such a decision? */
enum record_action refuse_action(const struct decision *decision);

/*
 * Writes down a decision on these recipients, as refusal_begin() was told.
 * Returns whether it is as safe as the configuration asks for.
 */
bool refuse_record(struct session *session, const struct decision *decision,
    const struct refusal *refusal, const char *const *rcpts, size_t count);
/* The same, of one (NULL: none). */
bool refuse_record_one(struct session *session,
    const struct recipient *recipient, const struct decision *decision,
    const struct refusal *refusal);

/* The record is not safe: audit.on_failure says what becomes of it. */
sfsistat refuse_unrecorded(
    SMFICTX *ctx, const struct session *session, struct refusal *refusal);

/*
 * Refuses by this decision; one that is only watched is written down, and let
 * pass.  recipient NULL: there is none.
 */
sfsistat refuse(SMFICTX *ctx, struct session *session,
    const struct recipient *recipient, const struct decision *decision);

#endif
