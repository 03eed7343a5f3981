/* SPDX-License-Identifier: ISC */
/* answer.c - what is answered to a decision? */
#include "config.h"

#include "posternd/answer.h"

#include "posternd/failed.h"
#include "posternd/refuse.h"
#include "posternd/take.h"

/* In the MTA's own words: smfi_setreply() is not allowed at connect. */
static sfsistat
refuse_client(struct session *session, const struct decision *decision)
{
	enum answer unrecorded =
	    generation_conf(session->generation)->audit.on_failure;
	struct refusal refusal;
	bool recorded;

	refusal_begin(session, refuse_action(decision), 1, &refusal);
	recorded = refuse_record_one(session, NULL, decision, &refusal);
	/* Let in, it is judged once more with each recipient. */
	if (!recorded && unrecorded == ANSWER_ACCEPT)
		return SMFIS_CONTINUE;
	session->answered = true;

	return recorded || unrecorded == ANSWER_REJECT ? SMFIS_REJECT
						       : SMFIS_TEMPFAIL;
}

sfsistat
answer_client(struct session *session)
{
	const struct rules *rules = session_rules(session);
	struct decision decision;

	if (session->free_by_address ||
	    policy_is_free(rules, &session->facts)) {
		session->answered = true;
		return SMFIS_ACCEPT;
	}
	if (policy_refuses_client(rules, &session->facts, &decision))
		return refuse_client(session, &decision);

	return SMFIS_CONTINUE;
}

sfsistat
answer_sender(struct session *session)
{
	if (!policy_is_free(session_rules(session), &session->facts))
		return SMFIS_CONTINUE;
	session->answered = true;

	return SMFIS_ACCEPT;
}

sfsistat
answer(SMFICTX *ctx, struct session *session, const char *argument,
    const struct recipient *recipient, const struct decision *decision)
{
	sfsistat result;

	if (decision->verdict == VERDICT_UNKNOWN)
		result = reply_failed_by(ctx, session, recipient,
		    decision->policy, "a policy cannot be told at RCPT");
	else if (decision_refuses(decision) && !decision_waits(decision))
		result = refuse(ctx, session, recipient, decision);
	else
		return take(ctx, session, argument, recipient, decision);
	if (result == SMFIS_CONTINUE) /* let in all the same */
		take_free(session, recipient, NULL);

	return result;
}
