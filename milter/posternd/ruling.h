/* SPDX-License-Identifier: ISC */
/*
 * ruling.h - what does each recipient of a message come to?
 *
 * Once its header is known.  Borrows from the session, and holds for one
 * callback.
 */
#ifndef POSTERN_POSTERND_RULING_H
#define POSTERN_POSTERND_RULING_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/decide.h"
#include "policy/record.h"
#include "posternd/refusal.h"
#include "posternd/session.h"

enum effect {
	EFFECT_PASS,
	EFFECT_REFUSE,
	EFFECT_HOLD, /* let in, but kept back from delivery */
	EFFECT_MARK  /* let in, with a header that says so */
};

struct ruling {
	struct taken *taken;
	struct decision decision;
	enum effect effect;
	bool due; /* to be written down */
};

/* Of each that was taken, in their order. */
struct rulings {
	struct session *session;
	struct ruling *items;
	size_t count;
};

/* What the MTA cannot do is decided as on_error. */
void rulings_init(struct rulings *rulings, struct session *session);
void rulings_done(struct rulings *rulings);

/* What was to be held or marked could not be: it is decided as on_error. */
void rulings_fail(struct rulings *rulings, const char *why);

bool rulings_differ(const struct rulings *rulings);
/* The answer of those that agree. */
enum effect rulings_effect(const struct rulings *rulings);

/* By what name is it written down that all are refused? */
enum record_action rulings_action(const struct rulings *rulings);

/* Begins a refusal for all those that do not pass (refusal_begin()). */
void rulings_begin(const struct rulings *rulings, enum record_action action,
    struct refusal *refusal);
/* In the words of the first recipient with the mildest code (4xx, 5xx). */
void rulings_refusal(const struct rulings *rulings, struct refusal *refusal);

/*
 * Writes down those that do not pass, a record for each policy, with this
 * refusal.  False: one of them is not safe.
 */
bool rulings_record(struct rulings *rulings, const struct refusal *refusal);
/* The same of those that pass although their policy says no. */
void rulings_record_watched(struct rulings *rulings);

#endif
