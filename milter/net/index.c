/* SPDX-License-Identifier: ISC */
/* index.c - which interval is an address in? */
#include "config.h"

#include "net/index.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

struct wide {
	uint64_t high;
	uint64_t low;
};

struct index {
	enum family family;
	size_t count;
	uint32_t
	    *first_v4; /* where each interval begins; ascending, [0] is 0 */
	struct wide *first_v6;
	uint32_t *lists;
};

struct index *
index_new(enum family family, const struct interval *intervals, size_t count)
{
	struct index *index = mem_new(1, sizeof(*index));

	assert(count > 0 && intervals[0].high == 0 && intervals[0].low == 0);
	index->family = family;
	index->count = count;
	index->lists = mem_new(count, sizeof(*index->lists));
	if (family == FAMILY_V4)
		index->first_v4 = mem_new(count, sizeof(*index->first_v4));
	else
		index->first_v6 = mem_new(count, sizeof(*index->first_v6));
	for (size_t i = 0; i < count; i++) {
		const struct interval *from = &intervals[i];

		index->lists[i] = from->list;
		if (family == FAMILY_V4)
			index->first_v4[i] = (uint32_t)from->low;
		else
			index->first_v6[i] =
			    (struct wide){ from->high, from->low };
	}

	return index;
}

void
index_free(struct index *index)
{
	if (index == NULL)
		return;
	free(index->first_v4);
	free(index->first_v6);
	free(index->lists);
	free(index);
}

static bool
is_behind(const struct wide *first, const struct addr *addr)
{
	return first->high > addr->high ||
	    (first->high == addr->high && first->low > addr->low);
}

/* The last interval that begins at or before addr; the first one does. */
static size_t
find_v4(const struct index *index, uint32_t addr)
{
	size_t low = 0;
	size_t high = index->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (index->first_v4[middle] > addr)
			high = middle;
		else
			low = middle;
	}

	return low;
}

static size_t
find_v6(const struct index *index, const struct addr *addr)
{
	size_t low = 0;
	size_t high = index->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (is_behind(&index->first_v6[middle], addr))
			high = middle;
		else
			low = middle;
	}

	return low;
}

uint32_t
index_find(const struct index *index, const struct addr *addr)
{
	assert(addr->family == index->family);

	return index->lists[index->family == FAMILY_V4
		? find_v4(index, (uint32_t)addr->low)
		: find_v6(index, addr)];
}

size_t
index_count(const struct index *index)
{
	return index->count;
}

static struct addr
first_of(const struct index *index, size_t at)
{
	if (index->family == FAMILY_V4)
		return (struct addr){ FAMILY_V4, 0, index->first_v4[at] };

	return (struct addr){ FAMILY_V6, index->first_v6[at].high,
		index->first_v6[at].low };
}

static struct addr
last_of_family(enum family family)
{
	if (family == FAMILY_V4)
		return (struct addr){ FAMILY_V4, 0, UINT32_MAX };

	return (struct addr){ FAMILY_V6, UINT64_MAX, UINT64_MAX };
}

uint32_t
index_get(const struct index *index, size_t at, struct range *range)
{
	range->first = first_of(index, at);
	if (at + 1 < index->count) {
		range->last = first_of(index, at + 1);
		(void)addr_previous(&range->last); /* it is not the first */
	} else {
		range->last = last_of_family(index->family);
	}

	return index->lists[at];
}
