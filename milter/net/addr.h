/* SPDX-License-Identifier: ISC */
/*
 * addr.h - what is an address?
 *
 * A value.  IPv4-mapped IPv6 (::ffff:a.b.c.d) is IPv4 and never stands here
 * as IPv6; no other embedded IPv4 (6to4, Teredo, NAT64) is unpacked.
 */
#ifndef POSTERN_NET_ADDR_H
#define POSTERN_NET_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum family {
	FAMILY_NONE, /* no address */
	FAMILY_V4,
	FAMILY_V6
};

/* IPv4 stands in low, high is 0; numbers in host order. */
struct addr {
	enum family family;
	uint64_t high;
	uint64_t low;
};

enum {
	ADDR_TEXT = 48 /* the longest text with its terminator */
};

/*
 * Parses a bare address (RFC 4291, RFC 5952 or any text that inet_pton
 * takes; never inet_aton's octal, hexadecimal or short forms; no zone).
 * Returns false, addr untouched, for all else.
 */
bool addr_parse(const char *text, struct addr *addr);
/* From network order; 4 or 16 bytes.  Mapped IPv6 becomes IPv4. */
struct addr addr_of_bytes(enum family family, const uint8_t *bytes);
/* RFC 5952 text; "" for FAMILY_NONE. */
const char *addr_text(const struct addr *addr, char out[ADDR_TEXT]);

/* <0, 0, >0; every IPv4 address comes before every IPv6 one. */
int addr_compare(const struct addr *a, const struct addr *b);
bool addr_equal(const struct addr *a, const struct addr *b);
/* Steps to the next address of the family; false at its last one. */
bool addr_next(struct addr *addr);
/* Steps back; false at the family's first one. */
bool addr_previous(struct addr *addr);

/* For lists that come from outside: RFC 1918, 4193, 5737, 6598, 6890 etc. */
bool addr_is_special(const struct addr *addr);

#endif
