/* SPDX-License-Identifier: ISC */
/*
 * nearest.h - which entry came nearest to letting the client in?
 *
 * The one with the fewest conditions that fail; among equals the one that
 * failed at the latest stage, then the first.  An entry is named by the
 * condition that is known earliest, then by the order of conditions.def.
 */
#ifndef POSTERN_POLICY_NEAREST_H
#define POSTERN_POLICY_NEAREST_H

#include "policy/decide.h"

/* Fills failing, count and reason of a refusal by policy. */
void nearest_find(const struct rules *rules, const struct policy *policy,
    const struct facts *facts, struct decision *decision);

/* Did the nearest entry of a come nearer than the nearest one of b? */
bool nearest_is_nearer(const struct rules *rules, const struct decision *a,
    const struct decision *b, const struct facts *facts);

#endif
