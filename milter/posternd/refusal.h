/* SPDX-License-Identifier: ISC */
/* refusal.h - in which words is mail refused? */
#ifndef POSTERN_POSTERND_REFUSAL_H
#define POSTERN_POSTERND_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

#include <libmilter/mfapi.h>

#include "base/ulid.h"
#include "policy/decide.h"
#include "policy/reply.h"
#include "posternd/flood.h"
#include "posternd/session.h"

enum {
	REFUSAL_CODE = 4 /* three digits and the terminator */
};

/* A refusal as the sender gets it. */
struct refusal {
	char id[ULID_TEXT]; /* the reference, event.id of its record */
	int64_t time_us;
	enum record_action action; /* of its record */
	struct folding folding;    /* does that stand for itself? */
	char code[REFUSAL_CODE];
	char *status;          /* of the rules, or ours */
	char text[REPLY_TEXT]; /* as the sender is told */
	/* for the record, with as much of addresses as may stand there:
	 * "550 5.7.1 ..."; "": none */
	char line[REPLY_LINE];
};

/* Is it answered 4xx? */
bool refusal_defers(const struct decision *decision);

/* Only a name and a time: it leaves no record. */
void refusal_name(struct refusal *refusal);
/*
 * The same for so many records of that action: its name is that of another
 * where it folds (flood_fold()).  refuse_record() must follow; without words
 * before it where nobody is told, or in no words of ours.
 */
void refusal_begin(struct session *session, enum record_action action,
    uint64_t records, struct refusal *refusal);

/* Its words, of a decision with a reply; recipient NULL: before RCPT. */
void refusal_make(struct session *session, const struct recipient *recipient,
    const struct decision *decision, struct refusal *refusal);

/* Words of our own, where no policy speaks; of variables: %{id}. */
void refusal_make_own(const struct reply_form *form, struct refusal *refusal);

/* What a deferral bears, whatever the policy says (451 4.7.1). */
void refusal_defer(struct refusal *refusal);

/* Hands it to libmilter; what the callback is to return. */
sfsistat refusal_send(SMFICTX *ctx, const struct refusal *refusal);

#endif
