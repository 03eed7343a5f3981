/* SPDX-License-Identifier: ISC */
/*
 * setlist.c - is this set in the list?
 *
 * Runs of bytes, a bit for each set, the lowest first: the run's length (1 to
 * LONGEST; 0 ends the list), how many bytes without a set are before it (7
 * bits a byte, the lower ones first, 0x80: more follow), the bytes.  Deeply
 * nested networks have nearly as many lists as there are networks, each with
 * many sets: 50 sources take 10 bytes, whoever is in it.
 */
#include "config.h"

#include "net/setlist.h"

#include "net/table.h"

enum {
	LONGEST = 255,
	HOLE = 2 /* bytes without a set that a run goes on over: a head's */
};

struct setlist {
	uint8_t runs[1];
};

static const uint8_t *
get_gap(const uint8_t *from, uint32_t *gap)
{
	unsigned shift = 0;

	for (*gap = 0; (*from & 0x80) != 0; shift += 7)
		*gap |= (uint32_t)(*from++ & 0x7f) << shift;
	*gap |= (uint32_t)*from++ << shift;

	return from;
}

static uint8_t *
put_gap(uint8_t *out, uint32_t gap)
{
	for (; gap >= 0x80; gap >>= 7)
		*out++ = (uint8_t)(gap | 0x80);
	*out++ = (uint8_t)gap;

	return out;
}

bool
setlist_has(const struct setlist *list, uint32_t set)
{
	const uint8_t *run = list->runs;
	uint32_t wanted = set / 8;
	uint32_t at = 0, gap, len;

	while (*run != 0) {
		len = *run++;
		run = get_gap(run, &gap);
		at += gap;
		if (wanted < at)
			return false;
		if (wanted - at < len)
			return (run[wanted - at] >> set % 8 & 1) != 0;
		run += len;
		at += len;
	}

	return false;
}

/* Sets that are near enough to the first for one run; returns how many. */
static size_t
fill_run(const uint32_t *sets, size_t count, uint8_t *run, uint8_t *len)
{
	uint32_t first = sets[0] / 8;
	uint32_t end = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		uint32_t at = sets[i] / 8 - first;

		if (at >= LONGEST || at > end + HOLE)
			break;
		while (end <= at)
			run[end++] = 0;
		run[at] |= (uint8_t)(1U << sets[i] % 8);
	}
	*len = (uint8_t)end;

	return i;
}

size_t
setlist_pack(const uint32_t *sets, size_t count, uint8_t *out)
{
	uint8_t *const begin = out;
	uint32_t at = 0;

	for (size_t i = 0; i < count;) {
		uint32_t first = sets[i] / 8;
		uint8_t *len = out;

		out = put_gap(len + 1, first - at);
		i += fill_run(&sets[i], count - i, out, len);
		out += *len;
		at = first + *len;
	}
	*out++ = 0;

	return (size_t)(out - begin);
}
