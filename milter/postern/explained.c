/* SPDX-License-Identifier: ISC */
/* explained.c - what becomes of a client's mail? */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "policy/nearest.h"
#include "postern/explain.h"

/*
 * What defers answers this, in the policy's words (contract, section 2),
 * unless that is what its `action` says.
 */
static const unsigned defer_code = 451;
static const char defer_status[] = "4.7.1";

bool
explained_is_judged(const struct explained *item)
{
	return item->policy != NULL && item->decision.ground == GROUND_JUDGED;
}

const char *
ground_word(enum ground ground)
{
	static const char *const words[] = { "", "trusted", "authenticated",
		"originating", "always", "unlisted" };

	return words[ground];
}

const char *
explained_reason(const struct explained *item)
{
	if (item->decision.reason != REASON_NONE)
		return reason_text(item->decision.reason);

	return ground_word(item->decision.ground);
}

const char *
explained_action(const struct explained *item)
{
	if (item->policy != NULL)
		return measure_text(item->policy->measure);

	return item->decision.reply == NULL ? "" : measure_text(MEASURE_REJECT);
}

/* The reply as the sender would read it; the reference is made then. */
static void
set_reply(const struct explanation *explanation, struct explained *item)
{
	const struct decision *decision = &item->decision;
	const struct reply_form *form = decision->reply;
	bool defer = decision->verdict == VERDICT_DEFER &&
	    decision->measure != MEASURE_DEFER;
	char addr[ADDR_TEXT], text[REPLY_TEXT];
	/* without a recipient the variables stay what they are */
	struct reply_values values = {
		.id = "...",
		.client = addr_text(&item->facts.addr, addr),
		.rcpt = "%{rcpt}",
		.domain = "%{domain}",
		.policy = item->policy == NULL ? NULL : item->policy->name,
	};

	item->reply[0] = '\0';
	if (form == NULL || decision->verdict == VERDICT_ACCEPT ||
	    decision->measure >= MEASURE_QUARANTINE)
		return;
	if (item->has_address) {
		values.rcpt = item->recipient.address;
		values.domain = decision_domain(
		    &item->decision, explanation->rules, &item->recipient);
	}
	reply_text(form, &values, text);
	(void)snprintf(item->reply, sizeof(item->reply), "%u %s %s",
	    defer ? defer_code : form->code,
	    defer ? defer_status : form->status, text);
}

/* rcpt NULL: the recipient that nobody is. */
static struct explained *
add_item(struct explanation *explanation, const char *rcpt)
{
	struct explained *item = &explanation->items[explanation->count++];

	item->has_address = rcpt != NULL;
	recipient_parse(rcpt == NULL ? "" : rcpt, &item->recipient);
	item->facts = explanation->facts;
	item->facts.recipient = &item->recipient;

	return item;
}

/* A policy is decided at the first stage at which it is known. */
static enum stage
decided_at(const struct rules *rules, const struct explained *item)
{
	struct facts facts = item->facts;

	facts.stage = STAGE_RCPT;

	return explained_is_judged(item) &&
		policy_match(rules, item->policy, &facts) == MATCH_OPEN
	    ? STAGE_HEADERS
	    : STAGE_RCPT;
}

static void
finish_item(struct explanation *explanation, struct explained *item)
{
	struct decision *decision = &item->decision;

	item->decided = decided_at(explanation->rules, item);
	if (decision->verdict == VERDICT_UNKNOWN) {
		decision->verdict =
		    verdict_of_answer(explanation->rules->on_error);
		/* no action is taken on what nobody can tell */
		decision->measure = MEASURE_REJECT;
	}
	set_reply(explanation, item);
	if (item->decision.verdict > explanation->verdict)
		explanation->verdict = item->decision.verdict;
}

static void
judge_recipient(struct explanation *explanation, const char *rcpt)
{
	struct explained *item = add_item(explanation, rcpt);

	policy_decide(explanation->rules, &item->facts, &item->recipient,
	    &item->decision);
	item->facts.domain = item->decision.domain;
	item->policy = item->decision.policy;
	finish_item(explanation, item);
}

static bool
is_better(const struct rules *rules, const struct facts *facts,
    const struct decision *a, const struct decision *b)
{
	if (a->verdict != b->verdict)
		return a->verdict < b->verdict;

	return nearest_is_nearer(rules, a, b, facts);
}

/* The row of the table that lets the client in, or comes nearest to it. */
static const struct policy *
best_row(const struct rules *rules, const struct facts *facts,
    const struct policy *policy)
{
	const struct policy *found = NULL;
	struct decision best;

	for (size_t i = 0; i < rules->nrows; i++) {
		const struct policy *row = &rules->rows[i];
		struct decision one;

		if (row->name != policy->name) /* a row borrows its policy's */
			continue;
		policy_decide_one(rules, facts, row, &one);
		if (found == NULL || is_better(rules, facts, &one, &best)) {
			found = row;
			best = one;
		}
		if (best.verdict == VERDICT_ACCEPT)
			break;
	}

	return found == NULL ? policy : found; /* an empty table has none */
}

static void
ask_policy(struct explanation *explanation, const struct policy *policy)
{
	const struct rules *rules = explanation->rules;
	struct explained *item = add_item(explanation, NULL);
	enum ground exempt = policy_exempt(rules, &item->facts);

	item->policy = policy->table && exempt == GROUND_JUDGED
	    ? best_row(rules, &item->facts, policy)
	    : policy;
	policy_decide_one(rules, &item->facts, item->policy, &item->decision);
	if (exempt != GROUND_JUDGED) {
		item->decision.verdict = VERDICT_ACCEPT;
		item->decision.ground = exempt;
		item->decision.reason = REASON_NONE;
		item->decision.near_miss = false;
		item->decision.reply = NULL;
	}
	finish_item(explanation, item);
}

void
explanation_init(struct explanation *explanation,
    const struct generation *generation, const struct facts *facts,
    const struct seen *seen, const struct texts *rcpts)
{
	const struct rules *rules = generation_rules(generation);

	*explanation = (struct explanation){
		.generation = generation,
		.rules = rules,
		.facts = *facts,
		.seen = seen,
		.verdict = VERDICT_ACCEPT,
	};
	explanation->items = mem_new(
	    rcpts->count + rules->npolicies, sizeof(explanation->items[0]));
	for (size_t i = 0; i < rcpts->count; i++)
		judge_recipient(explanation, rcpts->items[i]);
	for (size_t i = 0; rcpts->count == 0 && i < rules->npolicies; i++)
		ask_policy(explanation, &rules->policies[i]);
}

void
explanation_done(struct explanation *explanation)
{
	free(explanation->items);
	explanation->items = NULL;
	explanation->count = 0;
}
