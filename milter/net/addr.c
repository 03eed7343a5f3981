/* SPDX-License-Identifier: ISC */
/* addr.c - what is an address? */
#include "config.h"

#include "net/addr.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

enum {
	BYTES_V4 = 4,
	BYTES_V6 = 16
};

#define LAST_V4 UINT64_C(0xffffffff)
#define MAPPED UINT64_C(0xffff) /* ::ffff:0:0/96, RFC 4291 section 2.5.5.2 */

static uint64_t
number_of(const uint8_t *bytes, size_t len)
{
	uint64_t number = 0;

	for (size_t i = 0; i < len; i++)
		number = number << 8 | bytes[i];

	return number;
}

static void
bytes_of(uint64_t number, uint8_t *bytes, size_t len)
{
	for (size_t i = len; i > 0; i--) {
		bytes[i - 1] = (uint8_t)(number & 0xff);
		number >>= 8;
	}
}

struct addr
addr_of_bytes(enum family family, const uint8_t *bytes)
{
	struct addr addr = { family, 0, 0 };

	switch (family) {
	case FAMILY_NONE:
		break;
	case FAMILY_V4:
		addr.low = number_of(bytes, BYTES_V4);
		break;
	case FAMILY_V6:
		addr.high = number_of(bytes, 8);
		addr.low = number_of(bytes + 8, 8);
		if (addr.high == 0 && addr.low >> 32 == MAPPED) {
			addr.family = FAMILY_V4;
			addr.low &= LAST_V4;
		}
		break;
	}

	return addr;
}

bool
addr_parse(const char *text, struct addr *addr)
{
	uint8_t bytes[BYTES_V6];

	if (inet_pton(AF_INET, text, bytes) == 1)
		*addr = addr_of_bytes(FAMILY_V4, bytes);
	else if (inet_pton(AF_INET6, text, bytes) == 1)
		*addr = addr_of_bytes(FAMILY_V6, bytes);
	else
		return false;

	return true;
}

/* inet_ntop() says the same, by way of snprintf(). */
static void
text_of_v4(const uint8_t bytes[BYTES_V4], char *out)
{
	for (size_t i = 0; i < BYTES_V4; i++) {
		if (bytes[i] >= 100)
			*out++ = (char)('0' + bytes[i] / 100);
		if (bytes[i] >= 10)
			*out++ = (char)('0' + bytes[i] / 10 % 10);
		*out++ = (char)('0' + bytes[i] % 10);
		*out++ = i < BYTES_V4 - 1 ? '.' : '\0';
	}
}

const char *
addr_text(const struct addr *addr, char out[ADDR_TEXT])
{
	uint8_t bytes[BYTES_V6];
	const char *text = out;

	switch (addr->family) {
	case FAMILY_NONE:
		out[0] = '\0';
		break;
	case FAMILY_V4:
		bytes_of(addr->low, bytes, BYTES_V4);
		text_of_v4(bytes, out);
		break;
	case FAMILY_V6:
		bytes_of(addr->high, bytes, 8);
		bytes_of(addr->low, bytes + 8, 8);
		text = inet_ntop(AF_INET6, bytes, out, ADDR_TEXT);
		break;
	}
	assert(text != NULL); /* ADDR_TEXT has room for every address */

	return out;
}

int
addr_compare(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;

	return a->low < b->low ? -1 : a->low > b->low;
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_compare(a, b) == 0;
}

bool
addr_next(struct addr *addr)
{
	uint64_t last_low = addr->family == FAMILY_V4 ? LAST_V4 : UINT64_MAX;

	if (addr->family == FAMILY_NONE)
		return false;
	if (addr->low < last_low) {
		addr->low++;
		return true;
	}
	if (addr->family == FAMILY_V4 || addr->high == UINT64_MAX)
		return false;
	addr->high++;
	addr->low = 0;

	return true;
}

bool
addr_previous(struct addr *addr)
{
	if (addr->family == FAMILY_NONE)
		return false;
	if (addr->low > 0) {
		addr->low--;
		return true;
	}
	if (addr->high == 0)
		return false;
	addr->high--;
	addr->low = UINT64_MAX;

	return true;
}
