/* SPDX-License-Identifier: ISC */
/* table.c - in which sets is an address? */
#include "config.h"

#include "net/table.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "net/index.h"
#include "net/place.h"
#include "net/setpool.h"
#include "net/sweep.h"

enum {
	SETS_MAX = 1 << 24 /* what is kept of all of them takes 768 MB */
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

/* What a set comes to. */
struct measure {
	double addresses;
	size_t networks;
};

struct table {
	struct index *v4;
	struct index *v6;
	uint8_t *lists; /* a list's number is where it stands here */
	size_t lists_len;
	struct measure *measures; /* of all sets below nmeasures */
	uint32_t nmeasures;
};

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
	    (struct border){ place_of(at), set, kind };
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

/* A table, and whose stretches are measured. */
struct measuring {
	struct table *table;
	enum family family;
};

static void
measure(void *owner, uint32_t set, struct wide from, struct wide behind)
{
	struct measuring *measuring = owner;
	struct measure *measure = &measuring->table->measures[set];
	struct range network,
	    rest = { place_addr(measuring->family, from),
		    place_addr(measuring->family, place_before(behind)) };

	measure->addresses += range_count(&rest);
	while (range_cut(&rest, &network))
		measure->networks++;
}

static struct index *
index_of_borders(enum family family, struct borders *borders,
    struct table *table, struct setpool *pool)
{
	struct measuring measuring = { table, family };
	const struct stretches stretches = { measure, &measuring };
	struct intervals intervals = { NULL, 0, 0 };
	struct index *index;

	sweep(borders->items, borders->count, table->nmeasures, pool,
	    &intervals, &stretches);
	index = index_new(family, intervals.items, intervals.count);
	free(intervals.items);

	return index;
}

struct table *
table_new(struct table_builder *builder)
{
	struct table *table = mem_new(1, sizeof(*table));
	struct setpool pool;

	table->measures = mem_new(builder->sets, sizeof(*table->measures));
	table->nmeasures = builder->sets;
	setpool_init(&pool);
	table->v4 = index_of_borders(FAMILY_V4, &builder->v4, table, &pool);
	table->v6 = index_of_borders(FAMILY_V6, &builder->v6, table, &pool);
	table->lists = setpool_take(&pool, &table->lists_len);
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
	free(table->lists);
	free(table->measures);
	free(table);
}

size_t
table_bytes(const struct table *table)
{
	return sizeof(*table) + index_bytes(table->v4) +
	    index_bytes(table->v6) + table->lists_len +
	    table->nmeasures * sizeof(*table->measures);
}

static const struct setlist *
list_at(const struct table *table, uint32_t number)
{
	return (const struct setlist *)(const void *)(table->lists + number);
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

	return list_at(table, list);
}

/* The networks of a set, whom they are handed to, and what is not yet. */
struct visitor {
	const struct table *table;
	uint32_t set;
	void (*visit)(void *owner, const struct range *network);
	void *owner;
	struct range whole;
	bool is_open;
};

static void
visit_whole(struct visitor *visitor)
{
	struct range network;

	if (!visitor->is_open)
		return;
	while (range_cut(&visitor->whole, &network))
		visitor->visit(visitor->owner, &network);
	visitor->is_open = false;
}

/* Neighbours differ in other sets only: put together before they count. */
static void
visit_part(void *owner, const struct range *part, uint32_t list)
{
	struct visitor *visitor = owner;

	if (!setlist_has(list_at(visitor->table, list), visitor->set)) {
		visit_whole(visitor);
		return;
	}
	if (!visitor->is_open)
		visitor->whole.first = part->first;
	visitor->whole.last = part->last;
	visitor->is_open = true;
}

void
table_each(const struct table *table, uint32_t set,
    void (*visit)(void *owner, const struct range *network), void *owner)
{
	struct visitor visitor = {
		.table = table, .set = set, .visit = visit, .owner = owner
	};

	index_each(table->v4, visit_part, &visitor);
	visit_whole(&visitor);
	index_each(table->v6, visit_part, &visitor);
	visit_whole(&visitor);
}

void
table_measure(const struct table *table, uint32_t set, double *addresses,
    size_t *networks)
{
	const struct measure none = { 0, 0 };
	const struct measure *measure =
	    set < table->nmeasures ? &table->measures[set] : &none;

	if (addresses != NULL)
		*addresses = measure->addresses;
	if (networks != NULL)
		*networks = measure->networks;
}
