/* SPDX-License-Identifier: ISC */
/* index.c - which interval is an address in? */
#include "config.h"

#include "net/index.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "net/leaf.h"
#include "net/place.h"
#include "net/tree.h"

struct index *
index_new(enum family family, const struct interval *intervals, size_t count)
{
	struct index *index = mem_new(1, sizeof(*index));

	index->family = family;
	index->tree = tree_plant(intervals, count, &index->bytes);

	return index;
}

void
index_free(struct index *index)
{
	if (index == NULL)
		return;
	free(index->tree);
	free(index);
}

size_t
index_bytes(const struct index *index)
{
	return sizeof(*index) + index->bytes;
}

/* A walk through all borders. */
struct walk {
	const struct index *index;
	void (*visit)(void *owner, const struct range *range, uint32_t list);
	void *owner;
	struct interval open; /* begun, its end still to come */
	bool is_open;
};

static void
finish(const struct walk *walk, struct wide behind)
{
	enum family family = walk->index->family;
	const struct range range = { place_addr(family, walk->open.at),
		place_addr(family, place_before(behind)) };

	walk->visit(walk->owner, &range, walk->open.list);
}

/* A leaf begins with its base, which is a border only if the list changes. */
static void
walk_border(void *owner, const struct interval *from)
{
	struct walk *walk = owner;

	if (!walk->is_open) {
		walk->open = (struct interval){ { 0, 0 }, from->list };
		walk->is_open = true;
	} else if (from->list != walk->open.list) {
		finish(walk, from->at);
		walk->open = *from;
	}
}

static void
walk_node(struct walk *walk, const uint8_t *node, struct wide base)
{
	if (node[0] != TREE_NODE) {
		leaf_each(node, base, walk_border, walk);
		return;
	}
	for (uint32_t slot = 0; slot <= tree_last_slot(node); slot++) {
		struct wide width =
		    wide_left((struct wide){ 0, slot }, node[1]);

		walk_node(walk, walk->index->tree + tree_slot(node, slot),
		    wide_plus(tree_base(node), width));
	}
}

void
index_each(const struct index *index,
    void (*visit)(void *owner, const struct range *range, uint32_t list),
    void *owner)
{
	struct walk walk = { .index = index, .visit = visit, .owner = owner };

	walk_node(&walk, index->tree + TREE_ROOT, (struct wide){ 0, 0 });
	finish(&walk, (struct wide){ 0, 0 });
}
