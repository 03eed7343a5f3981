/* SPDX-License-Identifier: ISC */
/* explain.h - what is there to say of a verdict?  (explain.c and its parts) */
#ifndef POSTERN_POSTERN_EXPLAIN_H
#define POSTERN_POSTERN_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "lists/generation.h"
#include "policy/decide.h"
#include "policy/reply.h"

/* What becomes of one recipient, or of the client under one policy. */
struct explained {
	char *address; /* NULL: no recipient was given */
	struct decision decision;
	/* that was asked, even where it does not judge; NULL: none */
	const struct policy *policy;
	char reply[REPLY_LINE]; /* "" where it is let in */
};

struct explanation {
	const struct generation *generation;
	const struct rules *rules;
	const struct facts *facts;
	struct explained *items;
	size_t count;
	enum verdict verdict; /* the worst of theirs */
};

/* Was this policy's allow list looked at?  Else a client is let in before. */
bool explained_is_judged(const struct explained *item);
/* A word: event.reason of a refusal, else why nobody judges; "" for none. */
const char *explained_reason(const struct explained *item);

/* What there was, and what the condition wants, in words. */
void got_add(const struct explanation *explanation,
    const struct condition *condition, struct buf *out);
void wanted_add(const struct explanation *explanation,
    const struct entry *entry, const struct policy *policy,
    const struct condition *condition, struct buf *out);
/* "in head-office, mimecast-eu" or "in no source" */
void sources_add(const struct explanation *explanation, struct buf *out);

void explain_json(const struct explanation *explanation, struct buf *out);
void explain_text(
    const struct explanation *explanation, bool colour, struct buf *out);

#endif
