/* SPDX-License-Identifier: ISC */
/* explain.c - would this client be let in, and why? */
#include "config.h"

#include "postern/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "postern/command.h"
#include "postern/options.h"
#include "postern/say.h"
#include "postern/term.h"
#include "postern/today.h"

struct request {
	const char *path;
	const char *daemon;
	const char *day; /* as given; NULL: today */
	struct texts rcpts;
	bool authenticated;
	bool json;
	struct addr addr;
	int32_t at;
};

bool
explained_is_judged(const struct explained *item)
{
	return item->policy != NULL && item->decision.ground == GROUND_JUDGED;
}

const char *
explained_reason(const struct explained *item)
{
	static const char *const grounds[] = { "", "trusted", "authenticated",
		"originating", "always", "unlisted" };

	if (item->decision.reason != REASON_NONE)
		return reason_text(item->decision.reason);

	return grounds[item->decision.ground];
}

/* The reply as the sender would read it; the reference is made then. */
static void
set_reply(const struct explanation *explanation,
    const struct recipient *recipient, struct explained *item)
{
	const struct reply_form *form = item->decision.reply;
	char addr[ADDR_TEXT], text[REPLY_TEXT];
	/* without a recipient the variables stay what they are */
	struct reply_values values = {
		.id = "...",
		.client = addr_text(&explanation->facts->addr, addr),
		.rcpt = "%{rcpt}",
		.domain = "%{domain}",
		.policy = item->policy == NULL ? NULL : item->policy->name,
	};

	item->reply[0] = '\0';
	if (form == NULL)
		return;
	if (recipient != NULL) {
		values.rcpt = recipient->address;
		values.domain = decision_domain(
		    &item->decision, explanation->rules, recipient);
	}
	reply_text(form, &values, text);
	(void)snprintf(item->reply, sizeof(item->reply), "%u %s %s", form->code,
	    form->status, text);
}

static struct explained *
add_item(struct explanation *explanation)
{
	return &explanation->items[explanation->count++];
}

static void
keep_worst(struct explanation *explanation, enum verdict verdict)
{
	if (verdict > explanation->verdict)
		explanation->verdict = verdict;
}

static void
explain_recipient(struct explanation *explanation, const char *argument)
{
	struct explained *item = add_item(explanation);
	struct recipient recipient;

	recipient_parse(argument, &recipient);
	item->address = mem_text(recipient.address);
	policy_decide(explanation->rules, explanation->facts, &recipient,
	    &item->decision);
	item->policy = item->decision.policy;
	set_reply(explanation, &recipient, item);
	keep_worst(explanation, item->decision.verdict);
}

static void
explain_policy(struct explanation *explanation, const struct policy *policy)
{
	struct explained *item = add_item(explanation);
	enum ground exempt =
	    policy_exempt(explanation->rules, explanation->facts);

	item->policy = policy;
	policy_decide_one(
	    explanation->rules, explanation->facts, policy, &item->decision);
	if (exempt != GROUND_JUDGED) {
		item->decision.verdict = VERDICT_ACCEPT;
		item->decision.ground = exempt;
		item->decision.reason = REASON_NONE;
		item->decision.reply = NULL;
	}
	set_reply(explanation, NULL, item);
	keep_worst(explanation, item->decision.verdict);
}

static int
explain_facts(const struct request *request,
    const struct generation *generation, const struct facts *facts)
{
	struct explanation explanation = {
		.generation = generation,
		.rules = generation_rules(generation),
		.facts = facts,
		.verdict = VERDICT_ACCEPT,
	};
	const struct rules *rules = explanation.rules;
	struct buf out;
	int status;

	explanation.items = mem_new(request->rcpts.count + rules->npolicies,
	    sizeof(explanation.items[0]));
	for (size_t i = 0; i < request->rcpts.count; i++)
		explain_recipient(&explanation, request->rcpts.items[i]);
	for (size_t i = 0; request->rcpts.count == 0 && i < rules->npolicies;
	     i++)
		explain_policy(&explanation, &rules->policies[i]);

	buf_init(&out);
	if (request->json)
		explain_json(&explanation, &out);
	else
		explain_text(&explanation, term_has_colour(), &out);
	status = print_result(&out,
	    explanation.verdict == VERDICT_ACCEPT ? EX_OK : EXIT_NEGATIVE);
	buf_done(&out);
	for (size_t i = 0; i < explanation.count; i++)
		free(explanation.items[i].address);
	free(explanation.items);

	return status;
}

static int
explain(const struct request *request)
{
	struct generation *generation;
	struct diags diags;
	struct facts facts = {
		/* nothing more will come: what is not told is not there */
		.stage = STAGE_HEADERS,
		.today = request->at,
		.addr = request->addr,
		.daemon = request->daemon,
		.login = request->authenticated ? "authenticated" : NULL,
	};
	int status;

	diags_init(&diags);
	generation = generation_load(request->path, today(), &diags);
	if (generation == NULL) {
		say_diags(&diags);
		status = conf_status(request->path);
	} else {
		facts.sets = table_find(
		    generation_rules(generation)->table, &facts.addr);
		status = explain_facts(request, generation, &facts);
	}
	generation_unref(generation);
	diags_done(&diags);

	return status;
}

static int
say_wrong(const struct command *command, const char *what, const char *text,
    const char *cure)
{
	struct buf quoted;

	buf_init(&quoted);
	buf_add_quoted(&quoted, text, SAY_SHOWN);
	(void)say_usage(command, "%s%s %s", what, buf_text(&quoted), cure);
	buf_done(&quoted);

	return EX_USAGE;
}

/* What the operand and the values say, or EX_USAGE. */
static int
read_values(const struct command *command, const struct texts *operands,
    struct request *request)
{
	if (operands->count == 0)
		return say_usage(command, "the client's IP address is missing");
	if (!addr_parse(operands->items[0], &request->addr))
		return say_wrong(command, "", operands->items[0],
		    "is no IP address; write 192.0.2.1 or 2001:db8::1");
	request->at = today();
	if (request->day != NULL && !day_parse(request->day, &request->at))
		return say_wrong(command, "--at: ", request->day,
		    "is no day; write YYYY-MM-DD");
	if (request->path == NULL)
		request->path = DEFAULT_CONF;

	return EX_OK;
}

int
command_explain(const struct command *command, char **argv)
{
	struct request request = { .path = NULL };
	const struct option options[] = {
		{ .name = "-c", .text = &request.path },
		{ .name = "--rcpt", .texts = &request.rcpts },
		{ .name = "--auth", .flag = &request.authenticated },
		{ .name = "--daemon", .text = &request.daemon },
		{ .name = "--at", .text = &request.day },
		{ .name = "--json", .flag = &request.json },
		{ .name = "--from" },
		{ .name = "--host" },
		{ .name = "--helo" },
		{ .name = "--cert" },
		{ .name = "--issuer" },
		{ .name = "--tls" },
		{ .name = "--header" },
		{ .name = "--eml" },
	};
	struct texts operands;
	int status;

	texts_init(&operands);
	texts_init(&request.rcpts);
	if (options_read(command, options, NITEMS(options), &operands, 1, argv,
		&status)) {
		status = read_values(command, &operands, &request);
		if (status == EX_OK)
			status = explain(&request);
	}
	texts_done(&request.rcpts);
	texts_done(&operands);

	return status;
}
