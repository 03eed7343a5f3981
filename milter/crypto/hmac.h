/* SPDX-License-Identifier: ISC */
/* hmac.h - what do these bytes come to for who has the key? */
#ifndef POSTERN_CRYPTO_HMAC_H
#define POSTERN_CRYPTO_HMAC_H

#include <stddef.h>
#include <stdint.h>

enum {
	HMAC_KEY = 32, /* bytes, as those of its result */
	HMAC_BYTES = 32
};

/* A new key, from the kernel's random numbers. */
void hmac_key_new(uint8_t key[HMAC_KEY]);
/* HMAC-SHA256 (RFC 2104).  Threads: any. */
void hmac_of(const uint8_t key[HMAC_KEY], const void *bytes, size_t len,
    uint8_t out[HMAC_BYTES]);

#endif
