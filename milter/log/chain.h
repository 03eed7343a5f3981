/* SPDX-License-Identifier: ISC */
/*
 * chain.h - how does each record hold the one before?
 *
 * The hash of a record is the SHA-256 over the bytes of its line up to, not
 * including, `,"hash":`, and so over `prev`, the hash of the record before.
 */
#ifndef POSTERN_LOG_CHAIN_H
#define POSTERN_LOG_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "crypto/digest.h"

/* The last record of a chain. */
struct chain_head {
	uint64_t sequence;      /* 0: there is none yet */
	char hash[DIGEST_TEXT]; /* 64 zeros: there is none yet */
};

void chain_start(struct chain_head *head);
bool chain_equal(const struct chain_head *a, const struct chain_head *b);

/*
 * Adds to out the whole line of the record that follows *head, and moves
 * *head to it.  text is that of a struct record_line: it lacks its sequence
 * at sequence_at and ends, after a comma or brace, where `prev` stands.
 */
void chain_add(struct chain_head *head, const char *text, size_t len,
    size_t sequence_at, struct buf *out);

/*
 * Is this line, without its newline, a whole record, its hash right over its
 * bytes?  Fills *head from it, else leaves it.  Whether its prev is the hash
 * of the line before is not asked.
 */
bool chain_read(const char *line, size_t len, struct chain_head *head);

#endif
