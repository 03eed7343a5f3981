/* SPDX-License-Identifier: ISC */
/*
 * verdict.h - what became of the line that breaks the chain?
 *
 * Told by what stood before it and by the lines behind: which of them goes on
 * from where.
 */
#ifndef POSTERN_LOG_VERDICT_H
#define POSTERN_LOG_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "log/chain.h"
#include "log/glance.h"
#include "log/verify.h"

enum {
	/* The bad line and those behind it: enough to see a record come again
	 * that was moved by a few lines. */
	VERDICT_LINES = 16,
	PAST_HEADS = 1024
};

/* A line that was read and not yet judged. */
struct peek {
	bool record;
	bool right;
	bool whole;
	bool begins; /* it is the first of its file */
	enum glance_kind kind;
	struct chain_head head; /* of itself */
	char prev[DIGEST_TEXT];
	struct verify_place place;
};

void peek_fill(struct peek *peek, const struct glance *glance, bool whole);

/* The good records: the last ones, and the first of each file. */
struct past {
	struct chain_head head; /* of the last one */
	enum glance_kind kind;  /* its own */
	uint64_t first;         /* sequence of the first one; 0: none yet */
	char recent[PAST_HEADS][DIGEST_TEXT - 1]; /* by sequence */
	struct chain_head *begins;
	size_t nbegins;
	size_t room;
};

void past_init(struct past *past);
void past_done(struct past *past);
/* The next one; begins: it is the first of its file. */
void past_add(struct past *past, uint64_t sequence, const char *hash,
    enum glance_kind kind, bool begins);

/*
 * What is wrong with the first of count lines, the others being those behind
 * it as far as they were read; the reason goes into words.
 */
enum damage verdict_of(const struct past *past, const struct peek *peeks,
    size_t count, struct buf *words);

#endif
