/* SPDX-License-Identifier: ISC */
/*
 * setpool.h - was this list of sets seen before?
 *
 * Keeps every different list once, so that a table of a million networks
 * holds as many lists as there are different answers.
 */
#ifndef POSTERN_NET_SETPOOL_H
#define POSTERN_NET_SETPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "net/table.h"

/* A list that changes; its hash goes along, so that it is never computed. */
struct active {
	uint32_t *sets; /* ascending */
	size_t count;
	size_t room;
	uint64_t hash; /* the sum of the hashes of all sets */
};

/* Puts set in, or takes it out where it is in. */
void active_toggle(struct active *active, uint32_t set);
void active_done(struct active *active);

enum {
	SETPOOL_EMPTY = 0 /* the number of the empty list */
};

struct setpool_slot {
	uint32_t number; /* of a list */
	uint32_t hash;
};

struct setpool {
	uint8_t *bytes; /* all lists, one behind the other */
	size_t len;
	size_t room;
	size_t count; /* lists */
	struct setpool_slot *slots;
	size_t nslots; /* a power of two, more than twice count */
};

void setpool_init(struct setpool *pool);
void setpool_done(struct setpool *pool);
/* Where the list stands in the pool's bytes, the same for the same sets. */
uint32_t setpool_number(struct setpool *pool, const struct active *active);
/* Hands the bytes of all lists over; free with free(). */
uint8_t *setpool_take(struct setpool *pool, size_t *len);

#endif
