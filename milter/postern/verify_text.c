/* SPDX-License-Identifier: ISC */
/* verify_text.c - how is it said whether the log is whole? */
#include "config.h"

#include "postern/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "postern/term.h"

enum {
	OUTCOME_SHOWN = 4096 /* bytes of a path */
};

static void
add_row(struct grid *grid, enum ink ink, const char *name, struct buf *text)
{
	grid_add(grid, ink, name);
	grid_add(grid, INK_NONE, buf_text(text));
	buf_clear(text);
}

static void
add_records(
    const struct verify_result *result, struct grid *grid, struct buf *text)
{
	bool whole = result->damage == DAMAGE_NONE;

	if (result->records == 0)
		buf_add_text(text, "no records");
	else
		buf_addf(text,
		    "%" PRIu64 " record%s, %" PRIu64 " to %" PRIu64
		    ", %s to %s",
		    result->records, result->records == 1 ? "" : "s",
		    result->first, result->head.sequence, result->first_time,
		    result->last_time);
	add_row(grid, whole ? INK_GOOD : INK_NONE,
	    whole ? "whole" : "good before it", text);
}

bool
outcome_is_overdue(
    const struct verify_result *result, const struct log_request *request)
{
	int64_t from_us, to_us;

	return request->seal_us > 0 && result->damage == DAMAGE_NONE &&
	    time_parse(
		result->seals > 0 ? result->sealed_time : result->first_time,
		&from_us) &&
	    time_parse(result->last_time, &to_us) &&
	    to_us - from_us > 2 * request->seal_us;
}

static void
add_sealed(const struct outcome *outcome, struct grid *grid, struct buf *text)
{
	const struct verify_result *result = &outcome->result;

	if (result->seals == 0)
		buf_add_text(text, "by none of these records");
	else
		buf_addf(text,
		    "up to record %" PRIu64 ", by %" PRIu64 " seal%s, the last "
		    "at %s",
		    result->sealed, result->seals,
		    result->seals == 1 ? "" : "s", result->sealed_time);
	if (outcome->overdue)
		buf_add_text(text,
		    "; a seal is overdue: what follows can be changed unseen; "
		    "look for a `recovered` that says why, and into the mail "
		    "log");
	add_row(grid, outcome->overdue ? INK_WARN : INK_NONE, "sealed", text);
}

static void
add_key(const struct outcome *outcome, struct grid *grid, struct buf *text)
{
	const char *key = outcome->result.key;
	enum ink ink = INK_WARN;

	if (key[0] == '\0')
		return;
	switch (outcome->origin) {
	case KEY_GIVEN:
		buf_addf(text, "%s, as given", key);
		ink = INK_NONE;
		break;
	case KEY_BESIDE:
		buf_addf(text, "%s, the one kept beside the log (", key);
		term_add_outside(text, outcome->seals, strlen(outcome->seals),
		    OUTCOME_SHOWN);
		buf_add_text(text,
		    "), which proves nothing against who owned "
		    "the machine from the start; give the one kept elsewhere "
		    "with --key");
		break;
	case KEY_NONE:
		buf_addf(text,
		    "%s, that of the first seal at hand: the seals "
		    "are only held against each other; give the one kept "
		    "elsewhere with --key",
		    key);
		break;
	}
	add_row(grid, ink, "first key", text);
}

static void
add_gone(
    const struct verify_result *result, struct grid *grid, struct buf *text)
{
	if (result->gone_to == 0)
		return;
	buf_addf(text, "records 1 to %" PRIu64 ", deleted by retention",
	    result->gone_to);
	if (result->gone_seals > 0)
		buf_addf(text, "; %" PRIu64 " seals of them, %s to %s",
		    result->gone_seals, result->gone_first_time,
		    result->gone_last_time);
	else
		buf_add_text(text, "; no seal says when they were made");
	add_row(grid, INK_NONE, "gone", text);
}

static void
add_head(const struct outcome *outcome, const struct log_request *request,
    struct grid *grid, struct buf *text)
{
	const struct verify_result *result = &outcome->result;

	if (request->head.sequence != 0 && !result->head_seen &&
	    result->damage == DAMAGE_NONE) {
		buf_addf(text,
		    "%" PRIu64 " is gone, and no seal knows its hash",
		    request->head.sequence);
		add_row(grid, INK_WARN, "--head", text);
	}
	if (result->records == 0)
		return;
	buf_addf(
	    text, "%" PRIu64 ":%s", result->head.sequence, result->head.hash);
	add_row(grid, INK_NONE, "head", text);
}

/* It may have been cut where only the daemon knows how far it went. */
static void
add_noted(const struct outcome *outcome, struct grid *grid, struct buf *text)
{
	if (outcome->noted <= outcome->result.head.sequence ||
	    outcome->result.damage != DAMAGE_NONE)
		return;
	buf_addf(text,
	    "posternd has written up to record %" PRIu64 " (.lock): the end is "
	    "missing; its next record will say so",
	    outcome->noted);
	add_row(grid, INK_WARN, "noted", text);
}

static void
say_damage(const struct outcome *outcome)
{
	const struct verify_result *result = &outcome->result;

	if (result->place.line > 0 && result->words[0] != '\0')
		(void)fprintf(stderr, "%s:%" PRIu64 ": ", outcome->file,
		    result->place.line);
	else
		(void)fprintf(stderr, "%s: ", outcome->file);
	(void)fprintf(stderr, "%s: %s%s%s\n", damage_text(result->damage),
	    result->words, result->cure[0] != '\0' ? "; " : "", result->cure);
}

void
outcome_text(const struct outcome *outcome, const struct log_request *request,
    struct buf *out)
{
	const struct verify_result *result = &outcome->result;
	struct grid grid;
	struct buf text;

	if (result->damage != DAMAGE_NONE)
		say_damage(outcome);
	grid_init(&grid, 2);
	buf_init(&text);
	add_records(result, &grid, &text);
	add_sealed(outcome, &grid, &text);
	add_key(outcome, &grid, &text);
	add_noted(outcome, &grid, &text);
	add_gone(result, &grid, &text);
	add_head(outcome, request, &grid, &text);
	grid_text(&grid, request->colour, "", out);
	buf_done(&text);
	grid_done(&grid);
}

/* Null where it is not known. */
static void
add_text(struct buf *out, const char *key, const char *text)
{
	buf_addf(out, ",\"%s\":", key);
	if (text[0] == '\0')
		buf_add_text(out, "null");
	else
		buf_add_json_text(out, text);
}

static void
add_damage(const struct outcome *outcome, struct buf *out)
{
	const struct verify_result *result = &outcome->result;

	if (result->damage == DAMAGE_NONE) {
		buf_add_text(out, ",\"damage\":null");
		return;
	}
	buf_addf(
	    out, ",\"damage\":{\"kind\":\"%s\"", damage_text(result->damage));
	add_text(out, "file", outcome->file);
	buf_addf(out, ",\"line\":%" PRIu64 ",\"sequence\":%" PRIu64,
	    result->place.line, result->sequence);
	add_text(out, "message", result->words);
	buf_add_text(out, "}");
}

void
outcome_json(const struct outcome *outcome, struct buf *out)
{
	static const char *const origins[] = {
		[KEY_GIVEN] = "given",
		[KEY_BESIDE] = "beside the log",
		[KEY_NONE] = "first seal",
	};
	const struct verify_result *result = &outcome->result;

	buf_addf(out,
	    "{\"whole\":%s,\"records\":%" PRIu64 ",\"first\":%" PRIu64,
	    result->damage == DAMAGE_NONE ? "true" : "false", result->records,
	    result->first);
	add_text(out, "first_time", result->first_time);
	buf_addf(out, ",\"last\":%" PRIu64, result->head.sequence);
	add_text(out, "last_time", result->last_time);
	add_text(out, "hash", result->records > 0 ? result->head.hash : "");
	buf_addf(out, ",\"seals\":%" PRIu64 ",\"sealed\":%" PRIu64,
	    result->seals, result->sealed);
	add_text(out, "sealed_time", result->sealed_time);
	buf_addf(out, ",\"overdue\":%s,\"noted\":%" PRIu64,
	    outcome->overdue ? "true" : "false", outcome->noted);
	add_text(out, "key", result->key);
	add_text(out, "key_from",
	    result->key[0] != '\0' ? origins[outcome->origin] : "");
	buf_addf(
	    out, ",\"head_seen\":%s", result->head_seen ? "true" : "false");
	buf_add_text(out, ",\"gone\":");
	if (result->gone_to == 0) {
		buf_add_text(out, "null");
	} else {
		buf_addf(out,
		    "{\"first\":1,\"last\":%" PRIu64 ",\"seals\":%" PRIu64,
		    result->gone_to, result->gone_seals);
		add_text(out, "first_time", result->gone_first_time);
		add_text(out, "last_time", result->gone_last_time);
		buf_add_text(out, "}");
	}
	add_damage(outcome, out);
	buf_add_text(out, "}\n");
}
