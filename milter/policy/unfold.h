/* SPDX-License-Identifier: ISC */
/* unfold.h - what is the value of a header field, and which field is it? */
#ifndef POSTERN_POLICY_UNFOLD_H
#define POSTERN_POLICY_UNFOLD_H

#include <stdbool.h>

#include "policy/evidence.h"

struct value {
	char text[EVIDENCE_VALUE + 1];
	bool cut; /* it was longer */
};

/*
 * RFC 5322, section 2.2.3: line breaks go, the blanks behind them stay; blanks
 * at both ends do not belong to it.  CR or LF elsewhere is no line break, and
 * stays: no value of ours may hold it.
 */
void unfold(const char *raw, struct value *value);

/*
 * Is this the field of that name?  Without case; blanks before the colon, as
 * old mail has them (RFC 5322, section 4.5), make no other field of it.
 */
bool name_is(const char *name, const char *wanted);
/* Has it such blanks?  No server of today writes them. */
bool name_is_odd(const char *name);

#endif
