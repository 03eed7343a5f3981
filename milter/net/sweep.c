/* SPDX-License-Identifier: ISC */
/* sweep.c - into which intervals do overlapping ranges cut the space? */
#include "config.h"

#include "net/sweep.h"

#include <stdlib.h>

#include "base/mem.h"
#include "net/sort.h"

/* A set, at the place where the sweep is. */
struct open {
	struct wide since; /* where it is active */
	uint32_t adds;
	uint32_t exceptions;
};

struct sweep {
	struct open *opens;
	struct active active;
	const struct stretches *stretches;
};

static bool
is_active(const struct open *open)
{
	return open->adds > 0 && open->exceptions == 0;
}

static void
pass(struct open *open, enum border_kind kind)
{
	switch (kind) {
	case BORDER_ADD:
		open->adds++;
		break;
	case BORDER_ADD_END:
		open->adds--;
		break;
	case BORDER_EXCEPT:
		open->exceptions++;
		break;
	case BORDER_EXCEPT_END:
		open->exceptions--;
		break;
	}
}

static void
toggle(struct sweep *sweep, uint32_t set, struct wide at)
{
	struct open *open = &sweep->opens[set];

	active_toggle(&sweep->active, set);
	if (is_active(open))
		open->since = at;
	else
		sweep->stretches->visit(
		    sweep->stretches->owner, set, open->since, at);
}

/*
 * Passes the borders of one set at one place, which stand together, and only
 * then looks whether that changed it: a range that ends where the next one
 * begins changes nothing.  Returns how many these were.
 */
static size_t
pass_set(struct sweep *sweep, const struct border *borders, size_t count)
{
	uint32_t set = borders[0].set;
	struct open *open = &sweep->opens[set];
	bool was_active = is_active(open);
	size_t i = 0;

	do
		pass(open, borders[i++].kind);
	while (i < count && wide_equal(borders[i].at, borders[0].at) &&
	    borders[i].set == set);
	if (is_active(open) != was_active)
		toggle(sweep, set, borders[0].at);

	return i;
}

static void
intervals_add(struct intervals *out, struct wide at, uint32_t list)
{
	struct interval *last = &out->items[out->count - 1];

	if (last->list == list)
		return;
	if (wide_equal(last->at, at)) {
		last->list = list; /* only at the very first place */
		return;
	}
	out->items =
	    mem_grow(out->items, out->count, &out->room, sizeof(*last));
	out->items[out->count++] = (struct interval){ at, list };
}

/* What goes to the end of the space has no border there. */
static void
end_stretches(const struct sweep *sweep)
{
	const struct stretches *stretches = sweep->stretches;

	for (size_t i = 0; i < sweep->active.count; i++) {
		uint32_t set = sweep->active.sets[i];

		stretches->visit(stretches->owner, set, sweep->opens[set].since,
		    (struct wide){ 0, 0 });
	}
}

void
sweep(struct border *borders, size_t count, uint32_t sets, struct setpool *pool,
    struct intervals *out, const struct stretches *stretches)
{
	struct sweep sweep = { .stretches = stretches };
	size_t i = 0;

	sweep.opens = mem_new(sets, sizeof(*sweep.opens));
	out->items = mem_grow(out->items, 0, &out->room, sizeof(*out->items));
	out->items[out->count++] = (struct interval){ { 0, 0 }, SETPOOL_EMPTY };
	borders_sort(borders, count);
	while (i < count) {
		struct wide at = borders[i].at;

		while (i < count && wide_equal(borders[i].at, at))
			i += pass_set(&sweep, &borders[i], count - i);
		intervals_add(out, at, setpool_number(pool, &sweep.active));
	}
	end_stretches(&sweep);
	active_done(&sweep.active);
	free(sweep.opens);
}
