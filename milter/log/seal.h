/* SPDX-License-Identifier: ISC */
/*
 * seal.h - what does a seal say, and is it true?
 *
 * A seal is the member "seal" of the object "postern" in a record `sealed`:
 *
 *	"seal":{"number":N,"sequence":S,"hash":"H","time":"T","key":"K",
 *	"next":"X","signature":"G"}
 *
 * N counts seals from 1; S and H are sequence and hash of the record before
 * it, T is the record's own @timestamp; K is the public key that signed, X
 * that of the next seal, G the Ed25519 signature (hex, 128 digits) over
 *
 *	postern seal 1\nN\nS\nH\nT\nX\n
 *
 * The first key and each X to the next K make the seals a chain of their own:
 * the secret key of K is erased once X stands on disk, so that whoever comes
 * later can sign no other seal of that number.
 */
#ifndef POSTERN_LOG_SEAL_H
#define POSTERN_LOG_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/timetext.h"
#include "crypto/sign.h"
#include "log/chain.h"

struct seal {
	uint64_t number;
	struct chain_head head; /* of the record before */
	char time[TIME_TEXT];
	char key[SIGN_PUBLIC_TEXT];
	char next[SIGN_PUBLIC_TEXT];
	char signature[SIGN_SIGNATURE_TEXT];
};

/* Makes key, next and signature; number, head and time are given. */
void seal_sign(
    struct seal *seal, const struct sign_key *key, const struct sign_key *next);
/* Did the owner of the public key (hex) sign what it says? */
bool seal_check(const struct seal *seal, const char *key);
/* Adds it as the member that stands above. */
void seal_write(const struct seal *seal, struct buf *out);
/*
 * From the line of a record, without newline: false where it is no `sealed`,
 * or one that holds no whole seal.
 */
bool seal_read(const char *line, size_t len, struct seal *seal);

#endif
