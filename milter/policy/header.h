/* SPDX-License-Identifier: ISC */
/* header.h - does a condition on the message's header hold? */
#ifndef POSTERN_POLICY_HEADER_H
#define POSTERN_POLICY_HEADER_H

#include "policy/decide.h"
#include "policy/evidence.h"

/* Of tenant, entity, connecting, originator, headers. */
enum match header_match(const struct rules *rules,
    const struct condition *condition, const struct evidence *evidence);

/* Do two pieces of tenant evidence differ, or does one lie too far back? */
bool evidence_conflicts(const struct evidence *evidence);

#endif
