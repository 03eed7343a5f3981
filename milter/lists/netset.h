/* SPDX-License-Identifier: ISC */
/*
 * netset.h - which networks does a list hold, and of which day is it?
 *
 * A text file: a network, address or range a line (net/network.h); "#"
 * begins a comment, behind an entry too.  The comments before the first
 * entry are its head; "# date: YYYY-MM-DD" (or "unknown") and "# origin: ..."
 * there are read.
 */
#ifndef POSTERN_LISTS_NETSET_H
#define POSTERN_LISTS_NETSET_H

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "crypto/digest.h"
#include "net/network.h"

enum {
	NETSET_BYTES = 256 << 20, /* a million networks with a comment each */
	NETSET_LINE = 4096,
	NETSET_ERRORS = 20, /* that are told of one file, then their number */
	NETSET_NO_DAY = INT32_MIN
};

struct netset_entry {
	struct range range;
	unsigned line;
};

struct netset {
	struct netset_entry *entries; /* as they stand */
	size_t count;
	size_t room;
	int32_t day;              /* NETSET_NO_DAY: none, or not known */
	char *origin;             /* no control characters; NULL: none */
	char digest[DIGEST_TEXT]; /* of the file's bytes */
};

/*
 * Reads the list at path.  Returns NULL where anything is wrong in it, all of
 * which goes to diags.  Free with netset_free().
 */
struct netset *netset_load(const char *path, struct diags *diags);
void netset_free(struct netset *netset); /* NULL is allowed */

#endif
