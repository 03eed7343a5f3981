/* SPDX-License-Identifier: ISC */
/*
 * explain.h - what is there to say of a verdict?
 *
 * explained.c judges, got.c, wanted.c and why.c find the words,
 * explain_json.c and explain_text.c print; explain.c and the cases of `check`
 * ask.
 */
#ifndef POSTERN_POSTERN_EXPLAIN_H
#define POSTERN_POSTERN_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "lists/generation.h"
#include "policy/decide.h"
#include "policy/reply.h"
#include "postern/seen.h"
#include "postern/texts.h"

/* What becomes of one recipient, or of the client under one policy. */
struct explained {
	bool has_address; /* a recipient was given */
	struct recipient recipient;
	struct facts facts; /* that were judged: with the recipient */
	/* What cannot be told has the verdict of on_error. */
	struct decision decision;
	enum stage decided; /* STAGE_RCPT: no header could change it */
	/* that was asked, even where it does not judge; NULL: none */
	const struct policy *policy;
	/* "" where it is let in, if only to be held or marked */
	char reply[REPLY_LINE];
};

struct explanation {
	const struct generation *generation;
	const struct rules *rules;
	struct facts facts; /* of the client */
	const struct seen *seen;
	struct explained *items;
	size_t count;
	enum verdict verdict; /* the worst of theirs */
};

/*
 * Judges each of these recipients or, where there are none, asks each policy
 * what it says of the client: of a table, the row that is nearest to letting
 * it in.  The generation, what was seen, and what the facts borrow, must
 * outlive it.
 */
void explanation_init(struct explanation *explanation,
    const struct generation *generation, const struct facts *facts,
    const struct seen *seen, const struct texts *rcpts);
void explanation_done(struct explanation *explanation);

/* Was this policy's allow list looked at?  Else a client is let in before. */
bool explained_is_judged(const struct explained *item);
/* A word: event.reason of a refusal, else why nobody judges; "" for none. */
const char *explained_reason(const struct explained *item);
/* The same of a ground; "" for GROUND_JUDGED. */
const char *ground_word(enum ground ground);
/* What is done about a refusal; "" where nobody would refuse. */
const char *explained_action(const struct explained *item);

/* What there was, and what the condition wants, in words. */
void got_add(const struct explanation *explanation, const struct facts *facts,
    const struct condition *condition, struct buf *out);
void wanted_add(const struct explanation *explanation,
    const struct entry *entry, const struct policy *policy,
    const struct condition *condition, struct buf *out);
/* "AS64500 (Example Networks)", "DE", or why there is none */
void asn_add(const struct geo *geo, struct buf *out);
void country_add(const struct geo *geo, struct buf *out);
/* "in head-office, mimecast-eu" or "in no source" */
void sources_add(const struct explanation *explanation,
    const struct facts *facts, struct buf *out);
/* Why a refusal is one, and what it would have taken; texts as they are. */
void why_add(const struct explanation *explanation,
    const struct explained *item, struct buf *out);

void explain_json(const struct explanation *explanation, struct buf *out);
void explain_text(
    const struct explanation *explanation, bool colour, struct buf *out);

#endif
