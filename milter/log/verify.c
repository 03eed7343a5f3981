/* SPDX-License-Identifier: ISC */
/* verify.c - is the evidence whole? */
#include "config.h"

#include "log/verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "log/verify_parts.h"

struct verify *
verify_new(const struct verify_want *want)
{
	struct verify *verify = mem_new(1, sizeof(*verify));

	verify->want = *want;
	proof_init(&verify->proof, &verify->want);
	past_init(&verify->past);
	verify->digest = digest_new();
	buf_init(&verify->words);

	return verify;
}

void
verify_free(struct verify *verify)
{
	proof_done(&verify->proof);
	past_done(&verify->past);
	digest_free(verify->digest);
	buf_done(&verify->words);
	free(verify);
}

bool
verify_is_bad(struct verify *verify, enum damage damage, struct verify_place at,
    uint64_t sequence)
{
	verify->damage = damage;
	verify->at = at;
	verify->sequence = sequence;

	return false;
}

bool
verify_add_seal(struct verify *verify, const char *line, size_t len, bool whole)
{
	const struct verify_place at = { .file = VERIFY_SEALS,
		.line = verify->proof.lines + 1 };
	enum damage damage;

	/* A crash leaves a torn line, which does not count. */
	if (!whole)
		return true;
	damage = proof_add(&verify->proof, line, len, &verify->words);

	return damage == DAMAGE_NONE || verify_is_bad(verify, damage, at, 0);
}

void
verify_names(struct verify *verify, const uint64_t *firsts, size_t count)
{
	verify->names = firsts;
	verify->nnames = count;
}

void
verify_file(struct verify *verify, uint64_t first)
{
	verify->place.file++;
	verify->place.line = 0;
	verify->name = first;
}

static bool
is_file(const struct verify *verify, uint64_t sequence)
{
	for (size_t i = 0; i < verify->nnames; i++)
		if (verify->names[i] == sequence)
			return true;

	return false;
}

/* A rotated file begins with the record that its name says. */
static bool
check_name(struct verify *verify, const struct glance *glance)
{
	bool elsewhere = glance->sequence < verify->name ||
	    is_file(verify, glance->sequence);

	if (verify->place.line != 1 || verify->name == 0 ||
	    glance->sequence == verify->name || !glance->right ||
	    verify->damage != DAMAGE_NONE)
		return true;
	buf_addf(&verify->words,
	    "the file begins with record %" PRIu64
	    ", and by its name with %" PRIu64 ": %s",
	    glance->sequence, verify->name,
	    elsewhere ? "it is another one" : "its beginning was cut off");

	return verify_is_bad(verify,
	    elsewhere ? DAMAGE_REORDERED : DAMAGE_REMOVED, verify->place,
	    glance->sequence);
}

/* Retention deletes the beginning; the first record says what was there. */
static void
begin(struct verify *verify, const struct glance *glance)
{
	struct past *past = &verify->past;

	verify->start = verify->place;
	verify->start_kind = glance->kind;
	proof_start(&verify->proof, glance->sequence);
	if (glance->sequence == 1)
		return;
	verify->gone.sequence = glance->sequence - 1;
	memcpy(verify->gone.hash, glance->prev, DIGEST_TEXT - 1);
	past->head = verify->gone;
}

static bool
follows(const struct verify *verify, const struct glance *glance)
{
	const struct chain_head *head = &verify->past.head;

	return glance->right && glance->sequence == head->sequence + 1 &&
	    memcmp(glance->prev, head->hash, DIGEST_TEXT - 1) == 0;
}

static void
check_gone(struct verify *verify, const char *line, size_t len)
{
	struct glance_gone gone;

	if (verify->gone.sequence == 0 || verify->proven ||
	    !glance_gone(line, len, &gone) ||
	    gone.last != verify->gone.sequence ||
	    strcmp(gone.hash, verify->gone.hash) != 0)
		return;
	verify->proven = true;
	verify->proven_place = verify->place;
	glance_time(line, len, verify->proven_time);
}

bool
verify_check_head(struct verify *verify, uint64_t sequence, const char *hash)
{
	if (sequence != verify->want.head_sequence || sequence == 0 ||
	    verify->damage != DAMAGE_NONE)
		return true;
	if (memcmp(hash, verify->want.head_hash, DIGEST_TEXT - 1) == 0) {
		verify->head_seen = true;
		return true;
	}
	buf_addf(&verify->words,
	    "record %" PRIu64 " is another one than that "
	    "of --head: the log was set back and written anew, or is not that "
	    "one",
	    sequence);

	return verify_is_bad(verify, DAMAGE_FORKED, verify->place, sequence);
}

/*
 * The chain is broken, but goes on behind the break.  If the next seal holds,
 * the rest is of this chain, and the record before the break was changed and
 * its hash made anew.  So that is waited for.
 */
static bool
suspect(struct verify *verify, const struct peek *bad)
{
	if (verify->damage != DAMAGE_NONE || verify->past.first == 0)
		return false;
	(void)verify_is_bad(
	    verify, DAMAGE_CHAIN, bad->place, bad->head.sequence);
	verify->before = verify->last;

	return true;
}

/* A seal behind the break holds. */
static bool
explain(struct verify *verify)
{
	uint64_t sequence = verify->sequence - 1;

	buf_clear(&verify->words);
	buf_addf(&verify->words,
	    "record %" PRIu64 " was changed and its hash "
	    "made anew: the next one follows another",
	    sequence);

	return verify_is_bad(verify, DAMAGE_CHANGED, verify->before, sequence);
}

static bool
check_seal(struct verify *verify, const char *line, size_t len,
    const struct glance *glance)
{
	bool suspected = verify->damage != DAMAGE_NONE;
	struct buf words;
	enum damage damage;

	buf_init(&words);
	damage = proof_check(
	    &verify->proof, line, len, glance, &verify->past.head, &words);
	if (damage != DAMAGE_NONE && !suspected) {
		buf_add_text(&verify->words, words.data);
		(void)verify_is_bad(
		    verify, damage, verify->place, glance->sequence);
	} else if (damage == DAMAGE_NONE && suspected) {
		(void)explain(verify);
	}
	buf_done(&words);

	return verify->damage == DAMAGE_NONE;
}

static bool
take_good(struct verify *verify, const char *line, size_t len,
    const struct glance *glance)
{
	if (glance->kind == GLANCE_SEALED &&
	    !check_seal(verify, line, len, glance))
		return false;
	if (glance->kind == GLANCE_DELETED)
		check_gone(verify, line, len);
	if (!verify_check_head(verify, glance->sequence, glance->hash))
		return false;
	glance_time(line, len, verify->last_time);
	if (glance->kind == GLANCE_SEALED)
		memcpy(verify->sealed_time, verify->last_time, TIME_TEXT);
	if (verify->records++ == 0)
		memcpy(verify->first_time, verify->last_time, TIME_TEXT);
	verify->last = verify->place;
	past_add(&verify->past, glance->sequence, glance->hash, glance->kind,
	    verify->place.line == 1);

	return true;
}

/* All lines that will be read for it are there. */
static bool
judge(struct verify *verify)
{
	const struct peek *bad = &verify->peeks[0];
	enum damage damage;

	/* A break before it is the first. */
	if (verify->damage != DAMAGE_NONE)
		return false;
	damage = verdict_of(
	    &verify->past, verify->peeks, verify->npeeks, &verify->words);

	return verify_is_bad(verify, damage, bad->place, bad->head.sequence);
}

/* Does the line at hand go on from the one before it, the only bad one? */
static bool
goes_on(const struct verify *verify, const struct glance *glance)
{
	const struct peek *bad = &verify->peeks[0];

	return verify->npeeks == 1 && bad->right && bad->whole &&
	    bad->head.sequence == verify->past.head.sequence + 1 &&
	    glance->right && glance->sequence == bad->head.sequence + 1 &&
	    memcmp(glance->prev, bad->head.hash, DIGEST_TEXT - 1) == 0;
}

static bool
peek(struct verify *verify, const struct glance *glance, bool whole)
{
	struct peek *next = &verify->peeks[verify->npeeks++];

	peek_fill(next, glance, whole);
	next->begins = verify->place.line == 1;
	next->place = verify->place;

	return verify->npeeks < VERDICT_LINES || judge(verify);
}

/* The break is behind us for now; its words are there. */
static void
go_on(struct verify *verify)
{
	const struct peek *bad = &verify->peeks[0];

	(void)verdict_of(&verify->past, bad, 1, &verify->words);
	verify->npeeks = 0;
	past_add(&verify->past, bad->head.sequence, bad->head.hash, bad->kind,
	    bad->begins);
}

bool
verify_add_line(struct verify *verify, const char *line, size_t len, bool whole)
{
	struct glance glance;

	verify->place.line++;
	glance_at(line, len, verify->digest, &glance);
	if (verify->npeeks == 0 && glance.record &&
	    !check_name(verify, &glance))
		return false;
	if (verify->past.first == 0 && verify->npeeks == 0 && glance.right)
		begin(verify, &glance);
	if (goes_on(verify, &glance) && suspect(verify, &verify->peeks[0]))
		go_on(verify);
	if (verify->npeeks > 0 || !whole || !follows(verify, &glance))
		return peek(verify, &glance, whole);

	return take_good(verify, line, len, &glance);
}

bool
verify_settle(struct verify *verify)
{
	return verify->npeeks > 0 ? judge(verify)
				  : verify->damage == DAMAGE_NONE;
}

bool
verify_end(struct verify *verify, int64_t now_us)
{
	verify->end_us = now_us;

	return verify_settle(verify) && verify_check_ends(verify);
}
