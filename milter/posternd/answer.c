/* SPDX-License-Identifier: ISC */
/* answer.c - what is answered to a decision? */
#include "config.h"

#include "posternd/answer.h"

#include <stdatomic.h>
#include <string.h>

#include "posternd/accepted.h"
#include "posternd/audit.h"
#include "posternd/clock.h"
#include "posternd/refusal.h"
#include "posternd/say.h"

static enum record_action
action_of(const struct decision *decision)
{
	if (decision->monitor || decision->verdict == VERDICT_ACCEPT)
		return ACTION_BYPASS_OBSERVED;

	return decision->verdict == VERDICT_DEFER ||
		decision->reply->code / 100 == 4
	    ? ACTION_BYPASS_DEFERRED
	    : ACTION_BYPASS_REJECTED;
}

/* refusal NULL: nothing is answered, or in no words of ours. */
static bool
write_record(struct session *session, const struct recipient *recipient,
    const struct decision *decision, const struct refusal *refusal)
{
	const char *address = recipient == NULL ? NULL : recipient->address;
	int64_t now = refusal == NULL ? clock_us() : refusal->time_us;
	char id[ULID_TEXT];
	struct record record;

	if (refusal == NULL)
		id_new(now, id);
	record = audit_of_session(session, &session->facts, decision,
	    action_of(decision), refusal == NULL ? id : refusal->id, now);
	record.rcpts = &address;
	record.nrcpts = recipient == NULL ? 0 : 1;
	record.reply = refusal == NULL ? NULL : refusal->line;

	return audit_write(&record, true);
}

/* The record is not safe: audit.on_failure says what becomes of it. */
static sfsistat
reply_unrecorded(
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

static sfsistat
refuse(SMFICTX *ctx, struct session *session, const struct recipient *recipient,
    const struct decision *decision)
{
	struct refusal refusal;
	bool recorded;

	refusal_make(session, recipient, decision, &refusal);
	recorded = write_record(session, recipient, decision, &refusal);
	if (decision->monitor)
		return SMFIS_CONTINUE;
	if (!recorded)
		return reply_unrecorded(ctx, session, &refusal);

	return refusal_send(ctx, &refusal);
}

/* In the MTA's own words: smfi_setreply() is not allowed at connect. */
static sfsistat
refuse_client(struct session *session, const struct decision *decision)
{
	enum answer unrecorded =
	    generation_conf(session->generation)->audit.on_failure;
	bool recorded = write_record(session, NULL, decision, NULL);

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

static enum verdict
failed_verdict(const struct rules *rules)
{
	switch (rules->on_error) {
	case ANSWER_ACCEPT:
		return VERDICT_ACCEPT;
	case ANSWER_DEFER:
		return VERDICT_DEFER;
	case ANSWER_REJECT:
		break;
	}

	return VERDICT_REJECT;
}

/* A decision that is none; in the words of the policy, if there is one. */
static void
decide_failed(const struct session *session, const struct policy *policy,
    struct decision *decision)
{
	static char status[] = "5.7.1";
	static char text[] = "This cannot be judged (ref %{id})";
	static const struct reply_form form = { 550, status, text };
	const struct rules *rules = session_rules(session);

	memset(decision, 0, sizeof(*decision));
	decision->verdict = failed_verdict(rules);
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

static void
say_failed(const char *why)
{
	static _Atomic int64_t last;

	if (say_may(&last, 10))
		say_error("%s; answered as on_error says", why);
}

static sfsistat
fail(SMFICTX *ctx, struct session *session, const struct recipient *recipient,
    const struct policy *policy, const char *why)
{
	struct decision decision;

	say_failed(why);
	decide_failed(session, policy, &decision);
	if (!take_fault(session, recipient, &decision))
		return SMFIS_CONTINUE;
	if (decision.verdict == VERDICT_ACCEPT) {
		(void)write_record(session, recipient, &decision, NULL);
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

	return fail(ctx, session, recipient, policy, why);
}

void
record_failed(struct session *session, const char *why)
{
	struct decision decision;

	say_failed(why);
	decide_failed(session, NULL, &decision);
	if (take_fault(session, NULL, &decision))
		(void)write_record(session, NULL, &decision, NULL);
}

sfsistat
answer(SMFICTX *ctx, struct session *session, const struct recipient *recipient,
    const struct decision *decision)
{
	switch (decision->verdict) {
	case VERDICT_ACCEPT:
		accepted_add(session, recipient, decision);
		/* SMFIS_ACCEPT would end our say on later recipients. */
		return SMFIS_CONTINUE;
	case VERDICT_OPEN:
		return fail(ctx, session, recipient, decision->policy,
		    "a policy is undecided at RCPT");
	case VERDICT_DEFER:
	case VERDICT_REJECT:
		break;
	}

	return refuse(ctx, session, recipient, decision);
}
