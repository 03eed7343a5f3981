/* SPDX-License-Identifier: ISC */
/* apart_kept.c - which envelopes are remembered? */
#include "config.h"

#include "posternd/apart_kept.h"

#include <assert.h>
#include <search.h>
#include <stdlib.h>

#include "base/mem.h"

/* Guarded by the lock of apart.c. */
static struct {
	void *tree; /* of struct kept, by key: tsearch(3) */
	struct envelope *oldest;
	struct envelope *newest;
	size_t count; /* of recipients */
} all;

static int
compare(const void *a, const void *b)
{
	const struct kept *x = a;
	const struct kept *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

struct kept *
kept_find(uint64_t key)
{
	const struct kept wanted = { .key = key };
	void *found = tfind(&wanted, &all.tree, compare);

	return found == NULL ? NULL : *(struct kept **)found;
}

struct share *
kept_share(struct envelope *envelope, uint64_t class)
{
	for (size_t i = 0; i < envelope->nshares; i++)
		if (envelope->shares[i].class == class)
			return &envelope->shares[i];

	return NULL;
}

static void
unlink_envelope(struct envelope *envelope)
{
	*(envelope->older == NULL ? &all.oldest : &envelope->older->newer) =
	    envelope->newer;
	*(envelope->newer == NULL ? &all.newest : &envelope->newer->older) =
	    envelope->older;
}

/* Behind all that are as old or older, from the newest on. */
static void
link_envelope(struct envelope *envelope)
{
	struct envelope *older = all.newest;

	while (older != NULL && older->time_us > envelope->time_us)
		older = older->older;
	envelope->older = older;
	envelope->newer = older == NULL ? all.oldest : older->newer;
	*(older == NULL ? &all.oldest : &older->newer) = envelope;
	*(envelope->newer == NULL ? &all.newest : &envelope->newer->older) =
	    envelope;
}

static void
free_envelope(struct envelope *envelope)
{
	unlink_envelope(envelope);
	free(envelope->shares);
	free(envelope);
}

void
kept_forget(struct envelope *envelope)
{
	struct kept *next;

	for (struct kept *kept = envelope->first; kept != NULL; kept = next) {
		next = kept->next;
		(void)tdelete(kept, &all.tree, compare);
		free(kept);
	}
	all.count -= envelope->count;
	free_envelope(envelope);
}

void
kept_forget_before(int64_t time_us)
{
	while (all.oldest != NULL && all.oldest->time_us < time_us)
		kept_forget(all.oldest);
}

/* Counts one more recipient of this class, unanswered if it is new. */
static struct share *
add_share(struct envelope *envelope, uint64_t class)
{
	struct share *share = kept_share(envelope, class);

	if (share == NULL) {
		envelope->shares = mem_grow(envelope->shares, envelope->nshares,
		    &envelope->room, sizeof(*share));
		share = &envelope->shares[envelope->nshares++];
		*share = (struct share){ .class = class };
	}
	share->count++;

	return share;
}

/* One that is left without recipients goes. */
static void
drop_share(struct envelope *envelope, uint64_t class)
{
	struct share *share = kept_share(envelope, class);

	assert(share != NULL);
	if (--share->count == 0)
		*share = envelope->shares[--envelope->nshares];
}

static struct share *
add(struct envelope *envelope, struct kept *kept)
{
	kept->envelope = envelope;
	kept->next = envelope->first;
	envelope->first = kept;
	envelope->count++;

	return add_share(envelope, kept->class);
}

/* What a class has come to stays. */
static void
absorb(struct envelope *envelope, struct envelope *other)
{
	struct kept *next;

	for (struct kept *kept = other->first; kept != NULL; kept = next) {
		const struct share *was = kept_share(other, kept->class);
		struct share *share;

		next = kept->next;
		kept->again = false;
		share = add(envelope, kept);
		if (share->count == 1) {
			share->answered = was->answered;
			share->turned = was->turned;
		}
	}
	if (envelope->turns < other->turns)
		envelope->turns = other->turns;
	if (envelope->time_us > other->time_us)
		envelope->time_us = other->time_us;
	free_envelope(other);
}

/* The recipient of this key in envelope; it is new there, or absorbed. */
static struct kept *
kept_get(struct envelope *envelope, uint64_t key, uint64_t class)
{
	struct kept *kept = kept_find(key);

	if (kept != NULL && kept->envelope != envelope) {
		if (envelope->count + kept->envelope->count <= KEPT_TOGETHER)
			absorb(envelope, kept->envelope);
		else
			kept_forget(kept->envelope);
		kept = kept_find(key);
	}
	if (kept != NULL)
		return kept;

	kept = mem_new(1, sizeof(*kept));
	kept->key = key;
	kept->class = class;
	if (tsearch(kept, &all.tree, compare) == NULL)
		abort(); /* as all that needs memory */
	(void)add(envelope, kept);
	all.count++;

	return kept;
}

static void
put(struct envelope *envelope, uint64_t key, uint64_t class)
{
	struct kept *kept = kept_get(envelope, key, class);
	struct share *share;

	kept->again = true;
	if (kept->class != class) {
		drop_share(envelope, kept->class);
		kept->class = class;
		(void)add_share(envelope, class);
	}
	share = kept_share(envelope, class);
	assert(share != NULL);
	share->answered = false;
	share->turned = 0;
}

static bool
is_replaced(const struct envelope *envelope)
{
	for (const struct kept *kept = envelope->first; kept != NULL;
	     kept = kept->next)
		if (!kept->again)
			return false;

	return true;
}

void
kept_remember(const uint64_t *keys, const uint64_t *classes, size_t count,
    size_t most, int64_t now_us)
{
	struct envelope *envelope;

	while (all.oldest != NULL && all.count + count > most)
		kept_forget(all.oldest);

	envelope = mem_new(1, sizeof(*envelope));
	envelope->time_us = now_us;
	for (size_t i = 0; i < count; i++)
		put(envelope, keys[i], classes[i]);
	/* Of an earlier message nothing is kept longer than it was to be. */
	if (is_replaced(envelope))
		envelope->time_us = now_us;
	link_envelope(envelope);
}
