/* SPDX-License-Identifier: ISC */
/*
 * network.h - which addresses does a text in a list stand for?
 *
 * A network, a single address or a range FIRST-LAST, all kept as a range.
 */
#ifndef POSTERN_NET_NETWORK_H
#define POSTERN_NET_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "net/addr.h"

struct range {
	struct addr first; /* same family, first <= last */
	struct addr last;
};

enum {
	RANGE_TEXT = 2 * ADDR_TEXT
};

/*
 * Parses "192.0.2.0/24", "192.0.2.7", "192.0.2.7-192.0.2.12" and the same
 * in IPv6.  Blanks around the whole text or the dash are not taken.  Host
 * bits set, a prefix out of range or with leading zero, a range turned
 * round or across families: false, range untouched, err with the cure
 * ("host bits set; write 192.0.2.0/24").  ::ffff:0:0/96 and longer are
 * IPv4; a shorter mapped prefix (::ffff:0:0/90) is an error.
 */
bool range_parse(const char *text, struct range *range, struct err *err);
/* The shortest text: an address, a network, or FIRST-LAST. */
const char *range_text(const struct range *range, char out[RANGE_TEXT]);

/* The network of 2^host_bits addresses that addr is in. */
struct range range_around(const struct addr *addr, unsigned host_bits);
/*
 * Cuts the widest network that rest begins with off its front; called until
 * it returns false it gives the fewest networks that make up the range.
 */
bool range_cut(struct range *rest, struct range *network);

bool range_has(const struct range *range, const struct addr *addr);
/* Is this every address of its family? */
bool range_is_default(const struct range *range);
/* Does it touch private, reserved or special addresses (addr_is_special)? */
bool range_is_special(const struct range *range);
/*
 * The prefix length of the widest network inside the range: 0..32, 0..128.
 * A list's limits (widest_v4, widest_v6) are held against it.
 */
unsigned range_widest_bits(const struct range *range);
/* Number of addresses as a double: exact up to 2^53, enough to be shown. */
double range_count(const struct range *range);

#endif
