/* SPDX-License-Identifier: ISC */
/* tree.c - where in a space are many borders, and where are few? */
#include "config.h"

#include "net/tree.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	DENSITY = 4, /* borders for which a slot is made: a line of cache */
	FEWEST = 4,  /* slots: with fewer a child's need not be narrower */
	FIRST_ROOM = 256
};

struct tree {
	uint8_t *bytes;
	size_t len;
	size_t room;
	/* where the last leaf without borders stands; many look the same */
	bool has_empty;
	uint32_t empty;
	uint32_t empty_list;
};

/* Where the next len bytes will stand, with something to spare behind. */
static uint32_t
reserve(struct tree *tree, size_t len)
{
	size_t at = tree->len;

	/* a place is 32 bits wide, enough for 200 million networks */
	if (len > UINT32_MAX - at)
		abort();
	tree->len += len;
	if (tree->len + LEAF_SPARE > tree->room) {
		while (tree->len + LEAF_SPARE > tree->room)
			tree->room =
			    tree->room == 0 ? FIRST_ROOM : tree->room * 2;
		tree->bytes = mem_resize(tree->bytes, tree->room, 1);
	}

	return (uint32_t)at;
}

static uint32_t
add_leaf(struct tree *tree, const uint8_t *leaf, size_t len)
{
	uint32_t at = reserve(tree, len);

	memcpy(tree->bytes + at, leaf, len);

	return at;
}

static uint32_t
plant_empty(struct tree *tree, uint32_t list)
{
	const struct wide base = { 0, 0 };
	uint8_t leaf[LEAF_BYTES];
	size_t len;

	if (tree->has_empty && tree->empty_list == list)
		return tree->empty;
	len = leaf_pack(NULL, 0, base, list, leaf);
	tree->empty = add_leaf(tree, leaf, len);
	tree->empty_list = list;
	tree->has_empty = true;

	return tree->empty;
}

/* A node while it is made. */
struct node {
	struct wide base;
	unsigned shift;
	size_t count; /* slots */
};

static uint64_t
slot_of(const struct node *node, struct wide at)
{
	return wide_right(wide_minus(at, node->base), node->shift).low;
}

/* As many slots as fit into most, at least half of that. */
static void
fit(struct node *node, const struct interval *run, size_t count, size_t most)
{
	/* one before: who is before the base must not be behind a border */
	struct wide before = wide_minus(run[0].at, (struct wide){ 0, 1 });
	struct wide last = run[count - 1].at;
	unsigned bits = wide_bits(wide_minus(last, before));
	unsigned most_bits = wide_bits((struct wide){ 0, most });

	node->shift = bits > most_bits ? bits - most_bits : 0;
	for (;; node->shift++) {
		node->base =
		    wide_left(wide_right(before, node->shift), node->shift);
		node->count = slot_of(node, last) + 1;
		if (node->count <= most)
			return;
	}
}

static size_t
count_used(const struct node *node, const struct interval *run, size_t count)
{
	size_t used = 1;

	for (size_t i = 1; i < count; i++)
		used +=
		    slot_of(node, run[i].at) != slot_of(node, run[i - 1].at);

	return used;
}

/*
 * Clusters leave most slots empty: then a few are made that tell those apart,
 * and each gets a node of its own.
 */
static struct node
node_for(const struct interval *run, size_t count)
{
	size_t most = count / DENSITY;
	struct node node;
	size_t used;

	if (most < FEWEST)
		most = FEWEST;
	fit(&node, run, count, most);
	used = count_used(&node, run, count);
	if (used * FEWEST < node.count)
		fit(&node, run, count, used * FEWEST);

	return node;
}

static uint32_t
add_node(struct tree *tree, const struct node *node)
{
	uint32_t at = reserve(tree, TREE_HEAD + node->count * 4);
	uint8_t *bytes = tree->bytes + at;

	bytes[0] = TREE_NODE;
	bytes[1] = (uint8_t)node->shift;
	put_u32(bytes + 2, (uint32_t)node->count);
	put_wide(bytes + 6, node->base, 16);

	return at;
}

static uint32_t plant(struct tree *tree, const struct interval *run,
    size_t count, struct wide base);

/*
 * A level less of the space each time: a child's borders lie within one slot,
 * and FEWEST makes its slots narrower, so no way is longer than 128 steps.
 */
static uint32_t
plant_node(struct tree *tree, const struct interval *run, size_t count)
{
	const struct node node = node_for(run, count);
	uint32_t at = add_node(tree, &node);
	size_t begin = 0;

	for (size_t slot = 0; slot < node.count; slot++) {
		struct wide base = wide_plus(
		    node.base, wide_left((struct wide){ 0, slot }, node.shift));
		size_t end = begin;
		uint32_t child;

		while (end < count && slot_of(&node, run[end].at) == slot)
			end++;
		child = plant(tree, run + begin, end - begin, base);
		put_u32(tree->bytes + at + TREE_HEAD + slot * 4, child);
		begin = end;
	}

	return at;
}

/* The borders of run are those at base and behind; one more is before it. */
static uint32_t
plant(struct tree *tree, const struct interval *run, size_t count,
    struct wide base)
{
	uint8_t leaf[LEAF_BYTES];
	size_t len = 0;

	if (count == 0)
		return plant_empty(tree, run[-1].list);
	if (count <= 2 * LEAF_MOST + 1)
		len = leaf_pack(run, count, base, run[-1].list, leaf);
	if (len > 0)
		return add_leaf(tree, leaf, len);

	return plant_node(tree, run, count);
}

uint8_t *
tree_plant(const struct interval *intervals, size_t count, size_t *bytes)
{
	struct tree tree = { 0 };

	assert(count > 0 && wide_equal(intervals[0].at, (struct wide){ 0, 0 }));
	(void)reserve(&tree, TREE_ROOT); /* at 0 */
	memset(tree.bytes, 0, TREE_ROOT);
	(void)plant(&tree, intervals + 1, count - 1, (struct wide){ 0, 0 });
	*bytes = tree.len + LEAF_SPARE;
	tree.bytes = mem_resize(tree.bytes, *bytes, 1);
	memset(tree.bytes + tree.len, 0, LEAF_SPARE);

	return tree.bytes;
}
