/* SPDX-License-Identifier: ISC */
/* digest.h - what is the SHA-256 (FIPS 180-4) of these bytes? */
#ifndef POSTERN_CRYPTO_DIGEST_H
#define POSTERN_CRYPTO_DIGEST_H

#include <stddef.h>

enum {
	DIGEST_TEXT = 65 /* 64 lower-case hex digits and the terminator */
};

struct digest;

/* Threads: one digest, one thread.  digest_end() frees it. */
struct digest *digest_new(void);
void digest_add(struct digest *digest, const void *bytes, size_t len);
void digest_end(struct digest *digest, char out[DIGEST_TEXT]);

/*
 * Gives the hash of what was added and begins anew: for those who hash line
 * after line.  digest_free() ends it.
 */
void digest_next(struct digest *digest, char out[DIGEST_TEXT]);
void digest_free(struct digest *digest); /* NULL is allowed */

/* Of len bytes at once. */
void digest_of(const void *bytes, size_t len, char out[DIGEST_TEXT]);

#endif
