/* SPDX-License-Identifier: ISC */
/*
 * geo_walk.c - can all of a database be read?
 *
 * Every node of the tree once, every record once.  Subtrees may be shared
 * (MaxMind's IPv6 trees hold the IPv4 one several times), so that what counts
 * is the longest way down: one that is longer than an address has bits does
 * not end in a record where a lookup stops.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "lists/geo_parts.h"

enum {
	DEEPEST = 128, /* bits of an IPv6 address */
	UNDERWAY = 255 /* a node that we are below of */
};

struct step {
	uint32_t node;
	unsigned next;  /* of its two records: 0, 1; 2: both are done */
	uint8_t height; /* of what is below it, so far */
};

struct walk {
	const MMDB_s *mmdb;
	enum geo_kind kind;
	bool tells;       /* some record says what it is asked for */
	uint8_t *heights; /* by node: 0 not yet, else nodes down to a record */
	uint8_t *seen;    /* a bit for each byte of the data */
	struct step way[DEEPEST];
	size_t depth; /* steps on the way */
};

static enum geo_flaw
look_at_record(struct walk *walk, uint64_t record, const MMDB_entry_s *entry)
{
	uint64_t at = record - walk->mmdb->metadata.node_count;
	uint8_t bit = (uint8_t)(1U << at % 8);
	MMDB_entry_s found = *entry;
	enum geo_state state;
	struct geo geo;

	if ((walk->seen[at / 8] & bit) != 0)
		return GEO_FLAWLESS;
	walk->seen[at / 8] |= bit;
	state = geo_record(walk->kind, &found, &geo); /* as a lookup does */
	if (state == GEO_FOUND)
		walk->tells = true;

	return state == GEO_UNKNOWN ? GEO_FLAW_RECORD : GEO_FLAWLESS;
}

/* A node below the last step: gone into, unless it was looked at before. */
static enum geo_flaw
look_at_node(struct walk *walk, uint32_t node)
{
	struct step *above = &walk->way[walk->depth - 1];
	uint8_t height = walk->heights[node];

	if (height == UNDERWAY ||
	    walk->depth + (height == 0 ? 1U : height) > walk->mmdb->depth)
		return GEO_FLAW_TREE;
	if (height > above->height)
		above->height = height;
	if (height > 0)
		return GEO_FLAWLESS;
	walk->heights[node] = UNDERWAY;
	walk->way[walk->depth++] = (struct step){ .node = node };

	return GEO_FLAWLESS;
}

static enum geo_flaw
look(
    struct walk *walk, uint64_t record, uint8_t type, const MMDB_entry_s *entry)
{
	switch (type) {
	case MMDB_RECORD_TYPE_SEARCH_NODE:
		return look_at_node(walk, (uint32_t)record);
	case MMDB_RECORD_TYPE_EMPTY:
		return GEO_FLAWLESS;
	case MMDB_RECORD_TYPE_DATA:
		return look_at_record(walk, record, entry);
	default: /* back to the root, or beyond the end */
		return GEO_FLAW_TREE;
	}
}

static void
go_up(struct walk *walk)
{
	const struct step *step = &walk->way[--walk->depth];
	uint8_t height = (uint8_t)(step->height + 1);

	walk->heights[step->node] = height;
	if (walk->depth > 0 && height > walk->way[walk->depth - 1].height)
		walk->way[walk->depth - 1].height = height;
}

static enum geo_flaw
walk_on(struct walk *walk)
{
	struct step *step = &walk->way[walk->depth - 1];
	MMDB_search_node_s node;

	if (step->next == 2) {
		go_up(walk);
		return GEO_FLAWLESS;
	}
	if (MMDB_read_node(walk->mmdb, step->node, &node) != MMDB_SUCCESS)
		return GEO_FLAW_TREE;
	if (step->next++ == 0)
		return look(walk, node.left_record, node.left_record_type,
		    &node.left_record_entry);

	return look(walk, node.right_record, node.right_record_type,
	    &node.right_record_entry);
}

enum geo_flaw
geo_walk(const MMDB_s *mmdb, enum geo_kind kind)
{
	struct walk walk = { .mmdb = mmdb, .kind = kind };
	enum geo_flaw flaw = GEO_FLAWLESS;

	/* libmaxminddb's own, 32 or 128; what it is not must not get through */
	if (mmdb->depth == 0 || mmdb->depth > DEEPEST)
		return GEO_FLAW_TREE;
	if (mmdb->metadata.node_count == 0)
		return GEO_FLAW_SILENT;
	walk.heights = mem_new(mmdb->metadata.node_count, 1);
	walk.seen = mem_new(mmdb->data_section_size / 8 + 1, 1);
	walk.way[walk.depth++] = (struct step){ .node = 0 };
	walk.heights[0] = UNDERWAY;
	while (walk.depth > 0 && flaw == GEO_FLAWLESS)
		flaw = walk_on(&walk);
	free(walk.heights);
	free(walk.seen);

	return flaw == GEO_FLAWLESS && !walk.tells ? GEO_FLAW_SILENT : flaw;
}
