/* SPDX-License-Identifier: ISC */
/* network.c - which addresses does a text in a list stand for? */
#include "config.h"

#include "net/network.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "net/wide.h"

enum {
	BITS_V4 = 32,
	BITS_V6 = 128,
	SHOWN = 100 /* of a text that is none; a list's line may be long */
};

static unsigned
bits_of(enum family family)
{
	return family == FAMILY_V4 ? BITS_V4 : BITS_V6;
}

/* A number whose last len bits are set; len is 0 to 64. */
static uint64_t
ones(unsigned len)
{
	return len == 0 ? 0 : UINT64_MAX >> (64 - len);
}

struct range
range_around(const struct addr *addr, unsigned host_bits)
{
	uint64_t high = host_bits > 64 ? ones(host_bits - 64) : 0;
	uint64_t low = ones(host_bits > 64 ? 64 : host_bits);
	struct range range = { *addr, *addr };

	range.first.high &= ~high;
	range.first.low &= ~low;
	range.last.high |= high;
	range.last.low |= low;

	return range;
}

static struct wide
wide_of(const struct addr *addr)
{
	return (struct wide){ addr->high, addr->low };
}

/* The host bits of the widest network at the begin of the range. */
static unsigned
widest_host_bits(const struct range *range)
{
	struct wide first = wide_of(&range->first);
	struct wide count = wide_plus(
	    wide_minus(wide_of(&range->last), first), (struct wide){ 0, 1 });
	unsigned fit = wide_bits(count);
	unsigned aligned = wide_zeros(first);

	if (fit == 0) /* 2^128 of them */
		return BITS_V6;

	return aligned < fit - 1 ? aligned : fit - 1;
}

bool
range_cut(struct range *rest, struct range *network)
{
	if (rest->first.family == FAMILY_NONE)
		return false;

	*network = range_around(&rest->first, widest_host_bits(rest));
	rest->first = network->last;
	if (addr_equal(&network->last, &rest->last))
		rest->first.family = FAMILY_NONE;
	else
		(void)addr_next(&rest->first); /* the last is still to come */

	return true;
}

/* How many bits say the network; range is one. */
static unsigned
network_bits(const struct range *range)
{
	const struct wide host = { range->first.high ^ range->last.high,
		range->first.low ^ range->last.low };

	return bits_of(range->first.family) - wide_bits(host);
}

unsigned
range_widest_bits(const struct range *range)
{
	unsigned widest = bits_of(range->first.family);
	struct range rest = *range;
	struct range network;

	while (range_cut(&rest, &network)) {
		unsigned bits = network_bits(&network);

		if (bits < widest)
			widest = bits;
	}

	return widest;
}

const char *
range_text(const struct range *range, char out[RANGE_TEXT])
{
	char first[ADDR_TEXT], last[ADDR_TEXT];
	struct range rest = *range;
	struct range network;

	(void)addr_text(&range->first, first);
	(void)addr_text(&range->last, last);
	if (addr_equal(&range->first, &range->last))
		(void)snprintf(out, RANGE_TEXT, "%s", first);
	else if (range_cut(&rest, &network) && rest.first.family == FAMILY_NONE)
		(void)snprintf(
		    out, RANGE_TEXT, "%s/%u", first, network_bits(range));
	else
		(void)snprintf(out, RANGE_TEXT, "%s-%s", first, last);

	return out;
}

static bool
no_network(const char *text, struct err *err)
{
	struct buf shown;

	buf_init(&shown);
	buf_add_quoted(&shown, text, SHOWN);
	(void)err_set(err,
	    "%s is no address, network or range; write 192.0.2.7, "
	    "192.0.2.0/24, 2001:db8::/32 or 192.0.2.7-192.0.2.12",
	    buf_text(&shown));
	buf_done(&shown);

	return false;
}

/* The address in the first len bytes of text. */
static bool
parse_part(const char *text, size_t len, struct addr *addr)
{
	char part[ADDR_TEXT];

	if (len >= sizeof(part))
		return false;
	memcpy(part, text, len);
	part[len] = '\0';

	return addr_parse(part, addr);
}

static bool
parse_span(
    const char *text, const char *dash, struct range *range, struct err *err)
{
	char shown[RANGE_TEXT];
	struct range found;

	if (!parse_part(text, (size_t)(dash - text), &found.first) ||
	    !addr_parse(dash + 1, &found.last))
		return no_network(text, err);
	if (found.first.family != found.last.family)
		return err_set(err,
		    "a range cannot go from IPv4 to IPv6 or back; write one "
		    "for each");
	if (addr_compare(&found.first, &found.last) > 0) {
		const struct range turned = { found.last, found.first };

		return err_set(err, "the range ends before it begins; write %s",
		    range_text(&turned, shown));
	}
	*range = found;

	return true;
}

/* A prefix length from 0 to most, and nothing that could be octal. */
static bool
parse_bits(const char *text, unsigned most, uint32_t *bits)
{
	return (text[0] != '0' || text[1] == '\0') &&
	    str_to_u32(text, 0, most, bits, NULL);
}

static bool
parse_network(
    const char *text, const char *slash, struct range *range, struct err *err)
{
	size_t len = (size_t)(slash - text);
	char shown[RANGE_TEXT];
	struct range found;
	struct addr addr;
	uint32_t bits = 0;
	unsigned most;
	bool is_mapped;

	if (!parse_part(text, len, &addr))
		return no_network(text, err);
	is_mapped = addr.family == FAMILY_V4 && memchr(text, ':', len) != NULL;
	most = is_mapped ? BITS_V6 : bits_of(addr.family);
	if (!parse_bits(slash + 1, most, &bits))
		return err_set(err,
		    "the prefix length is no number from 0 to %u without "
		    "leading zeros",
		    most);
	if (is_mapped && bits < BITS_V6 - BITS_V4)
		return err_set(err,
		    "::ffff:0:0/96 is IPv4, and no wider network may have it "
		    "in part; write the IPv4 network");

	found = range_around(&addr, most - bits);
	if (!addr_equal(&found.first, &addr))
		return err_set(
		    err, "host bits set; write %s", range_text(&found, shown));
	*range = found;

	return true;
}

bool
range_parse(const char *text, struct range *range, struct err *err)
{
	const char *dash = strchr(text, '-');
	const char *slash = strchr(text, '/');
	struct addr addr;

	if (dash != NULL)
		return parse_span(text, dash, range, err);
	if (slash != NULL)
		return parse_network(text, slash, range, err);
	if (!addr_parse(text, &addr))
		return no_network(text, err);
	*range = (struct range){ addr, addr };

	return true;
}

bool
range_has(const struct range *range, const struct addr *addr)
{
	return addr->family == range->first.family &&
	    addr_compare(&range->first, addr) <= 0 &&
	    addr_compare(addr, &range->last) <= 0;
}

bool
range_is_default(const struct range *range)
{
	const struct range all =
	    range_around(&range->first, bits_of(range->first.family));

	return addr_equal(&range->first, &all.first) &&
	    addr_equal(&range->last, &all.last);
}

double
range_count(const struct range *range)
{
	const double two_64 = 18446744073709551616.0;
	uint64_t low = range->last.low - range->first.low;
	uint64_t high = range->last.high - range->first.high;

	if (range->last.low < range->first.low)
		high--;

	return (double)high * two_64 + (double)low + 1;
}
