/* SPDX-License-Identifier: ISC */
/* verify_ends.c - is anything missing before or behind the lines? */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "log/verify_parts.h"

/* What is gone must be on the record. */
static bool
check_start(struct verify *verify)
{
	uint64_t last = verify->gone.sequence;
	bool lost = verify->start_kind == GLANCE_RECOVERED;

	if (last == 0 || verify->proven)
		return true;
	if (lost)
		buf_addf(&verify->words,
		    "records 1 to %" PRIu64 " are "
		    "missing: the log lost its file and went on with this "
		    "`recovered`",
		    last);
	else
		buf_addf(&verify->words,
		    "records 1 to %" PRIu64 " are "
		    "missing, and no `deleted` behind them says so: give the "
		    "files before this one too, and all behind it",
		    last);

	return verify_is_bad(verify, lost ? DAMAGE_GAP : DAMAGE_REMOVED,
	    verify->start, last + 1);
}

/* Nothing may go that is younger than what the configuration keeps. */
static bool
check_age(struct verify *verify)
{
	const struct proof *proof = &verify->proof;
	int64_t when_us, last_us;

	if (!verify->proven || verify->want.keep_us == 0 ||
	    !time_parse(verify->proven_time, &when_us) ||
	    !time_parse(verify->first_time, &last_us))
		return true;
	if (proof->gone > 0 && proof_time_us(proof, proof->gone - 1) > last_us)
		last_us = proof_time_us(proof, proof->gone - 1);
	/* whoever writes a `deleted` may write any time into it */
	if (verify->end_us < when_us)
		when_us = verify->end_us;
	if (when_us - last_us >= verify->want.keep_us)
		return true;
	buf_addf(&verify->words,
	    "records up to %" PRIu64 " were deleted "
	    "though they are younger than what is kept",
	    verify->gone.sequence);

	return verify_is_bad(
	    verify, DAMAGE_YOUNG, verify->proven_place, verify->gone.sequence);
}

static bool
check_end(struct verify *verify)
{
	const struct chain_head *head = &verify->past.head;
	const struct verify_place behind_seals = { .file = VERIFY_SEALS,
		.line = verify->proof.lines + 1 };
	enum damage damage;

	if (verify->want.head_sequence > head->sequence) {
		buf_addf(&verify->words,
		    "the log ends with record %" PRIu64
		    ", and --head remembers %" PRIu64 ": it was cut off or set "
		    "back",
		    head->sequence, verify->want.head_sequence);
		return verify_is_bad(
		    verify, DAMAGE_CUT, verify->last, head->sequence);
	}
	if (verify->past.first == 0)
		proof_start(&verify->proof, 1);
	damage = proof_end(&verify->proof, head, &verify->words);
	if (damage == DAMAGE_NONE)
		return true;
	if (damage == DAMAGE_SEAL)
		return verify_is_bad(verify, damage, behind_seals, 0);

	return verify_is_bad(verify, damage, verify->last, head->sequence);
}

/* The record before the first one is known, though it is gone. */
static bool
check_gone_head(struct verify *verify)
{
	if (verify->gone.sequence == 0)
		return true;
	verify->place = verify->start;

	return verify_check_head(
	    verify, verify->gone.sequence, verify->gone.hash);
}

bool
verify_check_ends(struct verify *verify)
{
	return check_gone_head(verify) && check_end(verify) &&
	    check_start(verify) && check_age(verify);
}

static void
result_gone(const struct verify *verify, struct verify_result *result)
{
	const struct proof *proof = &verify->proof;

	result->gone_to = verify->proven ? verify->gone.sequence : 0;
	result->gone_seals = proof->gone;
	if (proof->gone == 0)
		return;
	(void)time_text(proof_time_us(proof, 0), result->gone_first_time);
	(void)time_text(
	    proof_time_us(proof, proof->gone - 1), result->gone_last_time);
}

/* Nothing but a time may come out, whatever stood in the line. */
static void
result_time(const char *found, char out[TIME_TEXT])
{
	int64_t time_us;

	if (time_parse(found, &time_us))
		memcpy(out, found, TIME_TEXT);
}

void
verify_result(const struct verify *verify, struct verify_result *result)
{
	*result = (struct verify_result){ .damage = verify->damage,
		.words = buf_text(&verify->words),
		.cure = damage_cure(verify->damage),
		.place = verify->at,
		.sequence = verify->sequence,
		.records = verify->records,
		.head = verify->past.head,
		.first = verify->past.first,
		.seals = verify->proof.seals,
		.sealed = verify->proof.sealed,
		.key = verify->proof.first,
		.head_seen = verify->head_seen || verify->proof.head_seen };
	if (result->place.file != VERIFY_SEALS && result->place.file > 0)
		result->place.file--;
	result_gone(verify, result);
	result_time(verify->first_time, result->first_time);
	result_time(verify->last_time, result->last_time);
	result_time(verify->sealed_time, result->sealed_time);
}
