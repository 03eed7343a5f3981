/* SPDX-License-Identifier: ISC */
/*
 * class.h - which recipients will have one answer?
 *
 * Those that wait under the same policies (a row of a table is one of its
 * own) for the same entries.
 */
#ifndef POSTERN_POLICY_CLASS_H
#define POSTERN_POLICY_CLASS_H

#include <stdint.h>

#include "policy/decide.h"

enum {
	CLASS_FREE = 0 /* whatever the header says, it is let in */
};

/* Of a recipient that waits under this policy; never CLASS_FREE. */
uint64_t class_of(const struct rules *rules, const struct policy *policy,
    const struct facts *facts);
/* Of one that waits under both, in any order; CLASS_FREE adds nothing. */
uint64_t class_join(uint64_t a, uint64_t b);

#endif
