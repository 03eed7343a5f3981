/* SPDX-License-Identifier: ISC */
/*
 * evidence.h - what does a message's header say of where it comes from?
 *
 * Taken in header by header, as the MTA hands them over, and kept in bounded
 * memory whatever the message holds: copies that agree are one.  What does
 * not parse, or lies behind the bounds, is remembered as such: it
 * contradicts and never counts as absent.
 */
#ifndef POSTERN_POLICY_EVIDENCE_H
#define POSTERN_POLICY_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/addr.h"
#include "policy/domains.h"
#include "policy/guid.h"

struct rules;

enum {
	EVIDENCE_VALUE = 1024, /* bytes of a value that are looked at */
	EVIDENCE_ADDRS = 64,   /* different connecting addresses */
	EVIDENCE_ID = 320      /* of a Message-ID, for the record; cut */
};

/* The headers that are read (Exchange Online's; names without case). */
#define HEADER_TENANT "X-MS-Exchange-CrossTenant-Id"
#define HEADER_ENTITY "X-MS-Exchange-CrossTenant-FromEntityHeader"
#define HEADER_CONNECTING \
	"X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp"
#define HEADER_ORIGINATOR "X-OriginatorOrg"
#define HEADER_MARK "X-Postern"
#define HEADER_ID "Message-ID"

/* Values of HEADER_ENTITY, as bits. */
enum entity {
	ENTITY_HOSTED = 1,
	ENTITY_HYBRID = 2,
	ENTITY_INTERNET = 4,
	ENTITY_OTHER = 8
};

/* The bit of "Hosted", "HybridOnPrem", "Internet"; else ENTITY_OTHER. */
enum entity entity_of_text(const char *text);

/* CrossTenant-Id, and TenantId of the connecting address. */
struct tenant_evidence {
	bool stamped; /* there is a CrossTenant-Id */
	bool given;   /* a GUID stands somewhere; first is it */
	struct guid first;
	bool differ;  /* two of them */
	bool broken;  /* one that does not parse */
	bool lacking; /* a connecting address without one */
	bool beyond;  /* one behind the bounds */
};

struct connecting_evidence {
	bool stamped;
	struct addr addrs[EVIDENCE_ADDRS]; /* different ones */
	size_t count;
	bool broken; /* a field without address, or one that does not parse */
	bool beyond;
};

struct originator_evidence {
	bool given;
	char first[DOMAIN_TEXT]; /* as domain_normal() made it */
	bool differ;
	bool broken;
};

/* Of a header that the rules want: rules->wanted, by number. */
struct wanted_evidence {
	unsigned count; /* 2: two or more */
	bool equal;     /* the first has the value */
};

struct evidence {
	struct tenant_evidence tenant;
	unsigned entities; /* bits of enum entity */
	struct connecting_evidence connecting;
	struct originator_evidence originator;
	size_t marks; /* how many HEADER_MARK there are */
	char message_id[EVIDENCE_ID];
	size_t nwanted;
	struct wanted_evidence wanted[]; /* nwanted of them */
};

/* Of a message without header; free with free(). */
struct evidence *evidence_new(const struct rules *rules);
/* The same again, for the next message. */
void evidence_clear(struct evidence *evidence);

/*
 * Takes in one header; the same rules as at evidence_new().  value: as the
 * MTA has it, folds and all.
 */
void evidence_add(struct evidence *evidence, const struct rules *rules,
    const char *name, const char *value);

#endif
