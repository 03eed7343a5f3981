/* SPDX-License-Identifier: ISC */
/* refusal.c - in which words is mail refused? */
#include "config.h"

#include "posternd/refusal.h"

#include <assert.h>
#include <stdio.h>

#include "posternd/clock.h"
#include "posternd/say.h"

enum {
	CODE = 8,
	SMFI_LINE = 980 /* libmilter's MAXREPLYLEN; Postfix logs cut ones */
};

static void
make_text(struct session *session, const struct recipient *recipient,
    const struct decision *decision, struct refusal *refusal)
{
	const struct rules *rules = session_rules(session);
	char client[ADDR_TEXT];
	struct reply_values values = {
		.id = refusal->id,
		.client = addr_text(&session->facts.addr, client),
		.policy = decision->policy ? decision->policy->name : NULL,
	};

	if (recipient != NULL) {
		values.rcpt = recipient->address;
		values.domain = decision_domain(decision, rules, recipient);
	}
	reply_text(decision->reply, &values, refusal->text);
}

static void
make_line(struct refusal *refusal)
{
	(void)snprintf(refusal->line, sizeof(refusal->line), "%u %s %s",
	    refusal->code, refusal->status, refusal->text);
}

void
refusal_defer(struct refusal *refusal)
{
	refusal->code = 451;
	refusal->status = "4.7.1";
}

void
refusal_make(struct session *session, const struct recipient *recipient,
    const struct decision *decision, struct refusal *refusal)
{
	assert(decision->reply != NULL);
	refusal->time_us = clock_us();
	id_new(refusal->time_us, refusal->id);
	refusal->code = decision->reply->code;
	refusal->status = decision->reply->status;
	if (decision->verdict == VERDICT_DEFER)
		refusal_defer(refusal);
	make_text(session, recipient, decision, refusal);
	make_line(refusal);
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

sfsistat
refusal_send(SMFICTX *ctx, const struct refusal *refusal)
{
	char text[SMFI_LINE + 1];
	char code[CODE];
	char status[CODE * 2];

	double_percents(refusal->text, text);
	(void)snprintf(code, sizeof(code), "%u", refusal->code);
	(void)snprintf(status, sizeof(status), "%s", refusal->status);
	/* The decision stands; only the words are the MTA's own then. */
	if (smfi_setreply(ctx, code, status, text) != MI_SUCCESS)
		say_error("libmilter does not take the reply \"%s %s ...\"; "
			  "the MTA answers in its own words",
		    code, status);

	return refusal->code / 100 == 4 ? SMFIS_TEMPFAIL : SMFIS_REJECT;
}
