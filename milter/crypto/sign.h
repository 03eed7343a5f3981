/* SPDX-License-Identifier: ISC */
/*
 * sign.h - who signed these bytes?
 *
 * Ed25519 (RFC 8032), in memory that the caller owns.  Only a lack of memory
 * or a broken library can fail, and that ends the process.  Threads: any.
 */
#ifndef POSTERN_CRYPTO_SIGN_H
#define POSTERN_CRYPTO_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SIGN_SECRET = 32, /* bytes */
	SIGN_PUBLIC = 32,
	SIGN_SIGNATURE = 64,
	SIGN_PUBLIC_TEXT = 2 * SIGN_PUBLIC + 1, /* in hex, terminated */
	SIGN_SIGNATURE_TEXT = 2 * SIGN_SIGNATURE + 1
};

struct sign_key {
	uint8_t secret[SIGN_SECRET];
	uint8_t public[SIGN_PUBLIC];
};

/* A new one, from the kernel's random numbers. */
void sign_key_new(struct sign_key *key);
/* Fills public from secret. */
void sign_key_complete(struct sign_key *key);
/* Leaves nothing of it in memory, whatever the compiler thinks. */
void sign_key_forget(struct sign_key *key);

void sign_make(const struct sign_key *key, const void *bytes, size_t len,
    uint8_t signature[SIGN_SIGNATURE]);
bool sign_check(const uint8_t public[SIGN_PUBLIC], const void *bytes,
    size_t len, const uint8_t signature[SIGN_SIGNATURE]);

#endif
