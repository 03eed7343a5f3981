/* SPDX-License-Identifier: ISC */
/*
 * transaction.h - what has the current message come to?
 *
 * libmilter hands over steps in orders that no MTA keeps (RCPT after an
 * abort, an end of message after nothing); whether each has the step before
 * it, is known here.  So is who has been taken, and what the header says.
 */
#ifndef POSTERN_POSTERND_TRANSACTION_H
#define POSTERN_POSTERND_TRANSACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ulid.h"
#include "policy/evidence.h"
#include "policy/rules.h"
#include "posternd/apart.h"

enum {
	/* recipients kept at a time; Postfix takes no more in a message */
	TRANSACTION_RCPTS = 1000,
	TRANSACTION_BYTES = 1 << 20 /* of their addresses */
};

/* A recipient that the MTA goes on with. */
struct taken {
	char *address;               /* as given, without brackets */
	char *argument;              /* of RCPT, if it waits; else NULL */
	const struct policy *policy; /* that let it in; NULL: none */
	uint64_t class;              /* who has the same answer */
};

struct transaction {
	bool mail;   /* MAIL has come */
	bool rcpt;   /* and a RCPT, whatever was answered */
	bool failed; /* a step that lacked the one before has been recorded */
	struct taken *taken; /* in their order */
	size_t count;
	size_t room;
	size_t bytes;              /* of their addresses */
	struct turn turn;          /* who comes first: apart.h */
	struct evidence *evidence; /* NULL: no header so far */
	char id[ULID_TEXT];        /* of its records; "": none so far */
};

/*
 * A step comes.  NULL, or words for the admin: what it lacks.  connected:
 * CONNECT has come in this session.
 */
const char *transaction_mail(struct transaction *transaction, bool connected);
const char *transaction_rcpt(struct transaction *transaction, bool connected);
const char *transaction_content(const struct transaction *transaction);

/* May one more be kept, whose argument this is? */
bool transaction_has_room(
    const struct transaction *transaction, const char *argument);
/* Keeps copies of the texts; argument NULL: it does not wait. */
void transaction_keep(struct transaction *transaction, const char *address,
    const char *argument, const struct policy *policy, uint64_t class);
/* Forgets those that do not wait. */
void transaction_forget_free(struct transaction *transaction);
/* Forgets all that it has kept: they have been answered. */
void transaction_clear(struct transaction *transaction);

/* End of message, abort, or the end of its session; frees what it holds. */
void transaction_end(struct transaction *transaction);

#endif
