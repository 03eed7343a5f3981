/* SPDX-License-Identifier: ISC */
/*
 * tree.h - where in a space are many borders, and where are few?
 *
 * A node cuts its part of the space into slots of equal width, about as many
 * as its borders need; a slot leads to a leaf (net/leaf.h), or where it still
 * holds too much to a node of its own, which is fitted to what is there.  So
 * neither clusters nor nesting make the way long: two steps as a rule.
 *
 * All stands in one run of bytes.  A node:
 *
 *	TREE_NODE, shift          a byte each
 *	count                     4 bytes: slots
 *	base                      16 bytes: the first slot begins here
 *	count slots               4 bytes each: where the node or leaf stands
 *
 * A slot is 2^shift wide.  What is before the first one belongs to it, what
 * is behind the last one to that.  The root is at TREE_ROOT.
 */
#ifndef POSTERN_NET_TREE_H
#define POSTERN_NET_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "net/index.h"
#include "net/leaf.h"
#include "net/packed.h"

enum {
	TREE_NODE = 0xff, /* no leaf has as many entries */
	TREE_HEAD = 22,
	TREE_ROOT = LEAF_SPARE
};

struct index {
	enum family family;
	uint8_t *tree;
	size_t bytes; /* of the tree */
};

static inline struct wide
tree_base(const uint8_t *node)
{
	return get_wide(node + 6);
}

static inline uint32_t
tree_last_slot(const uint8_t *node)
{
	return get_u32(node + 2) - 1;
}

/* Where the slot's node or leaf stands. */
static inline uint32_t
tree_slot(const uint8_t *node, size_t slot)
{
	return get_u32(node + TREE_HEAD + slot * 4);
}

/* Makes it; free the bytes with free().  As index_new(). */
uint8_t *tree_plant(
    const struct interval *intervals, size_t count, size_t *bytes);

#endif
