/* SPDX-License-Identifier: ISC */
/*
 * domains.h - which policy guards a domain?
 *
 * The most specific wins: the exact name, then the longest ".suffix", then
 * "*", whatever the order.  Filled by one thread, then only read.
 */
#ifndef POSTERN_POLICY_DOMAINS_H
#define POSTERN_POLICY_DOMAINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	DOMAIN_TEXT = 256 /* the longest name with its terminator */
};

#define DOMAIN_NONE UINT32_MAX /* no policy guards it */

/*
 * Makes a domain comparable: A-labels (IDNA 2008, UTS 46 non-transitional),
 * lower case, no trailing dot.  Underscores are taken, as real names have
 * them; a last label of digits alone is not (an address without brackets).
 * Returns false with err (out untouched) for what is no domain name.
 */
bool domain_normal(const char *text, char out[DOMAIN_TEXT], struct err *err);

struct domains;

struct domains *domains_new(void);
void domains_free(struct domains *domains); /* NULL is allowed */

/*
 * pattern: "example.com", ".example.com" (every subdomain, not itself) or
 * "*".  Returns false with err where it is none of these, or where a policy
 * has it already (*other is that policy's number then, else untouched).
 */
bool domains_add(struct domains *domains, const char *pattern, uint32_t policy,
    uint32_t *other, struct err *err);

/* Does a policy name exactly this one?  name as domain_normal() made it. */
bool domains_name(const struct domains *domains, const char *name);
/* name as domain_normal() made it.  The policy's number or DOMAIN_NONE. */
uint32_t domains_find(const struct domains *domains, const char *name);

#endif
