/* SPDX-License-Identifier: ISC */
/* digest.c - what is the SHA-256 of these bytes? */
#include "config.h"

#include "crypto/digest.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

enum {
	DIGEST_BYTES = 32
};

struct digest {
	EVP_MD_CTX *context;
};

struct digest *
digest_new(void)
{
	struct digest *digest = mem_new(1, sizeof(*digest));

	/* Only a lack of memory or a broken library can fail here. */
	digest->context = EVP_MD_CTX_new();
	if (digest->context == NULL ||
	    EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1)
		abort();

	return digest;
}

void
digest_add(struct digest *digest, const void *bytes, size_t len)
{
	if (EVP_DigestUpdate(digest->context, bytes, len) != 1)
		abort();
}

void
digest_next(struct digest *digest, char out[DIGEST_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t raw[EVP_MAX_MD_SIZE];

	/* Without a name it keeps SHA-256, and need not look for that again:
	 * half of the time of a short line. */
	if (EVP_DigestFinal_ex(digest->context, raw, NULL) != 1 ||
	    EVP_DigestInit_ex(digest->context, NULL, NULL) != 1)
		abort();
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		*out++ = hex[raw[i] >> 4];
		*out++ = hex[raw[i] & 15];
	}
	*out = '\0';
}

void
digest_free(struct digest *digest)
{
	if (digest == NULL)
		return;
	EVP_MD_CTX_free(digest->context);
	free(digest);
}

void
digest_end(struct digest *digest, char out[DIGEST_TEXT])
{
	digest_next(digest, out);
	digest_free(digest);
}

void
digest_of(const void *bytes, size_t len, char out[DIGEST_TEXT])
{
	struct digest *digest = digest_new();

	digest_add(digest, bytes, len);
	digest_end(digest, out);
}
