/* SPDX-License-Identifier: ISC */
/* explained.c - what becomes of a client's mail? */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "postern/explain.h"

/* What defers answers this, in the policy's words (contract, section 2). */
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

/* The reply as the sender would read it; the reference is made then. */
static void
set_reply(const struct explanation *explanation, struct explained *item)
{
	const struct reply_form *form = item->decision.reply;
	bool defer = item->decision.verdict == VERDICT_DEFER;
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
	if (form == NULL)
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

static void
finish_item(struct explanation *explanation, struct explained *item)
{
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

static void
ask_policy(struct explanation *explanation, const struct policy *policy)
{
	struct explained *item = add_item(explanation, NULL);
	enum ground exempt = policy_exempt(explanation->rules, &item->facts);

	item->policy = policy;
	policy_decide_one(
	    explanation->rules, &item->facts, policy, &item->decision);
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
    const struct texts *rcpts)
{
	const struct rules *rules = generation_rules(generation);

	*explanation = (struct explanation){
		.generation = generation,
		.rules = rules,
		.facts = *facts,
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
