/* SPDX-License-Identifier: ISC */
/*
 * privacy.h - what of an address is written down?
 *
 * `domain` writes "*@example.com", `hmac` 16 hex digits in place of the local
 * part, the same for the same address in any case.  What has no "@" is a local
 * part as a whole, but for "<>" and the empty sender.
 */
#ifndef POSTERN_POLICY_PRIVACY_H
#define POSTERN_POLICY_PRIVACY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum privacy_kind {
	PRIVACY_FULL,
	PRIVACY_DOMAIN,
	PRIVACY_HMAC
};

enum {
	PRIVACY_TAG = 8 /* bytes of the HMAC that are written */
};

struct privacy {
	enum privacy_kind kind;
	/* PRIVACY_HMAC: HMAC-SHA256 of the bytes, with the key that owner
	 * holds; from above, as policy knows no key. */
	void (*hmac)(const void *owner, const void *bytes, size_t len,
	    uint8_t tag[PRIVACY_TAG]);
	const void *owner;
};

/* Adds the address as it may be written; privacy NULL: as it is. */
void privacy_add_address(
    const struct privacy *privacy, const char *address, struct buf *out);
/*
 * Adds a text of a client's in which addresses may stand (the names of
 * a certificate, the name of the client): each run of characters of an address
 * that holds an "@" is written as an address; all else as it is.
 */
void privacy_add_text(
    const struct privacy *privacy, const char *text, struct buf *out);

#endif
