/* SPDX-License-Identifier: ISC */
/* record.c - how is it written down? */
#include "config.h"

#include "policy/record.h"

#include <string.h>

#include "base/timetext.h"
#include "policy/reply.h"

/* The longest that a text from outside may stand in a line, escaped. */
enum {
	CUT_NAME = 256,    /* host names: RFC 1035 allows 253 */
	CUT_ADDRESS = 512, /* mail addresses: RFC 5321 allows 254 */
	CUT_HELO = 512,
	CUT_TLS = 64,
	CUT_CERT = 256,
	CUT_ID = 64,
	CUT_OWN = 128, /* names of policies and sources: 64 characters */
	CUT_REPLY = 2 * REPLY_LINE,
	CUT_NOTE = 1024,
	SOURCES = 8
};

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

/* "," unless it is the first thing behind a brace. */
static void
add_comma(struct buf *out)
{
	if (out->len > 0 && out->data[out->len - 1] != '{' &&
	    out->data[out->len - 1] != '[')
		buf_add_text(out, ",");
}

/* begin: what stands before its value, ":{" say. */
static void
add_key(struct buf *out, const char *key, const char *begin)
{
	add_comma(out);
	buf_add_text(out, "\"");
	buf_add_text(out, key);
	buf_add_text(out, "\"");
	buf_add_text(out, begin);
}

/* "key":"text"; nothing for what is not there. */
static void
add_text(struct buf *out, const char *key, const char *text, size_t max)
{
	if (text == NULL)
		return;
	add_key(out, key, ":");
	(void)buf_add_json(out, text, strlen(text), max);
}

static void
add_addr(struct buf *out, const char *key, const struct addr *addr)
{
	char text[ADDR_TEXT];

	if (addr->family != FAMILY_NONE)
		add_text(out, key, addr_text(addr, text), ADDR_TEXT);
}

static void
add_port(struct buf *out, uint16_t port)
{
	if (port == 0)
		return;
	add_key(out, "port", ":");
	buf_addf(out, "%u", (unsigned)port);
}

static void
open_object(struct buf *out, const char *key)
{
	add_key(out, key, ":{");
}

/* An object that got no member is left out with its key. */
static void
close_object(struct buf *out, size_t opened_at)
{
	if (out->data[out->len - 1] == '{') {
		out->len = opened_at;
		out->data[opened_at] = '\0';
		return;
	}
	buf_add_text(out, "}");
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
	add_text(out, "id", record->id, CUT_ID);
	if (record->decision != NULL && record->decision->reason != REASON_NONE)
		add_text(out, "reason", reason_text(record->decision->reason),
		    CUT_OWN);
	buf_add_text(out, ",\"sequence\":");
	line->sequence_at = out->len;
	buf_add_text(out, ",\"provider\":\"postern\"}");
}

static void
add_ends(const struct facts *facts, struct buf *out)
{
	size_t at = out->len;

	open_object(out, "source");
	add_addr(out, "ip", &facts->addr);
	add_port(out, facts->port);
	add_text(out, "domain", facts->name, CUT_NAME);
	close_object(out, at);

	at = out->len;
	open_object(out, "destination");
	add_addr(out, "ip", &facts->server);
	add_port(out, facts->server_port);
	close_object(out, at);
}

/* From "TLSv1.3": what follows the last letter is the version. */
static void
add_tls_version(struct buf *out, const char *text)
{
	const char *version = text + strcspn(text, "0123456789");

	if (*version == '\0')
		return;
	add_text(out, "version", version, CUT_TLS);
	add_text(out, "version_protocol",
	    text[0] == 'S' || text[0] == 's' ? "ssl" : "tls", CUT_TLS);
}

static void
add_tls(const struct facts *facts, struct buf *out)
{
	size_t at = out->len;
	size_t client_at;

	if (facts->tls_version == NULL)
		return;
	open_object(out, "tls");
	add_tls_version(out, facts->tls_version);
	add_text(out, "cipher", facts->tls_cipher, CUT_TLS);
	client_at = out->len;
	open_object(out, "client");
	add_text(out, "subject", facts->cert_subject, CUT_CERT);
	add_text(out, "issuer", facts->cert_issuer, CUT_CERT);
	close_object(out, client_at);
	close_object(out, at);
}

static void
add_rule(const struct record *record, struct buf *out)
{
	size_t at = out->len;

	open_object(out, "rule");
	if (record->decision != NULL && record->decision->policy != NULL)
		add_text(out, "name", record->decision->policy->name, CUT_OWN);
	else
		add_text(out, "name", record->policy, CUT_OWN);
	add_text(out, "version", record->version, CUT_ID);
	close_object(out, at);
}

static void
add_user(const struct record *record, struct buf *out)
{
	size_t at = out->len;

	open_object(out, "user");
	add_text(out, "id", record->user_id, CUT_ID);
	add_text(out, "name", record->user_name, CUT_NAME);
	close_object(out, at);
}

static void
add_origin(const struct record *record, struct buf *out)
{
	size_t at = out->len;

	open_object(out, "host");
	add_text(out, "name", record->host, CUT_NAME);
	close_object(out, at);
	buf_add_text(out,
	    ",\"observer\":{\"vendor\":\"Postern\",\"type\":"
	    "\"milter\",\"version\":\"" PACKAGE_VERSION "\"}");
}

static void
add_sources(const struct record *record, struct buf *out)
{
	const struct rules *rules = record->rules;
	size_t shown = 0;

	add_key(out, "sources", ":[");
	for (uint32_t i = 0; i < rules->nsets && shown < SOURCES; i++) {
		const char *name = rules->sets[i].name;

		if (name == NULL ||
		    source_match(rules, i, record->facts) != MATCH_YES)
			continue;
		add_comma(out);
		(void)buf_add_json(out, name, strlen(name), CUT_OWN);
		shown++;
	}
	buf_add_text(out, "]");
}

static void
add_entries(const struct decision *decision, struct buf *out)
{
	add_key(out, "entries", ":[");
	for (size_t i = 0; i < decision->count; i++) {
		const struct failing *failing = &decision->failing[i];

		add_comma(out);
		buf_add_text(out, "{");
		add_text(out, "entry", failing->entry->name, CUT_OWN);
		add_text(out, "failed", condition_text(failing->key), CUT_OWN);
		buf_add_text(out, "}");
	}
	buf_add_text(out, "]");
}

/* What an operator did; `note` of `recovered` too. */
static void
add_operation(const struct record *record, struct buf *out)
{
	char time[TIME_TEXT];

	add_text(out, "previous_version", record->previous_version, CUT_ID);
	add_text(out, "note", record->note, CUT_NOTE);
	if (record->until_us != 0)
		add_text(
		    out, "until", time_text(record->until_us, time), CUT_OWN);
}

/* The object stays open, behind a comma or brace: the log adds the chain. */
static void
add_postern(const struct record *record, struct buf *out)
{
	const struct facts *facts = record->facts;

	open_object(out, "postern");
	if (facts != NULL) {
		add_text(out, "stage", stage_text(record->stage), CUT_OWN);
		add_sources(record, out);
		add_text(out, "helo", facts->helo, CUT_HELO);
		add_text(out, "daemon", facts->daemon, CUT_NAME);
		add_text(out, "queue_id", facts->queue_id, CUT_ID);
		add_text(out, "session", record->session, CUT_ID);
	}
	if (record->decision != NULL)
		add_text(out, "mode",
		    mode_text(record->decision->monitor ? MODE_MONITOR
							: MODE_ENFORCE),
		    CUT_OWN);
	add_text(out, "reply", record->reply, CUT_REPLY);
	add_operation(record, out);
	if (record->decision != NULL)
		add_entries(record->decision, out);
	add_comma(out);
}

/* What follows the recipients. */
static void
add_rest(const struct record *record, struct buf *out)
{
	if (record->facts != NULL)
		add_tls(record->facts, out);
	add_rule(record, out);
	add_user(record, out);
	add_origin(record, out);
	add_postern(record, out);
}

static void
add_sender(const struct facts *facts, struct buf *out)
{
	const char *sender = facts->sender;

	if (sender == NULL)
		return;
	buf_add_text(out, "\"from\":{\"address\":[");
	if (*sender == '\0')
		sender = "<>";
	(void)buf_add_json(out, sender, strlen(sender), CUT_ADDRESS);
	buf_add_text(out, "]}");
}

/* As many as fit into room bytes, one at least; returns how many. */
static size_t
add_rcpts(
    const struct record *record, size_t from, size_t room, struct buf *out)
{
	size_t end = out->len + room;
	size_t count = 0;

	add_key(out, "to", ":{\"address\":[");
	for (; from + count < record->nrcpts; count++) {
		const char *rcpt = record->rcpts[from + count];
		size_t before = out->len;

		add_comma(out);
		(void)buf_add_json(out, rcpt, strlen(rcpt), CUT_ADDRESS);
		if (count > 0 && out->len > end) {
			out->len = before;
			break;
		}
	}
	buf_add_text(out, "]}");

	return count;
}

static size_t
add_email(
    const struct record *record, size_t from, size_t room, struct buf *out)
{
	size_t at = out->len;
	size_t count = 0;

	open_object(out, "email");
	add_sender(record->facts, out);
	if (from < record->nrcpts)
		count = add_rcpts(record, from, room, out);
	close_object(out, at);

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
		size_t used = CUT_ADDRESS + rest.len + 64; /* sender, names */

		add_ends(record->facts, &line->text);
		used += line->text.len;
		count = add_email(
		    record, from, used < most ? most - used : 0, &line->text);
	}
	buf_add(&line->text, rest.data + 1, rest.len - 1);
	buf_done(&rest);

	return count;
}
