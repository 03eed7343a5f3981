/* SPDX-License-Identifier: ISC */
/* transaction.c - what has the current message come to? */
#include "config.h"

#include "posternd/transaction.h"

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

bool
transaction_has_room(
    const struct transaction *transaction, const char *argument)
{
	/* Kept twice, if it waits: as given, and for the record. */
	return transaction->count < TRANSACTION_RCPTS &&
	    transaction->bytes + 2 * strlen(argument) <= TRANSACTION_BYTES;
}

static size_t
bytes_of(const struct taken *taken)
{
	return strlen(taken->address) +
	    (taken->argument == NULL ? 0 : strlen(taken->argument));
}

void
transaction_keep(struct transaction *transaction, const char *address,
    const char *argument, const struct policy *policy, uint64_t class)
{
	struct taken *last;

	transaction->taken = mem_grow(transaction->taken, transaction->count,
	    &transaction->room, sizeof(transaction->taken[0]));
	last = &transaction->taken[transaction->count++];
	last->address = mem_text(address);
	last->argument = argument == NULL ? NULL : mem_text(argument);
	last->policy = policy;
	last->class = class;
	transaction->bytes += bytes_of(last);
}

static void
forget(struct transaction *transaction, struct taken *taken)
{
	transaction->bytes -= bytes_of(taken);
	free(taken->address);
	free(taken->argument);
}

void
transaction_forget_free(struct transaction *transaction)
{
	size_t left = 0;

	for (size_t i = 0; i < transaction->count; i++)
		if (transaction->taken[i].argument == NULL)
			forget(transaction, &transaction->taken[i]);
		else
			transaction->taken[left++] = transaction->taken[i];
	transaction->count = left;
}

void
transaction_clear(struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->count; i++)
		forget(transaction, &transaction->taken[i]);
	transaction->count = 0;
	memset(&transaction->turn, 0, sizeof(transaction->turn));
}

void
transaction_end(struct transaction *transaction)
{
	apart_broken_off(&transaction->turn);
	transaction_clear(transaction);
	free(transaction->taken);
	free(transaction->evidence);
	memset(transaction, 0, sizeof(*transaction));
}
