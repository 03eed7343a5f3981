/* SPDX-License-Identifier: ISC */
/*
 * callbacks_model.h - what may a filter answer, and what must it write down?
 *
 * The contract once more, in as few words as it takes and from nothing of the
 * product: whom each of the test's configurations lets in, and which step
 * lacks the one before it.
 */
#ifndef POSTERN_TESTS_CALLBACKS_MODEL_H
#define POSTERN_TESTS_CALLBACKS_MODEL_H

#include <stdbool.h>

#include "fake_milter.h"
#include "policy/record.h"

/* The configurations, by number; see callbacks_help.c for their texts. */
enum model_rules {
	RULES_PLAIN,       /* policy p: addresses only */
	RULES_CERTIFICATE, /* and q, which wants a certificate */
	RULES_MONITOR,     /* all policies, and only written down */
	RULES_ALL,         /* and m, which is monitored; accepted = "all" */
	RULES_STRICT,      /* p, at connect; unlisted and logins judged too */
	RULES_COUNT
};

enum model_client {
	CLIENT_NONE, /* has not come so far */
	CLIENT_FILTER,
	CLIENT_OFFICE,
	CLIENT_STRANGER,
	CLIENT_PROBE,
	CLIENT_OWN /* trusted, local or through an originating daemon */
};

enum model_certificate {
	CERTIFICATE_NONE,
	CERTIFICATE_RIGHT,
	CERTIFICATE_WRONG
};

enum model_rcpt {
	RCPT_PLAIN,       /* of policy p */
	RCPT_CERTIFICATE, /* of policy q, where there is one */
	RCPT_WATCHED,     /* of policy m, the same */
	RCPT_ALWAYS,      /* policy p lets anyone write to it */
	RCPT_POSTMASTER,  /* the same without a domain, so of no policy */
	RCPT_UNLISTED,
	RCPT_EVERYWHERE /* nobody can tell where it leads */
};

enum model_glass {
	GLASS_IS_CLOSED,
	GLASS_IS_OPEN,     /* for all */
	GLASS_IS_OPEN_TO_P /* for policy p */
};

/* What the test does at a step, beside calling it. */
struct model_step {
	enum fake_step step;
	enum model_client client;           /* connect */
	bool login;                         /* MAIL */
	enum model_certificate certificate; /* MAIL */
	enum model_rcpt rcpt;
	bool refused; /* the MTA only tells of this recipient */
};

/* One session, by value. */
struct model {
	enum model_rules rules;
	bool negotiated;    /* else nobody knows which answers are heard */
	bool tells_refused; /* that was negotiated */
	bool begun;         /* there is a session at all */
	enum model_client client;
	bool login;
	enum model_certificate certificate;
	bool said_mail;
	bool answered;   /* a recipient, or the client at connect */
	bool lost;       /* a guarded recipient that the MTA refused */
	bool mail, rcpt; /* of the message under way */
	bool failed;     /* it has lacked a step, which is recorded */
	unsigned let_in; /* the policies that let a recipient of it in */
};

struct model_answer {
	sfsistat answer;  /* where one is heard */
	unsigned records; /* how many, of that action */
	enum record_action action;
};

/* A session of those rules that begins. */
struct model model_begin(
    enum model_rules rules, bool negotiated, bool tells_refused);
/* The answer at a step; the session goes on. */
struct model_answer model_answer(
    struct model *model, const struct model_step *step, enum model_glass glass);
/* Is nothing ever answered 4xx or 5xx in these rules? */
bool model_only_watches(enum model_rules rules, enum model_glass glass);

#endif
