/* SPDX-License-Identifier: ISC */
/*
 * sweep.h - into which intervals do overlapping ranges cut the space?
 *
 * Walks once over all places where a range begins or ends and keeps count of
 * what is open there.
 */
#ifndef POSTERN_NET_SWEEP_H
#define POSTERN_NET_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/index.h"
#include "net/setpool.h"
#include "net/wide.h"

enum border_kind {
	BORDER_ADD,
	BORDER_ADD_END,
	BORDER_EXCEPT,
	BORDER_EXCEPT_END
};

/* From a place on; an end stands one behind the range's last address. */
struct border {
	struct wide at;
	uint32_t set;
	enum border_kind kind;
};

struct intervals {
	struct interval *items;
	size_t count;
	size_t room;
};

/* Whom it is told that a set goes from a place to before another. */
struct stretches {
	void (*visit)(
	    void *owner, uint32_t set, struct wide from, struct wide behind);
	void *owner;
};

/*
 * Sorts the borders of one family and adds the intervals that they make to
 * the empty out, their lists to pool.  Every set is below sets.  A set's
 * stretches come in order, as long as can be; the end of the space is 0.
 */
void sweep(struct border *borders, size_t count, uint32_t sets,
    struct setpool *pool, struct intervals *out,
    const struct stretches *stretches);

#endif
