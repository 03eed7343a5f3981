/* SPDX-License-Identifier: ISC */
/* verify.h - what did the proof of a log come to?  (verify.c, verify_text.c) */
#ifndef POSTERN_POSTERN_VERIFY_H
#define POSTERN_POSTERN_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "log/verify.h"
#include "postern/records.h"

enum key_origin {
	KEY_GIVEN,  /* --key */
	KEY_BESIDE, /* of PATH.seals */
	KEY_NONE    /* the seals are held against each other only */
};

struct outcome {
	struct verify_result result;
	enum key_origin origin;
	const char *seals; /* PATH.seals */
	const char *file;  /* of the damage */
	uint64_t noted;    /* sequence that PATH.lock remembers; 0: none */
	bool overdue;      /* a seal is, by the configuration */
};

/* Is a seal overdue?  Records are under none for longer than twice `seal`. */
bool outcome_is_overdue(
    const struct verify_result *result, const struct log_request *request);

/* Words for a person: what is wrong to standard error, the rest into out. */
void outcome_text(const struct outcome *outcome,
    const struct log_request *request, struct buf *out);
void outcome_json(const struct outcome *outcome, struct buf *out);

#endif
