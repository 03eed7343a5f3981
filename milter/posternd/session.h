/* SPDX-License-Identifier: ISC */
/*
 * session.h - what is known of one connection?
 *
 * From the MTA's negotiation to its close.  libmilter calls the callbacks of
 * a session on changing threads, never two at once, so that nothing here
 * needs a lock.  A session keeps the generation that was in force when it
 * began.
 */
#ifndef POSTERN_POSTERND_SESSION_H
#define POSTERN_POSTERND_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ulid.h"
#include "control/request.h"
#include "lists/generation.h"
#include "policy/facts.h"
#include "policy/recipient.h"
#include "posternd/transaction.h"

/* Which MTA is it?  Certificates count only of those whose ways we know. */
enum mta {
	MTA_OTHER,
	MTA_POSTFIX,
	MTA_SENDMAIL
};

/* The texts that facts borrow from their session. */
enum session_text {
	TEXT_NAME,
	TEXT_DAEMON,
	TEXT_HELO,
	TEXT_SENDER,
	TEXT_LOGIN,
	TEXT_TLS_VERSION,
	TEXT_TLS_CIPHER,
	TEXT_CERT_SUBJECT,
	TEXT_CERT_ISSUER,
	TEXT_QUEUE_ID,
	TEXT_COUNT
};

enum {
	SESSION_TEXT = 1024,   /* a longer text is cut: it is only recorded */
	SESSION_REFUSED = 1000 /* recipients kept; Postfix takes no more */
};

/* Recipients of guarded domains that the MTA refused before us, or that were
 * taken for a message that did not come to its end. */
struct refused {
	char **rcpts; /* at most SESSION_REFUSED */
	size_t count;
	size_t room;
	const struct policy *policy; /* of the first; NULL: of every policy */
	char *sender;                /* with whom the last was tried */
};

struct session {
	struct generation *generation;
	unsigned long protocol; /* SMFIP_ bits asked for; 0: no negotiation */
	/* SMFIF_ bits of what the MTA does for us; all: nobody knows */
	unsigned long actions;
	bool connected;       /* CONNECT has come, as it must before MAIL */
	enum stage furthest;  /* that the client has reached */
	bool free_by_address; /* policy_is_free(), whatever macros say */
	bool answered;        /* a recipient was, or the client at connect */
	enum mta mta;
	struct facts facts;
	char *texts[TEXT_COUNT];
	struct refused *refused; /* NULL: none */
	struct transaction transaction;
	char open_policy[REQUEST_POLICY]; /* of facts */
	char id[ULID_TEXT];               /* "": not needed so far */
};

/* With the generation in force; facts of a client without address. */
struct session *session_new(void);
void session_free(struct session *session); /* NULL is allowed */

/* A client connects: all anew but the generation and what was negotiated. */
void session_connect(struct session *session);

/* The client has come as far as stage. */
void session_reach(struct session *session, enum stage stage);

/* A header comes; keeps what the rules want of it. */
void session_add_header(
    struct session *session, const char *name, const char *value);
/* The headers are over, or none came. */
void session_end_headers(struct session *session);
/* End of message or abort: what is known of the message is forgotten. */
void session_end_message(struct session *session);

/* Is the glass broken?  Before each decision. */
void session_look(struct session *session);

/* Keeps a copy of at most SESSION_TEXT bytes; NULL: none. */
const char *session_keep(
    struct session *session, enum session_text which, const char *text);
const char *session_keep_len(struct session *session, enum session_text which,
    const char *text, size_t len);

/* The policy of the first domain that one guards; NULL: none, or all. */
const struct policy *session_policy(
    const struct session *session, const struct recipient *recipient);

/* Remembers a recipient that the MTA refused, if a policy guards it. */
void session_add_refused(
    struct session *session, const struct recipient *recipient);

/* Its name in records; made at the first call. */
const char *session_id(struct session *session);

/* Of the envelope; "" is the null sender, or none. */
const char *session_sender(const struct session *session);

/* May a message be answered at its end, beside its recipients? */
bool session_judges_messages(const struct session *session);

const struct rules *session_rules(const struct session *session);

#endif
