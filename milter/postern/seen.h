/* SPDX-License-Identifier: ISC */
/*
 * seen.h - what was seen of a message's header?
 *
 * The evidence that is judged by and, to be shown, the copies of each header
 * that can be asked for.  Bounded, whatever the message holds.
 */
#ifndef POSTERN_POSTERN_SEEN_H
#define POSTERN_POSTERN_SEEN_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/evidence.h"
#include "policy/rules.h"

enum {
	SEEN_COPIES = 64, /* of a header that are kept to be shown */
	SEEN_BYTES = 256  /* of each */
};

/* What there is of one header. */
struct copies {
	const char *name; /* as we write it; the rules' or our own */
	char **values;    /* unfolded; what was cut ends in "..." */
	size_t kept;
	size_t count; /* that there are */
};

struct seen {
	const struct rules *rules;
	struct evidence *evidence;
	bool told; /* there is a message: the caller's to set */
	/* Exchange Online's, then those that the rules want; each once */
	struct copies *headers;
	size_t count;
};

/* A message without header; the rules must outlive it. */
void seen_init(struct seen *seen, const struct rules *rules);
void seen_done(struct seen *seen);
/* Takes in one header, the value with its folds. */
void seen_add(struct seen *seen, const char *name, const char *value);
/* Of one of its headers. */
const struct copies *seen_get(const struct seen *seen, const char *name);

#endif
