/* SPDX-License-Identifier: ISC */
/* refuse.c - how is mail refused, and that written down? */
#include "config.h"

#include "posternd/refuse.h"

#include "lists/generation.h"
#include "posternd/audit.h"
#include "posternd/flood.h"

enum record_action
refuse_action(const struct decision *decision)
{
	if (decision->monitor || decision->verdict == VERDICT_ACCEPT)
		return ACTION_BYPASS_OBSERVED;

	return refusal_defers(decision) ? ACTION_BYPASS_DEFERRED
					: ACTION_BYPASS_REJECTED;
}

bool
refuse_record(struct session *session, const struct decision *decision,
    const struct refusal *refusal, const char *const *rcpts, size_t count)
{
	struct record record = audit_of_session(session, &session->facts,
	    decision, refusal->action, refusal->id, refusal->time_us);

	record.rcpts = rcpts;
	record.nrcpts = count;
	record.reply = refusal->line[0] == '\0' ? NULL : refusal->line;

	return flood_write(&record, &refusal->folding, true);
}

bool
refuse_record_one(struct session *session, const struct recipient *recipient,
    const struct decision *decision, const struct refusal *refusal)
{
	const char *address = recipient == NULL ? NULL : recipient->address;

	return refuse_record(
	    session, decision, refusal, &address, recipient == NULL ? 0 : 1);
}

sfsistat
refuse_unrecorded(
    SMFICTX *ctx, const struct session *session, struct refusal *refusal)
{
	switch (generation_conf(session->generation)->audit.on_failure) {
	case ANSWER_ACCEPT:
		return SMFIS_CONTINUE;
	case ANSWER_REJECT:
		return refusal_send(ctx, refusal);
	case ANSWER_DEFER:
		break;
	}
	refusal_defer(refusal);

	return refusal_send(ctx, refusal);
}

sfsistat
refuse(SMFICTX *ctx, struct session *session, const struct recipient *recipient,
    const struct decision *decision)
{
	struct refusal refusal;
	bool recorded;

	refusal_begin(session, refuse_action(decision), 1, &refusal);
	refusal_make(session, recipient, decision, &refusal);
	recorded = refuse_record_one(session, recipient, decision, &refusal);
	if (decision->monitor)
		return SMFIS_CONTINUE;
	if (!recorded)
		return refuse_unrecorded(ctx, session, &refusal);

	return refusal_send(ctx, &refusal);
}
