/* SPDX-License-Identifier: ISC */
/*
 * glance.h - what does a line claim to be, and is its hash right?
 *
 * Looks at no more than verification needs: a million lines a second.
 */
#ifndef POSTERN_LOG_GLANCE_H
#define POSTERN_LOG_GLANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/timetext.h"
#include "crypto/digest.h"

enum glance_kind {
	GLANCE_OTHER,
	GLANCE_SEALED,
	GLANCE_ROTATED,
	GLANCE_DELETED,
	GLANCE_RECOVERED
};

struct glance {
	bool record;       /* it has the form of one; else nothing is filled */
	bool right;        /* its hash is that of its bytes */
	uint64_t sequence; /* from 1 */
	enum glance_kind kind;
	const char *prev; /* DIGEST_TEXT - 1 digits in the line, as is hash */
	const char *hash;
};

/* Of a line without its newline. */
void glance_at(
    const char *line, size_t len, struct digest *digest, struct glance *glance);
/* The 27 bytes where the @timestamp of a record stands, whatever they are. */
void glance_time(const char *line, size_t len, char time[TIME_TEXT]);

/* What a record `deleted` says is gone. */
struct glance_gone {
	uint64_t first;
	uint64_t last;
	char hash[DIGEST_TEXT]; /* of the last record */
};

bool glance_gone(const char *line, size_t len, struct glance_gone *gone);

#endif
