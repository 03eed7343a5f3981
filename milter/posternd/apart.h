/* SPDX-License-Identifier: ISC */
/*
 * apart.h - which recipients are to come in transactions of their own?
 *
 * A message has one answer.  Where its recipients need different ones it gets
 * 451, and the envelope is remembered: when it comes again, those recipients
 * go first whose class is the largest, and the others get 452 (contract,
 * section 3, "Several recipients").  This decides who goes first, never who
 * is let in.  Sender and recipients are kept as keyed hashes,
 * in bounded memory, for at most a day, over a reload but no restart. Threads:
 * any; a struct turn belongs to one session.
 */
#ifndef POSTERN_POSTERND_APART_H
#define POSTERN_POSTERND_APART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	APART_RECIPIENTS = 200000, /* remembered in all; the oldest go */
	APART_S = 86400            /* forgotten after */
};

/* A recipient and the class that has one answer: policy/class.h. */
struct apart {
	const char *address;
	uint64_t class;
};

/* What one transaction has come to; all zeros at MAIL. */
struct turn {
	uint64_t envelope; /* which one it is; 0: none that is remembered */
	uint64_t class;    /* whose turn it is, once that is known */
	bool chosen;
	bool sent_away; /* a recipient got 452 */
};

/* Remembers an envelope whose recipients differ. */
void apart_remember(
    const char *sender, const struct apart *recipients, size_t count);

/*
 * A recipient that would be taken, of this class here and now: may it stay in
 * this transaction?  False: it is to come again (452).  Whoever waits for
 * something else than was remembered was remembered of somebody else's
 * message, and stays.
 */
bool apart_may_stay(
    struct turn *turn, const char *sender, const char *address, uint64_t class);

/* The transaction was answered at the end of its header. */
void apart_answered(const struct turn *turn);
/* It ended before that. */
void apart_broken_off(const struct turn *turn);

#endif
