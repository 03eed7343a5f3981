/* SPDX-License-Identifier: ISC */
/*
 * apart_kept.h - which envelopes are remembered?
 *
 * Recipients that came together, each known by a hash with its sender.  Those
 * of two messages of a sender that have a recipient in common are kept as
 * one: nobody can tell at the first RCPT which of them comes again.
 * Threads: whoever calls holds the lock of apart.c.
 */
#ifndef POSTERN_POSTERND_APART_KEPT_H
#define POSTERN_POSTERND_APART_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/* With more recipients messages are not kept as one, the earlier are
	 * forgotten: all of one are gone through while others wait. */
	KEPT_TOGETHER = 2000
};

/* Recipients that will have one answer. */
struct share {
	uint64_t class;
	size_t count;
	uint64_t turned; /* when it last had its turn; 0: not yet */
	bool answered;
};

struct envelope {
	struct kept *first; /* its recipients */
	size_t count;
	struct share *shares;
	size_t nshares;
	size_t room;
	uint64_t turns; /* that were had so far */
	int64_t time_us;
	struct envelope *older;
	struct envelope *newer;
};

struct kept {
	uint64_t key;
	uint64_t class;
	struct envelope *envelope;
	struct kept *next; /* of the same envelope */
	bool again;        /* it is of the message that came last */
};

/* NULL: not remembered. */
struct kept *kept_find(uint64_t key);
/* NULL: none is of that class. */
struct share *kept_share(struct envelope *envelope, uint64_t class);

/*
 * Remembers recipients as one envelope, in place of what was remembered of
 * them; all of its classes are unanswered then.  The oldest make room where
 * there would be more than most in all.
 */
void kept_remember(const uint64_t *keys, const uint64_t *classes, size_t count,
    size_t most, int64_t now_us);
void kept_forget(struct envelope *envelope);
/* Those that were remembered before then. */
void kept_forget_before(int64_t time_us);

#endif
