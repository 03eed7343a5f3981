/* SPDX-License-Identifier: ISC */
/*
 * proof.h - do the seals hold, one after the other?
 *
 * Those of PATH.seals first, which go back to the first key whatever was
 * deleted of the log; then those that stand in the log.
 */
#ifndef POSTERN_LOG_PROOF_H
#define POSTERN_LOG_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "log/chain.h"
#include "log/glance.h"
#include "log/seal.h"
#include "log/verify.h"

struct proof {
	const struct verify_want *want;
	char first[SIGN_PUBLIC_TEXT]; /* the first key; "": not known */
	char key[SIGN_PUBLIC_TEXT];   /* of the next seal; "": not known */
	uint64_t number;              /* of the next seal; 0: not known */
	uint64_t lines;               /* of PATH.seals */
	struct known *known;          /* its seals, the first has number 1 */
	size_t count;
	size_t room;
	uint64_t gone;   /* of them: stand before the log's first record */
	uint64_t seals;  /* good ones in the log */
	uint64_t sealed; /* sequence up to which they prove it */
	uint64_t more;   /* of them: PATH.seals should have them, and has not */
	bool head_seen;  /* the remembered head is one of a seal */
	struct digest *digest;
};

void proof_init(struct proof *proof, const struct verify_want *want);
void proof_done(struct proof *proof);

/* The next line of PATH.seals.  These say what is wrong, with words. */
enum damage proof_add(
    struct proof *proof, const char *line, size_t len, struct buf *words);
/* The log begins with the record first. */
void proof_start(struct proof *proof, uint64_t first);
/* A record `sealed` of the log, before it the record *before. */
enum damage proof_check(struct proof *proof, const char *line, size_t len,
    const struct glance *glance, const struct chain_head *before,
    struct buf *words);
/* The log ends with *head.  DAMAGE_SEAL: it is PATH.seals that is short. */
enum damage proof_end(const struct proof *proof, const struct chain_head *head,
    struct buf *words);

/* Of the seals that stood before the log's first record, 0 the first: when. */
int64_t proof_time_us(const struct proof *proof, uint64_t number);

#endif
