/* SPDX-License-Identifier: ISC */
/* refusal.c - in which words is mail refused? */
#include "config.h"

#include "posternd/refusal.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "lists/generation.h"
#include "posternd/clock.h"
#include "posternd/pseudonym.h"
#include "posternd/say.h"

enum {
	SMFI_LINE = 980 /* libmilter's MAXREPLYLEN; Postfix logs cut ones */
};

/* As it may be written down; a domain that hid in a local part is of that. */
static const char *
shown_domain(const struct privacy *privacy, const struct recipient *recipient,
    const char *domain)
{
	bool hidden = recipient->everywhere || domain != recipient->domains[0];

	return privacy != NULL && domain != NULL && hidden ? "*" : domain;
}

/* privacy NULL: as the sender is told. */
static void
make_text(struct session *session, const struct recipient *recipient,
    const struct decision *decision, const struct privacy *privacy,
    const char *id, char out[REPLY_TEXT])
{
	const struct rules *rules = session_rules(session);
	char client[ADDR_TEXT];
	struct buf rcpt;
	struct reply_values values = {
		.id = id,
		.client = addr_text(&session->facts.addr, client),
		.policy = decision->policy ? decision->policy->name : NULL,
	};

	buf_init(&rcpt);
	if (recipient != NULL) {
		privacy_add_address(privacy, recipient->address, &rcpt);
		values.rcpt = buf_text(&rcpt);
		values.domain = shown_domain(privacy, recipient,
		    decision_domain(decision, rules, recipient));
	}
	reply_text(decision->reply, &values, out);
	buf_done(&rcpt);
}

/* Appends text and a byte behind it; what has no room is cut. */
static char *
put(char *at, const char *end, const char *text, char behind)
{
	size_t len = strnlen(text, (size_t)(end - at) - 1);

	memcpy(at, text, len);
	at[len] = behind;

	return at + len + 1;
}

static void
make_line(struct refusal *refusal, const char *text)
{
	const char *end = refusal->line + sizeof(refusal->line);
	char *at = put(refusal->line, end, refusal->code, ' ');

	at = put(at, end, refusal->status, ' ');
	(void)put(at, end, text, '\0'); /* all is there */
}

/* As reply_check_code() has it: three digits. */
static void
set_code(struct refusal *refusal, unsigned code)
{
	assert(code >= 100 && code <= 999);
	for (int i = REFUSAL_CODE - 2; i >= 0; i--, code /= 10)
		refusal->code[i] = (char)('0' + code % 10);
	refusal->code[REFUSAL_CODE - 1] = '\0';
}

void
refusal_defer(struct refusal *refusal)
{
	static char status[] = "4.7.1";

	set_code(refusal, 451);
	refusal->status = status;
}

bool
refusal_defers(const struct decision *decision)
{
	return decision->verdict == VERDICT_DEFER ||
	    decision->reply->code / 100 == 4;
}

void
refusal_name(struct refusal *refusal)
{
	memset(refusal, 0, sizeof(*refusal));
	refusal->time_us = clock_us();
	id_new(refusal->time_us, refusal->id);
}

void
refusal_begin(struct session *session, enum record_action action,
    uint64_t records, struct refusal *refusal)
{
	refusal_name(refusal);
	refusal->action = action;
	refusal->folding =
	    flood_fold(action, &session->facts.addr, records, refusal->id);
}

void
refusal_make(struct session *session, const struct recipient *recipient,
    const struct decision *decision, struct refusal *refusal)
{
	const struct privacy *privacy =
	    pseudonym_of(generation_conf(session->generation));
	char shown[REPLY_TEXT];

	assert(decision->reply != NULL);
	set_code(refusal, decision->reply->code);
	refusal->status = decision->reply->status;
	/* What defers by its `action` does so in its own code. */
	if (decision->verdict == VERDICT_DEFER &&
	    decision->measure != MEASURE_DEFER)
		refusal_defer(refusal);
	make_text(
	    session, recipient, decision, NULL, refusal->id, refusal->text);
	if (privacy == NULL) {
		make_line(refusal, refusal->text);
		return;
	}
	make_text(session, recipient, decision, privacy, refusal->id, shown);
	make_line(refusal, shown);
}

void
refusal_make_own(const struct reply_form *form, struct refusal *refusal)
{
	const struct reply_values values = { .id = refusal->id };

	set_code(refusal, form->code);
	refusal->status = form->status;
	reply_text(form, &values, refusal->text);
	make_line(refusal, refusal->text);
}

/* Each % twice (libmilter reads formats), no longer than libmilter takes. */
static void
double_percents(const char *text, char out[SMFI_LINE + 1])
{
	size_t len = strcspn(text, "%"); /* REPLY_TEXT is less than SMFI_LINE */

	memcpy(out, text, len);
	for (text += len; *text != '\0' && len + 2 <= SMFI_LINE; text++) {
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
	char code[REFUSAL_CODE];

	double_percents(refusal->text, text);
	memcpy(code, refusal->code, sizeof(code)); /* it takes a char * */
	/* The decision stands; only the words are the MTA's own then. */
	if (smfi_setreply(ctx, code, refusal->status, text) != MI_SUCCESS)
		say_error("libmilter does not take the reply \"%s %s ...\"; "
			  "the MTA answers in its own words",
		    code, refusal->status);

	return code[0] == '4' ? SMFIS_TEMPFAIL : SMFIS_REJECT;
}
