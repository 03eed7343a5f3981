/* SPDX-License-Identifier: ISC */
/* verdict.c - what became of the line that breaks the chain? */
#include "config.h"

#include "log/verdict.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	HEX = DIGEST_TEXT - 1
};

void
peek_fill(struct peek *peek, const struct glance *glance, bool whole)
{
	*peek = (struct peek){ .record = glance->record, .whole = whole };
	chain_start(&peek->head);
	if (!glance->record)
		return;
	peek->right = glance->right;
	peek->kind = glance->kind;
	peek->head.sequence = glance->sequence;
	memcpy(peek->head.hash, glance->hash, HEX);
	memcpy(peek->prev, glance->prev, HEX);
}

void
past_init(struct past *past)
{
	*past = (struct past){ .first = 0 };
	chain_start(&past->head);
}

void
past_done(struct past *past)
{
	free(past->begins);
}

void
past_add(struct past *past, uint64_t sequence, const char *hash,
    enum glance_kind kind, bool begins)
{
	past->head.sequence = sequence;
	memcpy(past->head.hash, hash, HEX);
	memcpy(past->recent[sequence % PAST_HEADS], hash, HEX);
	past->kind = kind;
	if (past->first == 0)
		past->first = sequence;
	if (!begins)
		return;
	past->begins = mem_grow(
	    past->begins, past->nbegins, &past->room, sizeof(*past->begins));
	past->begins[past->nbegins++] = past->head;
}

/* The hash of the record of that sequence; NULL: it is not remembered. */
static const char *
past_find(const struct past *past, uint64_t sequence)
{
	if (sequence >= past->first &&
	    past->head.sequence - sequence < PAST_HEADS)
		return past->recent[sequence % PAST_HEADS];
	for (size_t i = 0; i < past->nbegins; i++)
		if (past->begins[i].sequence == sequence)
			return past->begins[i].hash;

	return NULL;
}

/* Is it what must come next? */
static bool
follows(const struct peek *peek, const struct chain_head *head)
{
	return peek->right && peek->head.sequence == head->sequence + 1 &&
	    strcmp(peek->prev, head->hash) == 0;
}

/* The first line from i on that follows head; count: none does. */
static size_t
find_next(const struct peek *peeks, size_t i, size_t count,
    const struct chain_head *head)
{
	while (i < count && !follows(&peeks[i], head))
		i++;

	return i;
}

/* Does the first line belong among those behind it, and stand there not? */
static bool
was_moved(const struct peek *peeks, size_t count)
{
	bool linked = false;

	for (size_t i = 1; i < count; i++) {
		if (peeks[i].right &&
		    chain_equal(&peeks[i].head, &peeks[0].head))
			return false;
		if (follows(&peeks[i], &peeks[0].head) ||
		    follows(&peeks[0], &peeks[i].head))
			linked = true;
	}

	return linked;
}

static enum damage
no_record(const struct past *past, const struct peek *peeks, size_t count,
    struct buf *words)
{
	uint64_t due = past->head.sequence + 1;

	if (!peeks->whole) {
		buf_addf(words,
		    "the line of record %" PRIu64 " is torn: its "
		    "end is missing (after a crash the next start of posternd "
		    "sets it aside)",
		    due);
		return DAMAGE_CUT;
	}
	if (count > 1 && peeks[1].right && peeks[1].head.sequence == due + 1) {
		buf_addf(words,
		    "the line was record %" PRIu64 " and is none any more",
		    due);
		return DAMAGE_CHANGED;
	}
	buf_addf(words,
	    "the line is no record, where record %" PRIu64 " must stand", due);

	return DAMAGE_FOREIGN;
}

/* Its hash is not that of its bytes. */
static enum damage
not_right(const struct past *past, const struct peek *peeks, size_t count,
    struct buf *words)
{
	uint64_t sequence = peeks->head.sequence;

	if (count > 1 && follows(&peeks[1], &past->head)) {
		buf_addf(words,
		    "a line that says it is record %" PRIu64
		    " was put in, with a wrong hash; the next one follows "
		    "record %" PRIu64,
		    sequence, past->head.sequence);
		return DAMAGE_PUT_IN;
	}
	buf_addf(words,
	    "record %" PRIu64 " was changed: its hash is not that "
	    "of its bytes",
	    sequence);

	return DAMAGE_CHANGED;
}

/* Its sequence is the next one, but it does not follow. */
static enum damage
in_place(const struct past *past, const struct peek *peeks, size_t count,
    struct buf *words)
{
	uint64_t sequence = peeks->head.sequence;

	if (count > 1 && follows(&peeks[1], &past->head)) {
		buf_addf(words,
		    "a line that says it is record %" PRIu64
		    " was put in before the one that is",
		    sequence);
		return DAMAGE_PUT_IN;
	}
	if (past->first == 0)
		buf_addf(words,
		    "record 1 follows another record: it was "
		    "changed, or is of another chain");
	else
		buf_addf(words,
		    "record %" PRIu64 " follows another record than "
		    "the %" PRIu64
		    " before it: it is of another chain, or that "
		    "one was changed and its hash made anew",
		    sequence, past->head.sequence);

	return DAMAGE_CHAIN;
}

static enum damage
missing(const struct past *past, const struct peek *bad, struct buf *words)
{
	uint64_t from = past->head.sequence + 1;
	uint64_t to = bad->head.sequence - 1;

	buf_addf(words,
	    from == to ? "record %" PRIu64 " is missing"
		       : "records %" PRIu64 " to ",
	    from);
	if (from != to)
		buf_addf(words, "%" PRIu64 " are missing", to);
	if (bad->kind == GLANCE_RECOVERED) {
		buf_addf(words,
		    ": the log lost its file and went on with the "
		    "`recovered` that is record %" PRIu64,
		    to + 1);
		return DAMAGE_GAP;
	}
	if (!bad->begins) {
		buf_addf(words, " before record %" PRIu64, to + 1);
		return DAMAGE_REMOVED;
	}
	if (past->kind == GLANCE_ROTATED) {
		buf_addf(words, ": a file before this one is missing");
		return DAMAGE_REMOVED;
	}
	buf_addf(words, ": the file before this one was cut off");

	return DAMAGE_CUT;
}

static enum damage
too_far(const struct past *past, const struct peek *peeks, size_t count,
    struct buf *words)
{
	uint64_t sequence = peeks->head.sequence;
	uint64_t due = past->head.sequence + 1;
	size_t at = find_next(peeks, 1, count, &past->head);

	if (at == 1 && at < count && !was_moved(peeks, count)) {
		buf_addf(words,
		    "record %" PRIu64 " was put in before record "
		    "%" PRIu64,
		    sequence, due);
		return DAMAGE_PUT_IN;
	}
	if (at < count) {
		buf_addf(words,
		    "record %" PRIu64 " stands before record "
		    "%" PRIu64,
		    sequence, due);
		return DAMAGE_REORDERED;
	}
	if (strcmp(peeks->prev, past->head.hash) == 0) {
		buf_addf(words,
		    "record %" PRIu64 " was changed: it says it is "
		    "%" PRIu64 ", and its hash was made anew",
		    due, sequence);
		return DAMAGE_CHANGED;
	}

	return missing(past, peeks, words);
}

static enum damage
seen_before(const struct past *past, const struct peek *bad, struct buf *words)
{
	uint64_t sequence = bad->head.sequence;
	const char *hash = past_find(past, sequence);

	if (sequence < past->first) {
		buf_addf(words,
		    "record %" PRIu64 " stands behind record "
		    "%" PRIu64,
		    sequence, past->head.sequence);
		return DAMAGE_REORDERED;
	}
	if (hash != NULL && memcmp(hash, bad->head.hash, HEX) == 0) {
		buf_addf(
		    words, "record %" PRIu64 " stands here again", sequence);
		return DAMAGE_DOUBLED;
	}
	if (strspn(bad->prev, "0") == HEX) {
		buf_addf(words, "another chain begins here with its record 1");
		return DAMAGE_CHAIN;
	}
	if (hash != NULL) {
		buf_addf(words,
		    "there are two records %" PRIu64 ": this one "
		    "and another further up",
		    sequence);
		return DAMAGE_FORKED;
	}
	buf_addf(words,
	    "a record %" PRIu64 " stood further up; this is it "
	    "again, or another one",
	    sequence);

	return DAMAGE_DOUBLED;
}

enum damage
verdict_of(const struct past *past, const struct peek *peeks, size_t count,
    struct buf *words)
{
	uint64_t due = past->head.sequence + 1;

	if (!peeks->record)
		return no_record(past, peeks, count, words);
	if (!peeks->whole) {
		buf_addf(words,
		    "record %" PRIu64 " is torn: its newline is "
		    "missing",
		    peeks->head.sequence);
		return DAMAGE_CUT;
	}
	if (!peeks->right)
		return not_right(past, peeks, count, words);
	if (peeks->head.sequence == due)
		return in_place(past, peeks, count, words);
	if (peeks->head.sequence > due)
		return too_far(past, peeks, count, words);

	return seen_before(past, peeks, words);
}
