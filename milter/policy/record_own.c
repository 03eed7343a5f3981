/* SPDX-License-Identifier: ISC */
/* record_own.c - what did we make of it, by which rule, on which machine? */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/timetext.h"
#include "policy/record_parts.h"

enum {
	SOURCES = 8
};

void
record_add_rule(const struct record *record, struct buf *out)
{
	size_t at = out->len;

	record_open(out, "rule");
	if (record->decision != NULL && record->decision->policy != NULL)
		record_text(
		    out, "name", record->decision->policy->name, CUT_OWN);
	else
		record_text(out, "name", record->policy, CUT_OWN);
	record_text(out, "version", record->version, CUT_ID);
	record_close(out, at);
}

void
record_add_user(const struct record *record, struct buf *out)
{
	size_t at = out->len;

	record_open(out, "user");
	record_text(out, "id", record->user_id, CUT_ID);
	record_text(out, "name", record->user_name, CUT_NAME);
	record_close(out, at);
}

void
record_add_origin(const struct record *record, struct buf *out)
{
	size_t at = out->len;

	record_open(out, "host");
	record_text(out, "name", record->host, CUT_NAME);
	record_close(out, at);
	buf_add_text(out,
	    ",\"observer\":{\"vendor\":\"Postern\",\"type\":"
	    "\"milter\",\"version\":\"" PACKAGE_VERSION "\"}");
}

static void
add_sources(const struct record *record, struct buf *out)
{
	const struct rules *rules = record->rules;
	size_t shown = 0;

	record_key(out, "sources", ":[");
	for (uint32_t i = 0; i < rules->nsets && shown < SOURCES; i++) {
		const char *name = rules->sets[i].name;

		if (name == NULL ||
		    source_match(rules, i, record->facts) != MATCH_YES)
			continue;
		record_comma(out);
		(void)buf_add_json(out, name, strlen(name), CUT_OWN);
		shown++;
	}
	buf_add_text(out, "]");
}

static void
add_entries(const struct decision *decision, struct buf *out)
{
	record_key(out, "entries", ":[");
	for (size_t i = 0; i < decision->count; i++) {
		const struct failing *failing = &decision->failing[i];

		record_comma(out);
		buf_add_text(out, "{");
		record_text(out, "entry", failing->entry->name, CUT_OWN);
		record_text(
		    out, "failed", condition_text(failing->key), CUT_OWN);
		buf_add_text(out, "}");
	}
	buf_add_text(out, "]");
}

/* What an operator did; `note` of `recovered` too. */
static void
add_operation(const struct record *record, struct buf *out)
{
	char time[TIME_TEXT];

	if (record->count > 0) {
		record_key(out, "count", ":");
		buf_addf(out, "%" PRIu64, record->count);
	}
	record_text(out, "previous_version", record->previous_version, CUT_ID);
	record_text(out, "note", record->note, CUT_NOTE);
	if (record->until_us != 0)
		record_text(
		    out, "until", time_text(record->until_us, time), CUT_OWN);
	if (record->members != NULL) {
		record_comma(out);
		buf_add_text(out, record->members);
	}
}

/* One that holds an "@" is an address as a whole: a client may write what it
 * likes before it. */
static void
add_helo(const struct record *record, struct buf *out)
{
	const char *helo = record->facts->helo;

	if (helo == NULL || strchr(helo, '@') == NULL) {
		record_text(out, "helo", helo, CUT_HELO);
		return;
	}
	record_key(out, "helo", ":");
	record_address(out, record->privacy, helo, CUT_HELO);
}

void
record_add_postern(const struct record *record, struct buf *out)
{
	const struct facts *facts = record->facts;

	record_open(out, "postern");
	if (facts != NULL) {
		record_text(out, "stage", stage_text(record->stage), CUT_OWN);
		add_sources(record, out);
		add_helo(record, out);
		record_text(out, "daemon", facts->daemon, CUT_NAME);
		record_text(out, "queue_id", facts->queue_id, CUT_ID);
		record_text(out, "session", record->session, CUT_ID);
	}
	if (record->decision != NULL)
		record_text(out, "mode",
		    mode_text(record->decision->monitor ? MODE_MONITOR
							: MODE_ENFORCE),
		    CUT_OWN);
	record_text(out, "reply", record->reply, CUT_REPLY);
	add_operation(record, out);
	if (record->decision != NULL)
		add_entries(record->decision, out);
	record_comma(out);
}
