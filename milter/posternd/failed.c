/* SPDX-License-Identifier: ISC */
/* failed.c - what is answered where Postern itself cannot tell? */
#include "config.h"

#include "posternd/failed.h"

#include <stdatomic.h>
#include <string.h>

#include "posternd/refuse.h"
#include "posternd/say.h"

static void
say_failed(const char *why)
{
	static _Atomic int64_t last;

	if (say_may(&last, 10))
		say_error("%s; answered as on_error says", why);
}

void
failed_decide(const struct session *session, const struct policy *policy,
    const char *why, struct decision *decision)
{
	static char status[] = "5.7.1";
	static char text[] = "This cannot be judged (ref %{id})";
	static const struct reply_form form = { 550, status, text };
	const struct rules *rules = session_rules(session);

	say_failed(why);
	memset(decision, 0, sizeof(*decision));
	decision->verdict = verdict_of_answer(rules->on_error);
	decision->monitor = policy_is_monitored(rules, &session->facts, policy);
	decision->stage = session->facts.stage;
	decision->reason = REASON_UNDECIDABLE;
	decision->policy = policy;
	decision->reply = policy == NULL ? &form : &policy->reply;
}

/* Returns whether it is to be recorded: a message let in is only once. */
static bool
take_fault(struct session *session, const struct recipient *recipient,
    const struct decision *decision)
{
	struct transaction *transaction = &session->transaction;
	bool again = transaction->failed && recipient == NULL;

	transaction->failed = true;
	if (!transaction->mail) { /* what is known is of the message before */
		session->facts.sender = NULL;
		session->facts.queue_id = NULL;
	}

	return !again ||
	    (!decision->monitor && decision->verdict != VERDICT_ACCEPT);
}

/* Nobody is told. */
static void
record_unsaid(struct session *session, const struct recipient *recipient,
    const struct decision *decision)
{
	struct refusal refusal;

	refusal_begin(session, refuse_action(decision), 1, &refusal);
	(void)refuse_record_one(session, recipient, decision, &refusal);
}

sfsistat
reply_failed_by(SMFICTX *ctx, struct session *session,
    const struct recipient *recipient, const struct policy *policy,
    const char *why)
{
	struct decision decision;

	failed_decide(session, policy, why, &decision);
	if (!take_fault(session, recipient, &decision))
		return SMFIS_CONTINUE;
	if (decision.verdict == VERDICT_ACCEPT) {
		record_unsaid(session, recipient, &decision);
		return SMFIS_CONTINUE; /* as it is, recorded or not */
	}

	return refuse(ctx, session, recipient, &decision);
}

sfsistat
reply_failed(SMFICTX *ctx, struct session *session,
    const struct recipient *recipient, const char *why)
{
	const struct policy *policy =
	    recipient == NULL ? NULL : session_policy(session, recipient);

	return reply_failed_by(ctx, session, recipient, policy, why);
}

void
record_failed(struct session *session, const char *why)
{
	struct decision decision;

	failed_decide(session, NULL, why, &decision);
	if (take_fault(session, NULL, &decision))
		record_unsaid(session, NULL, &decision);
}
