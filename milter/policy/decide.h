/* SPDX-License-Identifier: ISC */
/*
 * decide.h - may this one in?
 *
 * The verdict, and all that explains it.  A decision is a value: it cannot
 * fail, allocates nothing, and borrows from rules and facts.
 */
#ifndef POSTERN_POLICY_DECIDE_H
#define POSTERN_POLICY_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/facts.h"
#include "policy/recipient.h"
#include "policy/rules.h"

/* What a condition, an entry or a policy says. */
enum match {
	MATCH_YES,
	MATCH_CONTRADICTED, /* no, and it cannot become yes */
	MATCH_ABSENT,       /* no, because the evidence is not there */
	MATCH_OPEN,         /* not known yet */
	MATCH_UNKNOWN       /* it cannot be told: a damaged database */
};

/* "yes", "no", "absent", "unknown" */
const char *match_text(enum match match);

enum verdict {
	VERDICT_ACCEPT,
	VERDICT_UNKNOWN, /* it cannot be told: on_error */
	VERDICT_OPEN,    /* not known yet */
	VERDICT_DEFER,
	VERDICT_REJECT
};

/* "accept", "unknown", "open", "defer", "reject" */
const char *verdict_text(enum verdict verdict);

/* What is made of it where a verdict cannot be told: on_error. */
enum verdict verdict_of_answer(enum answer answer);

enum reason {
	REASON_NONE,
#define REASON(symbol, text) REASON_##symbol,
#include "policy/reasons.def"
#undef REASON
};

const char *reason_text(enum reason reason); /* "" for REASON_NONE */
/* The reason of a refusal where this is what the nearest entry lacked. */
enum reason condition_reason(enum condition_key key, enum match match);

/* Why a client is not judged, or let in. */
enum ground {
	GROUND_JUDGED, /* a policy said so, or refuses */
	GROUND_TRUSTED,
	GROUND_AUTHENTICATED,
	GROUND_ORIGINATING,
	GROUND_ALWAYS,
	GROUND_UNLISTED
};

/* Words for a person: "trusted host", ... */
const char *ground_text(enum ground ground);

enum {
	FAILING_MAX = 8 /* a record shows the nearest eight */
};

/* An entry that did not let in, and the condition that it is named by. */
struct failing {
	const struct entry *entry;
	enum condition_key key;
	enum match match; /* MATCH_CONTRADICTED or MATCH_ABSENT */
};

struct decision {
	enum verdict verdict; /* what the policy says, whatever the mode */
	enum ground ground;
	bool monitor;         /* it is only written down */
	bool near_miss;       /* an entry failed by absence alone */
	enum measure measure; /* what is done about a refusal */
	uint64_t class;       /* of one that waits in earnest: policy/class.h */
	enum stage stage;     /* at which it was known */
	size_t domain;        /* of the recipient: which it is about */
	enum reason reason;
	const struct policy *policy;    /* NULL: none (unlisted, not judged) */
	const struct reply_form *reply; /* the policy's; NULL: none */
	struct failing failing[FAILING_MAX]; /* the nearest first */
	size_t count;
};

/* One condition, one entry, a policy, on the facts known so far. */
enum match condition_match(const struct rules *rules,
    const struct condition *condition, const struct facts *facts);
enum match entry_match(const struct rules *rules, const struct entry *entry,
    const struct facts *facts);
enum match policy_match(const struct rules *rules, const struct policy *policy,
    const struct facts *facts);
/* Is the client in the source of this set, by address or verified name? */
enum match source_match(
    const struct rules *rules, uint32_t set, const struct facts *facts);

/*
 * Did an entry that does not hold miss by evidence that is merely absent?
 * One of its anchors holds, or its name was not looked up, and nothing in it
 * is contradicted: a lapsed certificate or a resolver's hiccup, say.
 */
bool entry_is_near_miss(const struct rules *rules, const struct entry *entry,
    const struct facts *facts);

/* Is this client never judged?  GROUND_JUDGED: it is. */
enum ground policy_exempt(const struct rules *rules, const struct facts *facts);

/*
 * Is what policy (NULL: of no policy, an unlisted recipient) refuses only
 * written down?  Its mode or that of all is monitor, or the glass is broken.
 */
bool policy_is_monitored(const struct rules *rules, const struct facts *facts,
    const struct policy *policy);

/* Does the policy say no, and in earnest? */
bool decision_refuses(const struct decision *decision);
/*
 * Is the recipient taken at RCPT for the end of the message to show what
 * becomes of it?  Its policy needs the header, or quarantines or marks.
 */
bool decision_waits(const struct decision *decision);

/*
 * What one policy says, whoever it is for; not of exempt clients.  Once known,
 * at RCPT, say, it is not changed by what the header tells.
 */
void policy_decide_one(const struct rules *rules, const struct facts *facts,
    const struct policy *policy, struct decision *decision);

/* The verdict on one recipient. */
void policy_decide(const struct rules *rules, const struct facts *facts,
    const struct recipient *recipient, struct decision *decision);
/* Which of its domains the decision is about: %{domain}.  NULL: none. */
const char *decision_domain(const struct decision *decision,
    const struct rules *rules, const struct recipient *recipient);

/*
 * What the client itself can still hope for, whoever it writes to:
 *   OUTLOOK_FREE      nothing later can change a verdict or a record
 *   OUTLOOK_HOPELESS  no entry of any policy can still hold
 *   OUTLOOK_OPEN      it depends
 */
enum outlook {
	OUTLOOK_FREE,
	OUTLOOK_OPEN,
	OUTLOOK_HOPELESS
};

enum outlook policy_outlook(
    const struct rules *rules, const struct facts *facts);
/*
 * Is it OUTLOOK_FREE?  Facts that come later do not undo that: no condition
 * but `until`, which is left out, holds for want of one.
 */
bool policy_is_free(const struct rules *rules, const struct facts *facts);

/*
 * The decision on a client that leaves without a recipient: of the policy
 * that came nearest.  Only where the outlook is OUTLOOK_HOPELESS.
 */
void policy_decide_client(const struct rules *rules, const struct facts *facts,
    struct decision *decision);

/*
 * May the client be refused at connect, before it names a recipient?  Only if
 * reject_at says so, every policy refuses it in earnest and for good, and it
 * is no health check; decision is that of policy_decide_client() then, else
 * untouched.
 */
bool policy_refuses_client(const struct rules *rules, const struct facts *facts,
    struct decision *decision);

#endif
