/* SPDX-License-Identifier: ISC */
/*
 * transaction.h - what has the current message come to?
 *
 * libmilter hands over steps in orders that no MTA keeps (RCPT after an
 * abort, an end of message after nothing); whether each has the step before
 * it, is known here.
 */
#ifndef POSTERN_POSTERND_TRANSACTION_H
#define POSTERN_POSTERND_TRANSACTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ulid.h"
#include "policy/rules.h"

enum {
	/* recipients kept at a time; Postfix takes no more in a message */
	TRANSACTION_RCPTS = 1000
};

/* A recipient that a policy let in. */
struct let_in {
	const struct policy *policy;
	char *address; /* as given, without brackets */
};

struct transaction {
	bool mail;   /* MAIL has come */
	bool rcpt;   /* and a RCPT, whatever was answered */
	bool failed; /* a step that lacked the one before has been recorded */
	struct let_in *rcpts; /* in their order, at most TRANSACTION_RCPTS */
	size_t count;
	size_t room;
	char id[ULID_TEXT]; /* of its records; "": none so far */
};

/*
 * A step comes.  NULL, or words for the admin: what it lacks.  connected:
 * CONNECT has come in this session.
 */
const char *transaction_mail(struct transaction *transaction, bool connected);
const char *transaction_rcpt(struct transaction *transaction, bool connected);
const char *transaction_content(const struct transaction *transaction);

/* Keeps a recipient; not more than TRANSACTION_RCPTS. */
void transaction_let_in(struct transaction *transaction,
    const struct policy *policy, const char *address);
/* Forgets those that it has kept. */
void transaction_clear(struct transaction *transaction);

/* End of message, abort, or the end of its session; frees what it holds. */
void transaction_end(struct transaction *transaction);

#endif
