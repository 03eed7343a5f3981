/* SPDX-License-Identifier: ISC */
/*
 * recipient.h - which domains does an envelope recipient reach?
 *
 * RFC 5321 section 4.1.2, and what MTAs take besides: the domain behind the
 * last "@"; a source route is skipped; a local part may hide another domain
 * ("user%example.com@...", "example.com!user@...", quoted or not), which
 * counts as well.  What MTAs may read in more than one way (comments, blanks
 * beside "%" and "!") cannot be told.  Nothing is resolved, nothing allocated.
 */
#ifndef POSTERN_POLICY_RECIPIENT_H
#define POSTERN_POLICY_RECIPIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/domains.h"

enum {
	RECIPIENT_TEXT = 512, /* of the address, for the record: 1 KiB cut */
	RECIPIENT_LOCAL = 65, /* a longer local part is in no list */
	RECIPIENT_DOMAINS = 8 /* more hidden domains: judged by every policy */
};

struct recipient {
	char address[RECIPIENT_TEXT]; /* as given, without brackets */
	char local[RECIPIENT_LOCAL];  /* unquoted, lower case; "" if too long */
	/* unless everywhere, [0] follows the last "@"; the others were
	 * hidden in the local part */
	char domains[RECIPIENT_DOMAINS][DOMAIN_TEXT];
	size_t count;
	bool everywhere; /* cannot be told: must satisfy every policy */
	bool postmaster; /* "postmaster" without a domain */
};

/* argument: of RCPT, with or without brackets.  Never fails. */
void recipient_parse(const char *argument, struct recipient *recipient);

#endif
