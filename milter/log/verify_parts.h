/* SPDX-License-Identifier: ISC */
/* verify_parts.h - what do the parts of verify.c share? */
#ifndef POSTERN_LOG_VERIFY_PARTS_H
#define POSTERN_LOG_VERIFY_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "log/proof.h"
#include "log/verdict.h"
#include "log/verify.h"

struct verify {
	struct verify_want want;
	struct proof proof;
	struct past past;
	struct digest *digest;
	struct verify_place place; /* of the line at hand; file counts from 1 */
	struct verify_place last;  /* of the last good record */
	uint64_t name;             /* the file's first sequence, by its name */
	const uint64_t *names;     /* of all files */
	size_t nnames;
	uint64_t records;
	char first_time[TIME_TEXT];
	char last_time[TIME_TEXT];
	char sealed_time[TIME_TEXT]; /* of the last good seal */

	/* where the log does not begin at sequence 1 */
	struct chain_head gone; /* the record before its first one */
	struct verify_place start;
	enum glance_kind start_kind;
	bool proven; /* a `deleted` names what is gone */
	char proven_time[TIME_TEXT];
	struct verify_place proven_place;
	bool head_seen;
	int64_t end_us; /* when all was read */

	/* the first bad line, and those behind it */
	struct peek peeks[VERDICT_LINES];
	size_t npeeks;
	/* A break that the next seal may explain: see suspect(). */
	struct verify_place before;

	enum damage damage;
	struct verify_place at;
	uint64_t sequence;
	struct buf words;
};

/* The words are there; returns false. */
bool verify_is_bad(struct verify *verify, enum damage damage,
    struct verify_place at, uint64_t sequence);
/* Was the record that was remembered elsewhere another one?  Then false. */
bool verify_check_head(
    struct verify *verify, uint64_t sequence, const char *hash);
/* All lines are good.  Is anything missing before or behind them? */
bool verify_check_ends(struct verify *verify);

#endif
