/* SPDX-License-Identifier: ISC */
/* message.c - what becomes of a message, once its header is known? */
#include "config.h"

#include "posternd/message.h"

#include <stdlib.h>

#include "base/mem.h"
#include "posternd/accepted.h"
#include "posternd/change.h"
#include "posternd/refuse.h"
#include "posternd/ruling.h"

/* Does the MTA wait for what we say at the end of the headers? */
static bool
is_heard(const struct session *session)
{
	return session_judges_messages(session) && session->protocol != 0 &&
	    (session->protocol & SMFIP_NR_EOH) == 0;
}

/* Heard at the end of the headers, "accept" saves the end of the message. */
static sfsistat
pass(struct rulings *rulings, bool over)
{
	rulings_record_watched(rulings);
	accepted_record(rulings->session);

	return !over && is_heard(rulings->session) ? SMFIS_ACCEPT
						   : SMFIS_CONTINUE;
}

static sfsistat
refuse_all(SMFICTX *ctx, struct rulings *rulings)
{
	struct refusal refusal;

	rulings_begin(rulings, rulings_action(rulings), &refusal);
	rulings_refusal(rulings, &refusal);
	if (!rulings_record(rulings, &refusal))
		return refuse_unrecorded(ctx, rulings->session, &refusal);

	return refusal_send(ctx, &refusal);
}

static void
remember(const struct rulings *rulings)
{
	struct apart *recipients = mem_new(rulings->count, sizeof(*recipients));

	for (size_t i = 0; i < rulings->count; i++) {
		const struct taken *taken = rulings->items[i].taken;

		recipients[i].address = taken->address;
		recipients[i].class = taken->class;
	}
	apart_remember(
	    session_sender(rulings->session), recipients, rulings->count);
	free(recipients);
}

/* Deferred, for its recipients to come apart. */
static sfsistat
part(SMFICTX *ctx, struct rulings *rulings)
{
	static char status[] = "4.7.1";
	static char text[] =
	    "The recipients of this message need different answers; send it to "
	    "them in separate transactions (ref %{id})";
	static const struct reply_form form = { 451, status, text };
	struct refusal refusal;
	sfsistat answer;

	rulings_begin(rulings, ACTION_BYPASS_DEFERRED, &refusal);
	refusal_make_own(&form, &refusal);
	if (rulings_record(rulings, &refusal))
		answer = refusal_send(ctx, &refusal);
	else
		answer = refuse_unrecorded(ctx, rulings->session, &refusal);
	if (answer != SMFIS_CONTINUE)
		remember(rulings);

	return answer;
}

static bool
change(SMFICTX *ctx, const struct rulings *rulings, const char *id)
{
	const struct session *session = rulings->session;
	const struct ruling *first = &rulings->items[0];

	if (first->effect == EFFECT_HOLD)
		return change_hold(ctx, &first->decision, id);

	return change_mark(
	    ctx, &first->decision, id, session->facts.evidence->marks);
}

/* At the end of the message. */
static sfsistat
let_in_changed(SMFICTX *ctx, struct rulings *rulings)
{
	enum record_action action = rulings_effect(rulings) == EFFECT_HOLD
	    ? ACTION_BYPASS_QUARANTINED
	    : ACTION_BYPASS_MARKED;
	sfsistat answer = SMFIS_CONTINUE;
	struct refusal refusal;

	rulings_begin(rulings, action, &refusal);
	rulings_refusal(rulings, &refusal);
	refusal.line[0] = '\0'; /* it is not said */
	if (!rulings_record(rulings, &refusal))
		answer = refuse_unrecorded(ctx, rulings->session, &refusal);
	if (answer != SMFIS_CONTINUE || change(ctx, rulings, refusal.id))
		return answer;

	rulings_fail(rulings, "the MTA does not take what changes a message");

	return rulings_effect(rulings) == EFFECT_PASS
	    ? pass(rulings, true)
	    : refuse_all(ctx, rulings);
}

static sfsistat
do_effect(SMFICTX *ctx, struct rulings *rulings, bool over)
{
	switch (rulings_effect(rulings)) {
	case EFFECT_PASS:
		return pass(rulings, over);
	case EFFECT_REFUSE:
		return refuse_all(ctx, rulings);
	case EFFECT_HOLD:
	case EFFECT_MARK:
		break;
	}

	return let_in_changed(ctx, rulings);
}

/* Those who agree on what can only be done at its end wait for that. */
static bool
waits(const struct rulings *rulings, bool over)
{
	enum effect effect = rulings_effect(rulings);

	return !over && !rulings_differ(rulings) &&
	    (effect == EFFECT_HOLD || effect == EFFECT_MARK);
}

sfsistat
message_answer(SMFICTX *ctx, struct session *session, bool over)
{
	struct transaction *transaction = &session->transaction;
	sfsistat answer = SMFIS_CONTINUE;
	struct rulings rulings;

	rulings_init(&rulings, session);
	if (!waits(&rulings, over)) {
		if (rulings_differ(&rulings))
			answer = part(ctx, &rulings);
		else {
			answer = do_effect(ctx, &rulings, over);
			apart_answered(&transaction->turn);
		}
		transaction_clear(transaction);
	}
	rulings_done(&rulings);

	return answer;
}
