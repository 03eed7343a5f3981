/* SPDX-License-Identifier: ISC */
/* transaction.c - what has the current message come to? */
#include "config.h"

#include "posternd/transaction.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A second MAIL ends the message before: libmilter aborts it, too. */
const char *
transaction_mail(struct transaction *transaction, bool connected)
{
	transaction_end(transaction);
	transaction->mail = true;

	return connected ? NULL : "the MTA sends MAIL without CONNECT";
}

/*
 * One that lacks MAIL has been answered for itself; what follows it does not
 * lack a RCPT.  The same of one that was refused, or that the MTA only tells
 * of: whether the message goes on is the MTA's to know.
 */
const char *
transaction_rcpt(struct transaction *transaction, bool connected)
{
	transaction->rcpt = true;
	if (!connected)
		return "the MTA sends RCPT without CONNECT";

	return transaction->mail ? NULL : "the MTA sends RCPT without MAIL";
}

const char *
transaction_content(const struct transaction *transaction)
{
	return transaction->rcpt ? NULL
				 : "the MTA sends a message without RCPT";
}

void
transaction_let_in(struct transaction *transaction, const struct policy *policy,
    const char *address)
{
	struct let_in *last;

	assert(transaction->count < TRANSACTION_RCPTS);
	transaction->rcpts = mem_grow(transaction->rcpts, transaction->count,
	    &transaction->room, sizeof(transaction->rcpts[0]));
	last = &transaction->rcpts[transaction->count++];
	last->policy = policy;
	last->address = mem_text(address);
}

void
transaction_clear(struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->count; i++)
		free(transaction->rcpts[i].address);
	transaction->count = 0;
}

void
transaction_end(struct transaction *transaction)
{
	transaction_clear(transaction);
	free(transaction->rcpts);
	memset(transaction, 0, sizeof(*transaction));
}
