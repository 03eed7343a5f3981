/* SPDX-License-Identifier: ISC */
/* packed.h - how do numbers stand in packed bytes, the low one first? */
#ifndef POSTERN_NET_PACKED_H
#define POSTERN_NET_PACKED_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "net/wide.h"

static inline uint32_t
get_u16(const uint8_t *bytes)
{
	uint16_t number;

	memcpy(&number, bytes, sizeof(number));

	return le16toh(number);
}

static inline uint32_t
get_u32(const uint8_t *bytes)
{
	uint32_t number;

	memcpy(&number, bytes, sizeof(number));

	return le32toh(number);
}

static inline uint64_t
get_u64(const uint8_t *bytes)
{
	uint64_t number;

	memcpy(&number, bytes, sizeof(number));

	return le64toh(number);
}

static inline struct wide
get_wide(const uint8_t *bytes)
{
	return (struct wide){ get_u64(bytes + 8), get_u64(bytes) };
}

/* The lower width bytes of it. */
static inline void
put_wide(uint8_t *bytes, struct wide number, unsigned width)
{
	for (unsigned i = 0; i < width; i++) {
		bytes[i] = (uint8_t)number.low;
		number = wide_right(number, 8);
	}
}

static inline void
put_u32(uint8_t *bytes, uint32_t number)
{
	put_wide(bytes, (struct wide){ 0, number }, 4);
}

#endif
