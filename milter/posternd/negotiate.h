/* SPDX-License-Identifier: ISC */
/*
 * negotiate.h - which steps, replies and macros does the MTA send us?
 *
 * Each costs a round trip or bytes, so only what verdict and record need.
 */
#ifndef POSTERN_POSTERND_NEGOTIATE_H
#define POSTERN_POSTERND_NEGOTIATE_H

#include <libmilter/mfapi.h>

/* xxfi_negotiate of libmilter; begins the session. */
sfsistat on_negotiate(SMFICTX *ctx, unsigned long actions,
    unsigned long protocol, unsigned long more2, unsigned long more3,
    unsigned long *want_actions, unsigned long *want_protocol,
    unsigned long *want_more2, unsigned long *want_more3);

#endif
