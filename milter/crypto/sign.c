/* SPDX-License-Identifier: ISC */
/* sign.c - who signed these bytes? */
#include "config.h"

#include "crypto/sign.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/random.h>

/* Only a lack of memory or a broken library can give NULL. */
static EVP_PKEY *
pair_of(const uint8_t secret[SIGN_SECRET])
{
	EVP_PKEY *pair = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, secret, SIGN_SECRET);

	if (pair == NULL)
		abort();

	return pair;
}

void
sign_key_new(struct sign_key *key)
{
	/* So short a read is whole, but for a signal early after boot. */
	while (getrandom(key->secret, SIGN_SECRET, 0) != SIGN_SECRET)
		;
	sign_key_complete(key);
}

void
sign_key_complete(struct sign_key *key)
{
	EVP_PKEY *pair = pair_of(key->secret);
	size_t len = SIGN_PUBLIC;

	if (EVP_PKEY_get_raw_public_key(pair, key->public, &len) != 1 ||
	    len != SIGN_PUBLIC)
		abort();
	EVP_PKEY_free(pair); /* it cleans its copy of the secret */
}

void
sign_key_forget(struct sign_key *key)
{
	OPENSSL_cleanse(key, sizeof(*key));
}

void
sign_make(const struct sign_key *key, const void *bytes, size_t len,
    uint8_t signature[SIGN_SIGNATURE])
{
	EVP_PKEY *pair = pair_of(key->secret);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t done = SIGN_SIGNATURE;

	if (context == NULL ||
	    EVP_DigestSignInit(context, NULL, NULL, NULL, pair) != 1 ||
	    EVP_DigestSign(context, signature, &done, bytes, len) != 1 ||
	    done != SIGN_SIGNATURE)
		abort();
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(pair);
}

bool
sign_check(const uint8_t public[SIGN_PUBLIC], const void *bytes, size_t len,
    const uint8_t signature[SIGN_SIGNATURE])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, public, SIGN_PUBLIC);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool right;

	if (key == NULL || context == NULL ||
	    EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) != 1)
		abort();
	/* What is no point of the curve is found here, and is no key. */
	right = EVP_DigestVerify(
		    context, signature, SIGN_SIGNATURE, bytes, len) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);

	return right;
}
