/* SPDX-License-Identifier: ISC */
/* ruling.c - what does each recipient of a message come to? */
#include "config.h"

#include "posternd/ruling.h"

#include <stdlib.h>
#include <string.h>

#include <libmilter/mfapi.h>

#include "base/mem.h"
#include "posternd/accepted.h"
#include "posternd/audit.h"
#include "posternd/change.h"
#include "posternd/failed.h"
#include "posternd/refuse.h"

static enum effect
effect_of(const struct decision *decision)
{
	if (!decision_refuses(decision))
		return EFFECT_PASS;
	switch (decision->measure) {
	case MEASURE_REJECT:
	case MEASURE_DEFER:
		break;
	case MEASURE_QUARANTINE:
		return EFFECT_HOLD;
	case MEASURE_MARK:
		return EFFECT_MARK;
	}

	return EFFECT_REFUSE;
}

/* NULL, or words for the admin: what the MTA does not offer. */
static const char *
find_lacking(const struct session *session, enum effect effect)
{
	unsigned long needed = effect == EFFECT_HOLD ? SMFIF_QUARANTINE
	    : effect == EFFECT_MARK                  ? NEEDED_TO_MARK
						     : 0UL;

	if ((session->actions & needed) == needed)
		return NULL;

	return effect == EFFECT_HOLD
	    ? "the MTA does not let filters quarantine"
	    : "the MTA does not let filters change headers";
}

static void
set(struct ruling *ruling)
{
	const struct decision *decision = &ruling->decision;

	ruling->effect = effect_of(decision);
	ruling->due = decision->verdict != VERDICT_ACCEPT ||
	    decision->reason == REASON_UNDECIDABLE;
}

/* Why the policy says no stays on the record. */
static void
fail(struct session *session, struct ruling *ruling, const char *why)
{
	struct decision *decision = &ruling->decision;
	const struct decision before = *decision;

	failed_decide(session, before.policy, why, decision);
	memcpy(decision->failing, before.failing, sizeof(before.failing));
	decision->count = before.count;
	set(ruling);
}

/* So many copies are no mail of anyone, and would keep the MTA busy. */
static void
refuse_many_marks(const struct session *session, struct ruling *ruling)
{
	if (ruling->effect == EFFECT_MARK &&
	    session->facts.evidence->marks > CHANGE_MARKS)
		ruling->effect = EFFECT_REFUSE;
}

/* Of one that waits. */
static void
rule(struct session *session, struct ruling *ruling)
{
	struct decision *decision = &ruling->decision;
	struct recipient recipient;
	const char *lacking;

	recipient_parse(ruling->taken->argument, &recipient);
	policy_decide(
	    session_rules(session), &session->facts, &recipient, decision);
	ruling->taken->policy = accepted_under(session, decision);
	set(ruling);
	refuse_many_marks(session, ruling);
	lacking = find_lacking(session, ruling->effect);
	if (lacking != NULL)
		fail(session, ruling, lacking);
	if (decision->verdict == VERDICT_UNKNOWN ||
	    decision->verdict == VERDICT_OPEN)
		fail(session, ruling,
		    "a policy cannot be told at the end of the headers");
}

void
rulings_init(struct rulings *rulings, struct session *session)
{
	struct transaction *transaction = &session->transaction;

	rulings->session = session;
	rulings->count = transaction->count;
	rulings->items = mem_new(rulings->count, sizeof(rulings->items[0]));
	for (size_t i = 0; i < rulings->count; i++) {
		struct ruling *ruling = &rulings->items[i];

		ruling->taken = &transaction->taken[i];
		if (ruling->taken->argument != NULL)
			rule(session, ruling);
	}
}

void
rulings_done(struct rulings *rulings)
{
	free(rulings->items);
}

void
rulings_fail(struct rulings *rulings, const char *why)
{
	for (size_t i = 0; i < rulings->count; i++)
		if (rulings->items[i].effect != EFFECT_PASS)
			fail(rulings->session, &rulings->items[i], why);
}

bool
rulings_differ(const struct rulings *rulings)
{
	for (size_t i = 1; i < rulings->count; i++)
		if (rulings->items[i].effect != rulings->items[0].effect)
			return true;

	return false;
}

enum effect
rulings_effect(const struct rulings *rulings)
{
	return rulings->count == 0 ? EFFECT_PASS : rulings->items[0].effect;
}

static void
refusal_of(const struct rulings *rulings, const struct ruling *ruling,
    struct refusal *refusal)
{
	struct recipient recipient;

	recipient_parse(ruling->taken->argument, &recipient);
	refusal_make(rulings->session, &recipient, &ruling->decision, refusal);
}

static const struct ruling *
mildest_of(const struct rulings *rulings)
{
	for (size_t i = 0; i < rulings->count; i++)
		if (refusal_defers(&rulings->items[i].decision))
			return &rulings->items[i];

	return &rulings->items[0];
}

enum record_action
rulings_action(const struct rulings *rulings)
{
	return refusal_defers(&mildest_of(rulings)->decision)
	    ? ACTION_BYPASS_DEFERRED
	    : ACTION_BYPASS_REJECTED;
}

void
rulings_refusal(const struct rulings *rulings, struct refusal *refusal)
{
	refusal_of(rulings, mildest_of(rulings), refusal);
}

static bool
belongs(const struct ruling *ruling, const struct ruling *first)
{
	return ruling->due &&
	    (ruling->effect == EFFECT_PASS) == (first->effect == EFFECT_PASS) &&
	    audit_same_rule(ruling->decision.policy, first->decision.policy);
}

static bool
is_refused(const struct ruling *ruling)
{
	return ruling->due && ruling->effect != EFFECT_PASS;
}

/* Has none before it the same policy? */
static bool
is_first(const struct rulings *rulings, size_t number)
{
	for (size_t i = 0; i < number; i++)
		if (belongs(&rulings->items[i], &rulings->items[number]))
			return false;

	return true;
}

void
rulings_begin(const struct rulings *rulings, enum record_action action,
    struct refusal *refusal)
{
	uint64_t records = 0;

	for (size_t i = 0; i < rulings->count; i++)
		if (is_refused(&rulings->items[i]) && is_first(rulings, i))
			records++;
	refusal_begin(rulings->session, action, records, refusal);
}

/* Of the policy of number first, with all its recipients. */
static bool
record_policy(
    struct rulings *rulings, size_t first, const struct refusal *refusal)
{
	const struct ruling *named = &rulings->items[first];
	const char **rcpts = mem_new(rulings->count, sizeof(rcpts[0]));
	size_t count = 0;
	bool written;

	for (size_t i = first; i < rulings->count; i++)
		if (belongs(&rulings->items[i], named)) {
			rcpts[count++] = rulings->items[i].taken->address;
			rulings->items[i].due = i == first;
		}
	rulings->items[first].due = false;
	written = refuse_record(
	    rulings->session, &named->decision, refusal, rcpts, count);
	free(rcpts);

	return written;
}

bool
rulings_record(struct rulings *rulings, const struct refusal *refusal)
{
	bool all = true;

	for (size_t i = 0; i < rulings->count; i++)
		if (is_refused(&rulings->items[i]) &&
		    !record_policy(rulings, i, refusal))
			all = false;

	return all;
}

void
rulings_record_watched(struct rulings *rulings)
{
	for (size_t i = 0; i < rulings->count; i++) {
		const struct ruling *ruling = &rulings->items[i];
		struct refusal refusal;

		if (!ruling->due || ruling->effect != EFFECT_PASS)
			continue;
		refusal_begin(
		    rulings->session, ACTION_BYPASS_OBSERVED, 1, &refusal);
		if (ruling->decision.verdict != VERDICT_ACCEPT)
			/* as it would have been */
			refusal_of(rulings, ruling, &refusal);
		/* It passes, written down or not. */
		(void)record_policy(rulings, i, &refusal);
	}
}
