/* SPDX-License-Identifier: ISC */
/*
 * verify.h - is the evidence whole?
 *
 * Takes the lines of a log from the oldest on, one after the other, and stops
 * at the first that is not as it was written.  What became of that one, the
 * lines behind it tell: so some of them are taken, too.  No I/O; memory is
 * bounded but for some eighty bytes a seal of PATH.seals.
 */
#ifndef POSTERN_LOG_VERIFY_H
#define POSTERN_LOG_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/timetext.h"
#include "crypto/sign.h"
#include "log/chain.h"

enum damage {
	DAMAGE_NONE,
	DAMAGE_FOREIGN,   /* no record at all */
	DAMAGE_CHANGED,   /* its hash is not that of its bytes, or was made
			     anew */
	DAMAGE_REMOVED,   /* records before it are missing */
	DAMAGE_PUT_IN,    /* it is not what the next one follows */
	DAMAGE_REORDERED, /* it belongs elsewhere */
	DAMAGE_DOUBLED,   /* it stood there already */
	DAMAGE_FORKED,    /* another record has its sequence */
	DAMAGE_CHAIN,     /* it follows the record of another chain */
	DAMAGE_CUT,       /* the end is missing: torn, or before --head */
	DAMAGE_SEAL,      /* a seal does not hold what stands before it */
	DAMAGE_KEY,       /* a seal was made with another key than it must be */
	DAMAGE_GAP,       /* the log itself had lost its file: `recovered` */
	DAMAGE_YOUNG      /* deleted though younger than `keep` */
};

/* "changed", "removed", ... */
const char *damage_text(enum damage damage);
/* What to do about it. */
const char *damage_cure(enum damage damage);

/* Texts are borrowed for as long as verify lives. */
struct verify_want {
	const char *key;        /* first public key (hex); NULL: the one that
				   PATH.seals begins with */
	uint64_t head_sequence; /* remembered elsewhere; 0: none */
	const char *head_hash;
	int64_t keep_us; /* what is gone must be older; 0: any age */
	int64_t now_us;  /* before anything was read */
};

/* Where a line stands; file counts as verify_file() is called, from 0. */
struct verify_place {
	size_t file; /* VERIFY_SEALS: PATH.seals */
	uint64_t line;
};

#define VERIFY_SEALS SIZE_MAX

struct verify;

struct verify *verify_new(const struct verify_want *want);
void verify_free(struct verify *verify);

/*
 * A line of PATH.seals, before any of the log, from its first on: what proves
 * the rest where files are gone.  False: this one is bad.
 */
bool verify_add_seal(
    struct verify *verify, const char *line, size_t len, bool whole);

/* The first sequences of all files, by their names: so a file that stands under
 * the name of another is known as such.  Borrowed. */
void verify_names(struct verify *verify, const uint64_t *firsts, size_t count);
/* The lines of the next file follow; first: its sequence, by its name, 0: any.
 */
void verify_file(struct verify *verify, uint64_t first);
/* A line without newline; whole: it had one.  False: it is known what is
 * wrong, and where. */
bool verify_add_line(
    struct verify *verify, const char *line, size_t len, bool whole);
/* No more lines can be had.  False: one of those that were is bad. */
bool verify_settle(struct verify *verify);
/* No more lines; now_us: once they were read.  False: something is wrong. */
bool verify_end(struct verify *verify, int64_t now_us);

/* What came of it; texts live as long as verify. */
struct verify_result {
	enum damage damage;
	const char *words;         /* what is wrong, for a person */
	const char *cure;          /* what to do about it */
	struct verify_place place; /* line 0: no line of that file */
	uint64_t sequence;         /* of that record; 0: it is none */

	uint64_t records;
	struct chain_head head;     /* of the last good record */
	uint64_t first;             /* sequence of the first one there */
	char first_time[TIME_TEXT]; /* its time */
	char last_time[TIME_TEXT];

	uint64_t seals;  /* good ones in the log */
	uint64_t sealed; /* sequence up to which seals prove it; 0: none */
	char sealed_time[TIME_TEXT]; /* of the last of them */
	const char *key;     /* that of the first seal; "": there is none */
	bool head_seen;      /* the remembered head is in the chain */
	uint64_t gone_to;    /* retention deleted up to here; 0: nothing */
	uint64_t gone_seals; /* that stood there */
	char gone_first_time[TIME_TEXT]; /* of these */
	char gone_last_time[TIME_TEXT];
};

void verify_result(const struct verify *verify, struct verify_result *result);

#endif
