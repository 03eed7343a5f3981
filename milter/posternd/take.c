/* SPDX-License-Identifier: ISC */
/* take.c - may a recipient join the message? */
#include "config.h"

#include "posternd/take.h"

#include "policy/class.h"
#include "posternd/accepted.h"
#include "posternd/failed.h"
#include "posternd/refuse.h"

/* May the message as a whole be answered anything but "continue"? */
static bool
may_be_refused(const struct session *session)
{
	return session_judges_messages(session) &&
	    !policy_is_monitored(session_rules(session), &session->facts, NULL);
}

static char status[] = "4.5.3";
static char apart[] = "This recipient and the others need different answers; "
		      "send it in a transaction of its own";
static char too_many[] =
    "Too many recipients; send this one in a transaction of its own";

/* Without a record: it comes again. */
static sfsistat
send_away(SMFICTX *ctx, char *text)
{
	const struct reply_form form = { 452, status, text };
	struct refusal refusal;

	refusal_name(&refusal);
	refusal_make_own(&form, &refusal);

	return refusal_send(ctx, &refusal);
}

/*
 * SMFIS_CONTINUE, or the answer.  Of a recipient that is not kept nobody would
 * know at the end what it needs, so one too many is sent away like one of
 * another class; senders bring it in a transaction of its own (RFC 5321,
 * section 4.5.3.1.10).
 */
static sfsistat
ask_to_join(SMFICTX *ctx, struct session *session, const char *argument,
    const struct recipient *recipient, uint64_t class)
{
	struct transaction *transaction = &session->transaction;

	if (!may_be_refused(session))
		return SMFIS_CONTINUE;
	if (!transaction_has_room(transaction, argument))
		return send_away(ctx, too_many);
	if (!apart_may_stay(&transaction->turn, session_sender(session),
		recipient->address, class))
		return send_away(ctx, apart);

	return SMFIS_CONTINUE;
}

/* What has been let in for good is written down, to make room. */
static void
flush(struct session *session)
{
	accepted_record(session);
	transaction_forget_free(&session->transaction);
}

void
take_free(struct session *session, const struct recipient *recipient,
    const struct policy *policy)
{
	struct transaction *transaction = &session->transaction;

	if (policy == NULL && !session_judges_messages(session))
		return; /* nobody will ask for it */
	if (!transaction_has_room(transaction, recipient->address)) {
		/* only let in by on_error or on_failure */
		if (may_be_refused(session))
			return;
		flush(session);
	}
	/* Where all others wait it is one too many, until the next one. */
	transaction_keep(
	    transaction, recipient->address, NULL, policy, CLASS_FREE);
}

/* As on_error, for a recipient whose answer will not come. */
static sfsistat
fail(SMFICTX *ctx, struct session *session, const struct recipient *recipient,
    const struct decision *decision, const char *why)
{
	sfsistat answer =
	    reply_failed_by(ctx, session, recipient, decision->policy, why);

	if (answer == SMFIS_CONTINUE)
		take_free(session, recipient, NULL);

	return answer;
}

static sfsistat
let_wait(SMFICTX *ctx, struct session *session, const char *argument,
    const struct recipient *recipient, const struct decision *decision)
{
	struct transaction *transaction = &session->transaction;

	if (session->protocol == 0)
		return fail(ctx, session, recipient, decision,
		    "an MTA that has not negotiated may send no header, for "
		    "which a recipient waits");
	if (!transaction_has_room(transaction, argument))
		flush(session); /* all is only watched here */
	if (!transaction_has_room(transaction, argument))
		return fail(ctx, session, recipient, decision,
		    "more recipients wait for the header than can be kept");
	transaction_keep(
	    transaction, recipient->address, argument, NULL, decision->class);

	return SMFIS_CONTINUE;
}

sfsistat
take(SMFICTX *ctx, struct session *session, const char *argument,
    const struct recipient *recipient, const struct decision *decision)
{
	sfsistat answer =
	    ask_to_join(ctx, session, argument, recipient, decision->class);

	if (answer != SMFIS_CONTINUE)
		return answer;
	if (decision_waits(decision))
		return let_wait(ctx, session, argument, recipient, decision);
	if (decision->verdict >= VERDICT_DEFER) /* only watched */
		(void)refuse(ctx, session, recipient, decision);
	take_free(session, recipient, accepted_under(session, decision));

	/* SMFIS_ACCEPT would end our say on later recipients. */
	return SMFIS_CONTINUE;
}
