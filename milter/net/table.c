/* SPDX-License-Identifier: ISC */
/* table.c - in which sets is an address? */
#include "config.h"

#include "net/table.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "net/index.h"
#include "net/setpool.h"
#include "net/sweep.h"

enum {
	SETS_MAX = 1 << 24 /* counters for all of them take 128 MB */
};

struct borders {
	struct border *items;
	size_t count;
	size_t room;
};

struct table_builder {
	struct borders v4;
	struct borders v6;
	uint32_t sets; /* all are below */
};

struct table {
	struct index *v4;
	struct index *v6;
	struct setlist **lists;
	size_t nlists;
};

bool
setlist_has(const struct setlist *list, uint32_t set)
{
	uint32_t low = 0;
	uint32_t high = list->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (list->sets[middle] == set)
			return true;
		if (list->sets[middle] < set)
			low = middle + 1;
		else
			high = middle;
	}

	return false;
}

struct table_builder *
table_builder_new(void)
{
	return mem_new(1, sizeof(struct table_builder));
}

void
table_builder_free(struct table_builder *builder)
{
	if (builder == NULL)
		return;
	free(builder->v4.items);
	free(builder->v6.items);
	free(builder);
}

static void
add_border(struct borders *borders, const struct addr *at, uint32_t set,
    enum border_kind kind)
{
	borders->items = mem_grow(borders->items, borders->count,
	    &borders->room, sizeof(*borders->items));
	borders->items[borders->count++] =
	    (struct border){ at->high, at->low, set, kind };
}

static void
add_range(struct table_builder *builder, uint32_t set,
    const struct range *range, enum border_kind begin, enum border_kind end)
{
	struct borders *borders =
	    range->first.family == FAMILY_V4 ? &builder->v4 : &builder->v6;
	struct addr behind = range->last;

	assert(range->first.family != FAMILY_NONE && set < SETS_MAX);
	if (set >= builder->sets)
		builder->sets = set + 1;
	add_border(borders, &range->first, set, begin);
	if (addr_next(&behind)) /* else it never ends */
		add_border(borders, &behind, set, end);
}

void
table_add(
    struct table_builder *builder, uint32_t set, const struct range *range)
{
	add_range(builder, set, range, BORDER_ADD, BORDER_ADD_END);
}

void
table_except(
    struct table_builder *builder, uint32_t set, const struct range *range)
{
	add_range(builder, set, range, BORDER_EXCEPT, BORDER_EXCEPT_END);
}

static struct index *
index_of_borders(enum family family, struct borders *borders, uint32_t sets,
    struct setpool *pool)
{
	struct intervals intervals = { NULL, 0, 0 };
	struct index *index;

	sweep(borders->items, borders->count, sets, pool, &intervals);
	index = index_new(family, intervals.items, intervals.count);
	free(intervals.items);

	return index;
}

struct table *
table_new(struct table_builder *builder)
{
	struct table *table = mem_new(1, sizeof(*table));
	struct setpool pool;

	setpool_init(&pool);
	table->v4 =
	    index_of_borders(FAMILY_V4, &builder->v4, builder->sets, &pool);
	table->v6 =
	    index_of_borders(FAMILY_V6, &builder->v6, builder->sets, &pool);
	table->lists = setpool_take(&pool, &table->nlists);
	setpool_done(&pool);

	return table;
}

void
table_free(struct table *table)
{
	if (table == NULL)
		return;
	index_free(table->v4);
	index_free(table->v6);
	for (size_t i = 0; i < table->nlists; i++)
		free(table->lists[i]);
	free(table->lists);
	free(table);
}

const struct setlist *
table_find(const struct table *table, const struct addr *addr)
{
	uint32_t list = SETPOOL_EMPTY;

	switch (addr->family) {
	case FAMILY_NONE:
		break;
	case FAMILY_V4:
		list = index_find(table->v4, addr);
		break;
	case FAMILY_V6:
		list = index_find(table->v6, addr);
		break;
	}

	return table->lists[list];
}

/* Whom the networks of a set are handed to. */
struct visitor {
	void (*visit)(void *owner, const struct range *network);
	void *owner;
};

static void
visit_range(struct range range, const struct visitor *visitor)
{
	struct range network;

	while (range_cut(&range, &network))
		visitor->visit(visitor->owner, &network);
}

/* Neighbours differ in other sets only: put together before they count. */
static void
visit_index(const struct table *table, const struct index *index, uint32_t set,
    const struct visitor *visitor)
{
	struct range whole, part;
	bool is_open = false;

	for (size_t i = 0; i < index_count(index); i++) {
		uint32_t list = index_get(index, i, &part);

		if (setlist_has(table->lists[list], set)) {
			if (!is_open)
				whole.first = part.first;
			whole.last = part.last;
			is_open = true;
		} else if (is_open) {
			visit_range(whole, visitor);
			is_open = false;
		}
	}
	if (is_open)
		visit_range(whole, visitor);
}

void
table_each(const struct table *table, uint32_t set,
    void (*visit)(void *owner, const struct range *network), void *owner)
{
	const struct visitor visitor = { visit, owner };

	visit_index(table, table->v4, set, &visitor);
	visit_index(table, table->v6, set, &visitor);
}

struct measure {
	double addresses;
	size_t networks;
};

static void
measure(void *owner, const struct range *network)
{
	struct measure *sum = owner;

	sum->addresses += range_count(network);
	sum->networks++;
}

void
table_measure(const struct table *table, uint32_t set, double *addresses,
    size_t *networks)
{
	struct measure sum = { 0, 0 };

	table_each(table, set, measure, &sum);
	if (addresses != NULL)
		*addresses = sum.addresses;
	if (networks != NULL)
		*networks = sum.networks;
}
