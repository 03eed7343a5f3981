/* SPDX-License-Identifier: ISC */
/* record.c - how is it written down? */
#include "config.h"

#include "policy/record.h"

#include <string.h>

#include "base/timetext.h"
#include "policy/evidence.h"
#include "policy/record_parts.h"

static const struct {
	const char *text, *kind, *category, *type, *outcome;
} actions[] = {
#define ACTION(symbol, text, kind, category, type, outcome) \
	{ text, kind, category, type, outcome },
#include "policy/actions.def"
#undef ACTION
};

const char *
record_action_text(enum record_action action)
{
	return actions[action].text;
}

void
record_line_init(struct record_line *line)
{
	buf_init(&line->text);
	line->sequence_at = 0;
}

void
record_line_done(struct record_line *line)
{
	buf_done(&line->text);
}

static void
add_event(const struct record *record, struct record_line *line)
{
	struct buf *out = &line->text;
	char time[TIME_TEXT];

	buf_addf(out, "{\"@timestamp\":\"%s\",\"ecs\":{\"version\":\"8.11.0\"}",
	    time_text(record->time_us, time));
	buf_addf(out, ",\"event\":{\"kind\":\"%s\",\"category\":%s,\"type\":%s",
	    actions[record->action].kind, actions[record->action].category,
	    actions[record->action].type);
	buf_addf(out, ",\"action\":\"%s\",\"outcome\":\"%s\"",
	    actions[record->action].text, actions[record->action].outcome);
	record_text(out, "id", record->id, CUT_ID);
	if (record->decision != NULL && record->decision->reason != REASON_NONE)
		record_text(out, "reason",
		    reason_text(record->decision->reason), CUT_OWN);
	buf_add_text(out, ",\"sequence\":");
	line->sequence_at = out->len;
	buf_add_text(out, ",\"provider\":\"postern\"}");
}

/* What follows the recipients. */
static void
add_rest(const struct record *record, struct buf *out)
{
	if (record->facts != NULL)
		record_add_tls(record, out);
	record_add_rule(record, out);
	record_add_user(record, out);
	record_add_origin(record, out);
	record_add_postern(record, out);
}

static void
add_sender(const struct record *record, struct buf *out)
{
	const char *sender = record->facts->sender;

	if (sender == NULL)
		return;
	buf_add_text(out, "\"from\":{\"address\":[");
	if (*sender == '\0')
		sender = "<>";
	record_address(out, record->privacy, sender, CUT_ADDRESS);
	buf_add_text(out, "]}");
}

/* As many as fit into room bytes, one at least; returns how many. */
static size_t
add_rcpts(
    const struct record *record, size_t from, size_t room, struct buf *out)
{
	size_t end = out->len + room;
	size_t count = 0;

	record_key(out, "to", ":{\"address\":[");
	for (; from + count < record->nrcpts; count++) {
		size_t before = out->len;

		record_comma(out);
		record_address(out, record->privacy,
		    record->rcpts[from + count], CUT_ADDRESS);
		if (count > 0 && out->len > end) {
			out->len = before;
			break;
		}
	}
	buf_add_text(out, "]}");

	return count;
}

static void
add_message_id(const struct record *record, struct buf *out)
{
	const struct evidence *evidence = record->facts->evidence;

	if (evidence == NULL || evidence->message_id[0] == '\0')
		return;
	record_key(out, "message_id", ":");
	record_address(out, record->privacy, evidence->message_id, CUT_MESSAGE);
}

static size_t
add_email(
    const struct record *record, size_t from, size_t room, struct buf *out)
{
	size_t at = out->len;
	size_t count = 0;

	record_open(out, "email");
	add_sender(record, out);
	if (from < record->nrcpts)
		count = add_rcpts(record, from, room, out);
	add_message_id(record, out);
	record_close(out, at);

	return count;
}

size_t
record_write(const struct record *record, size_t from, struct record_line *line)
{
	const size_t most = RECORD_LINE - RECORD_CHAIN;
	size_t count = 0;
	struct buf rest;

	/* A brace, so that the first member gets its comma. */
	buf_init(&rest);
	buf_add_text(&rest, "}");
	add_rest(record, &rest);

	buf_clear(&line->text);
	add_event(record, line);
	if (record->facts != NULL) {
		/* sender, Message-ID, names */
		size_t used = CUT_ADDRESS + CUT_MESSAGE + rest.len + 96;

		record_add_ends(record, &line->text);
		used += line->text.len;
		count = add_email(
		    record, from, used < most ? most - used : 0, &line->text);
	}
	buf_add(&line->text, rest.data + 1, rest.len - 1);
	buf_done(&rest);

	return count;
}
