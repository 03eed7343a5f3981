/* SPDX-License-Identifier: ISC */
/*
 * certificate.h - which certificate has the client shown, and does it count?
 *
 * Only one that the MTA has verified, and that has a CN.
 */
#ifndef POSTERN_POSTERND_CERTIFICATE_H
#define POSTERN_POSTERND_CERTIFICATE_H

#include <libmilter/mfapi.h>

#include "posternd/session.h"

/* At MAIL; fills cert_subject and cert_issuer of the facts, or NULL. */
void certificate_take(SMFICTX *ctx, struct session *session);

#endif
