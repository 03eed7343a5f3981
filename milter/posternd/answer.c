/* SPDX-License-Identifier: ISC */
/* answer.c - what is answered to a decision? */
#include "config.h"

#include "posternd/answer.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "policy/reply.h"
#include "posternd/audit.h"
#include "posternd/clock.h"
#include "posternd/say.h"

enum {
	CODE = 8,
	SMFI_LINE = 980 /* libmilter's MAXREPLYLEN; Postfix logs cut ones */
};

/* A refusal as the sender gets it. */
struct reply {
	char id[ULID_TEXT];
	int64_t time_us;
	unsigned code;
	const char *status;
	char text[REPLY_TEXT];
	char line[REPLY_LINE]; /* for the record */
};

static void
make_text(struct session *session, const struct recipient *recipient,
    const struct decision *decision, struct reply *reply)
{
	const struct rules *rules = session_rules(session);
	char client[ADDR_TEXT];
	struct reply_values values = {
		.id = reply->id,
		.client = addr_text(&session->facts.addr, client),
		.policy = decision->policy ? decision->policy->name : NULL,
	};

	if (recipient != NULL) {
		values.rcpt = recipient->address;
		values.domain = decision_domain(decision, rules, recipient);
	}
	reply_text(decision->reply, &values, reply->text);
}

static void
make_line(struct reply *reply)
{
	(void)snprintf(reply->line, sizeof(reply->line), "%u %s %s",
	    reply->code, reply->status, reply->text);
}

static void
make_reply(struct session *session, const struct recipient *recipient,
    const struct decision *decision, struct reply *reply)
{
	bool defer = decision->verdict == VERDICT_DEFER;

	assert(decision->reply != NULL);
	reply->time_us = clock_us();
	id_new(reply->time_us, reply->id);
	reply->code = defer ? 451 : decision->reply->code;
	reply->status = defer ? "4.7.1" : decision->reply->status;
	make_text(session, recipient, decision, reply);
	make_line(reply);
}

/* Each % twice (libmilter reads formats), no longer than libmilter takes. */
static void
double_percents(const char *text, char out[SMFI_LINE + 1])
{
	size_t len = 0;

	for (; *text != '\0' && len + 2 <= SMFI_LINE; text++) {
		if (*text == '%')
			out[len++] = '%';
		out[len++] = *text;
	}
	out[len] = '\0';
}

static sfsistat
send_reply(SMFICTX *ctx, const struct reply *reply)
{
	char text[SMFI_LINE + 1];
	char code[CODE];
	char status[CODE * 2];

	double_percents(reply->text, text);
	(void)snprintf(code, sizeof(code), "%u", reply->code);
	(void)snprintf(status, sizeof(status), "%s", reply->status);
	/* The decision stands; only the words are the MTA's own then. */
	if (smfi_setreply(ctx, code, status, text) != MI_SUCCESS)
		say_error("libmilter does not take the reply \"%s %s ...\"; "
			  "the MTA answers in its own words",
		    code, status);

	return reply->code / 100 == 4 ? SMFIS_TEMPFAIL : SMFIS_REJECT;
}

/* The record is not safe: audit.on_failure says what becomes of it. */
static sfsistat
reply_unrecorded(
    SMFICTX *ctx, const struct session *session, struct reply *reply)
{
	switch (generation_conf(session->generation)->audit.on_failure) {
	case ANSWER_ACCEPT:
		return SMFIS_CONTINUE;
	case ANSWER_REJECT:
		return send_reply(ctx, reply);
	case ANSWER_DEFER:
		break;
	}
	reply->code = 451;
	reply->status = "4.7.1";

	return send_reply(ctx, reply);
}

static enum record_action
action_of(const struct decision *decision, const struct reply *reply)
{
	if (decision->monitor)
		return ACTION_BYPASS_OBSERVED;

	return reply->code / 100 == 4 ? ACTION_BYPASS_DEFERRED
				      : ACTION_BYPASS_REJECTED;
}

static bool
write_refusal(struct session *session, const struct recipient *recipient,
    const struct decision *decision, const struct reply *reply)
{
	struct record record = audit_of_session(session, &session->facts,
	    decision, action_of(decision, reply), reply->id, reply->time_us);
	const char *address = recipient == NULL ? NULL : recipient->address;

	record.rcpts = &address;
	record.nrcpts = recipient == NULL ? 0 : 1;
	record.reply = reply->line;

	return audit_write(&record, true);
}

static sfsistat
refuse(SMFICTX *ctx, struct session *session, const struct recipient *recipient,
    const struct decision *decision)
{
	struct reply reply;
	bool recorded;

	make_reply(session, recipient, decision, &reply);
	recorded = write_refusal(session, recipient, decision, &reply);
	if (decision->monitor)
		return SMFIS_CONTINUE;
	if (!recorded)
		return reply_unrecorded(ctx, session, &reply);

	return send_reply(ctx, &reply);
}

/* Of the client itself: no recipient, and no words of ours. */
static bool
write_client_refusal(struct session *session, const struct decision *decision)
{
	int64_t now = clock_us();
	char id[ULID_TEXT];
	struct record record;

	id_new(now, id);
	record = audit_of_session(session, &session->facts, decision,
	    ACTION_BYPASS_REJECTED, id, now);

	return audit_write(&record, true);
}

sfsistat
answer_connect(struct session *session, const struct decision *decision)
{
	enum answer unrecorded =
	    generation_conf(session->generation)->audit.on_failure;
	bool recorded = write_client_refusal(session, decision);

	/* Let in, it is judged once more with each recipient. */
	if (!recorded && unrecorded == ANSWER_ACCEPT)
		return SMFIS_CONTINUE;
	session->answered = true;

	return recorded || unrecorded == ANSWER_REJECT ? SMFIS_REJECT
						       : SMFIS_TEMPFAIL;
}

/* A decision that is none, in the words of no policy. */
static bool
decide_failed(const struct session *session, struct decision *decision)
{
	static char status[] = "5.7.1";
	static char text[] = "This cannot be judged (ref %{id})";
	static const struct reply_form form = { 550, status, text };
	const struct rules *rules = session_rules(session);

	memset(decision, 0, sizeof(*decision));
	decision->verdict =
	    rules->on_error == ANSWER_DEFER ? VERDICT_DEFER : VERDICT_REJECT;
	decision->monitor = rules->mode == MODE_MONITOR;
	decision->stage = session->facts.stage;
	decision->reason = REASON_UNDECIDABLE;
	decision->reply = &form;

	return rules->on_error != ANSWER_ACCEPT;
}

sfsistat
reply_failed(SMFICTX *ctx, struct session *session,
    const struct recipient *recipient, const char *why)
{
	static _Atomic int64_t last;
	struct decision decision;

	if (say_may(&last, 10))
		say_error("%s; answered as on_error says", why);
	if (!decide_failed(session, &decision))
		return SMFIS_CONTINUE;

	return refuse(ctx, session, recipient, &decision);
}

sfsistat
answer(SMFICTX *ctx, struct session *session, const struct recipient *recipient,
    const struct decision *decision)
{
	switch (decision->verdict) {
	case VERDICT_ACCEPT:
		/* SMFIS_ACCEPT would end our say on later recipients. */
		return SMFIS_CONTINUE;
	case VERDICT_OPEN:
		return reply_failed(
		    ctx, session, recipient, "a policy is undecided at RCPT");
	case VERDICT_DEFER:
	case VERDICT_REJECT:
		break;
	}

	return refuse(ctx, session, recipient, decision);
}
