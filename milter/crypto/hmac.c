/* SPDX-License-Identifier: ISC */
/* hmac.c - what do these bytes come to for who has the key? */
#include "config.h"

#include "crypto/hmac.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/random.h>

void
hmac_key_new(uint8_t key[HMAC_KEY])
{
	/* So short a read is whole, but for a signal early after boot. */
	while (getrandom(key, HMAC_KEY, 0) != HMAC_KEY)
		;
}

void
hmac_of(const uint8_t key[HMAC_KEY], const void *bytes, size_t len,
    uint8_t out[HMAC_BYTES])
{
	EVP_PKEY *secret =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL, key, HMAC_KEY);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t done = HMAC_BYTES;

	/* Only a lack of memory or a broken library can fail here. */
	if (secret == NULL || context == NULL ||
	    EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, secret) !=
		1 ||
	    EVP_DigestSignUpdate(context, bytes, len) != 1 ||
	    EVP_DigestSignFinal(context, out, &done) != 1 || done != HMAC_BYTES)
		abort();
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(secret);
}
