/* SPDX-License-Identifier: ISC */
/* geo.h - how are autonomous systems and countries written? */
#ifndef POSTERN_POLICY_GEO_H
#define POSTERN_POLICY_GEO_H

#include <stdbool.h>
#include <stdint.h>

/* "64500" or "AS64500", 1 to 4294967295 (RFC 5396); else untouched. */
bool asn_parse(const char *text, uint32_t *asn);
/* Two letters (ISO 3166-1 alpha-2), made capital; else untouched. */
bool country_parse(const char *text, char country[3]);

#endif
