/* SPDX-License-Identifier: ISC */
/*
 * connecting.h - who handed the message to the tenant?
 *
 * HEADER_CONNECTING: "TenantId=GUID;Ip=[192.0.2.1];Helo=[name]", folded as it
 * comes, blanks around each part.  The name behind Helo is the client's own
 * and may hold anything, a ";" too: so every TenantId and every Ip that
 * stands there counts.
 */
#ifndef POSTERN_POLICY_CONNECTING_H
#define POSTERN_POLICY_CONNECTING_H

#include "policy/evidence.h"
#include "policy/unfold.h"

void evidence_add_connecting(
    struct evidence *evidence, const struct value *value);

/* One GUID more (or what is none). */
void evidence_add_tenant(struct tenant_evidence *tenant, const char *text);

#endif
