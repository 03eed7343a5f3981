/* SPDX-License-Identifier: ISC */
/* sweep.c - into which intervals do overlapping ranges cut the space? */
#include "config.h"

#include "net/sweep.h"

#include <stdlib.h>

#include "base/mem.h"

/* What is open at the place where the sweep is. */
struct open {
	uint32_t adds;
	uint32_t exceptions;
};

static int
border_compare(const void *a, const void *b)
{
	const struct border *x = a;
	const struct border *y = b;

	if (x->high != y->high)
		return x->high < y->high ? -1 : 1;
	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;

	return x->set < y->set ? -1 : x->set > y->set;
}

static bool
is_same_place(const struct border *a, const struct border *b)
{
	return a->high == b->high && a->low == b->low;
}

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

/*
 * Passes the borders of one set at one place, which stand together, and only
 * then looks whether that changed it: a range that ends where the next one
 * begins changes nothing.  Returns how many these were.
 */
static size_t
pass_set(const struct border *borders, size_t count, struct open *opens,
    struct active *active)
{
	struct open *open = &opens[borders[0].set];
	bool was_active = is_active(open);
	size_t i = 0;

	do
		pass(open, borders[i++].kind);
	while (i < count && is_same_place(&borders[i], &borders[0]) &&
	    borders[i].set == borders[0].set);
	if (is_active(open) != was_active)
		active_toggle(active, borders[0].set);

	return i;
}

static void
intervals_add(struct intervals *out, const struct border *at, uint32_t list)
{
	struct interval *last = &out->items[out->count - 1];

	if (last->list == list)
		return;
	if (last->high == at->high && last->low == at->low) {
		last->list = list; /* only at the very first place */
		return;
	}
	out->items =
	    mem_grow(out->items, out->count, &out->room, sizeof(*last));
	out->items[out->count++] = (struct interval){ at->high, at->low, list };
}

void
sweep(struct border *borders, size_t count, uint32_t sets, struct setpool *pool,
    struct intervals *out)
{
	struct open *opens = mem_new(sets, sizeof(*opens));
	struct active active = { NULL, 0, 0, 0 };
	size_t i = 0;

	out->items = mem_grow(out->items, 0, &out->room, sizeof(*out->items));
	out->items[out->count++] =
	    (struct interval){ 0, 0, setpool_number(pool, &active) };
	if (count > 0)
		qsort(borders, count, sizeof(*borders), border_compare);
	while (i < count) {
		const struct border *at = &borders[i];

		while (i < count && is_same_place(&borders[i], at))
			i += pass_set(&borders[i], count - i, opens, &active);
		intervals_add(out, at, setpool_number(pool, &active));
	}
	active_done(&active);
	free(opens);
}
