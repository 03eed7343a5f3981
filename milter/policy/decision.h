/* SPDX-License-Identifier: ISC */
/* decision.h - how does a decision begin? */
#ifndef POSTERN_POLICY_DECISION_H
#define POSTERN_POLICY_DECISION_H

#include "policy/decide.h"

/* With mode and stage; nothing failed, nothing is answered. */
struct decision decision_of(const struct rules *rules,
    const struct facts *facts, const struct policy *policy,
    enum verdict verdict, enum ground ground);

#endif
