/* SPDX-License-Identifier: ISC */
/* status.c - how is the daemon, as JSON? */
#include "config.h"

#include "posternd/status.h"

#include <inttypes.h>
#include <stdint.h>

#include "base/timetext.h"
#include "lists/generation.h"
#include "posternd/clock.h"
#include "posternd/counters.h"
#include "posternd/force.h"
#include "posternd/glass.h"

static void
add_open(struct buf *out)
{
	struct glass glass;
	char until[TIME_TEXT];

	if (!glass_look(&glass)) {
		buf_add_text(out, "null");
		return;
	}
	buf_addf(out,
	    "{\"until\":\"%s\",\"policy\":", time_text(glass.until_us, until));
	if (glass.policy[0] == '\0')
		buf_add_text(out, "null");
	else
		buf_add_json_text(out, glass.policy);
	buf_add_text(out, ",\"note\":");
	buf_add_json_text(out, glass.note);
	buf_add_text(out, "}");
}

static void
add_source(const struct source *source, int32_t today, struct buf *out)
{
	buf_add_text(out, "{\"name\":");
	buf_add_json_text(out, source->name);
	buf_add_text(out, ",\"date\":");
	if (source->date == NULL)
		buf_add_text(out, "null");
	else
		buf_add_json_text(out, source->date);
	buf_addf(out, ",\"stale\":%s}",
	    source_is_stale(source, today) ? "true" : "false");
}

static void
add_sources(const struct generation *generation, struct buf *out)
{
	int32_t today = clock_today();

	buf_add_text(out, "[");
	for (size_t i = 0; i < generation_count(generation); i++) {
		if (i > 0)
			buf_add_text(out, ",");
		add_source(generation_source(generation, i), today, out);
	}
	buf_add_text(out, "]");
}

static void
add_records(struct buf *out)
{
	buf_add_text(out, "{");
	for (enum record_action action = 0; action < ACTION_COUNT; action++)
		buf_addf(out, "%s\"%s\":%" PRIu64, action > 0 ? "," : "",
		    record_action_text(action), counters_records(action));
	buf_add_text(out, "}");
}

void
status_json(struct buf *out)
{
	struct generation *generation = force_generation();
	const struct rules *rules = generation_rules(generation);

	buf_addf(out,
	    "{\"generation\":%" PRIu64 ",\"version\":\"%s\",\"mode\":\"%s\","
	    "\"open\":",
	    force_number(), rules->version, mode_text(rules->mode));
	add_open(out);
	buf_addf(out,
	    ",\"sessions\":%" PRIu64 ",\"sources\":", counters_open_sessions());
	add_sources(generation, out);
	buf_add_text(out, ",\"records\":");
	add_records(out);
	buf_add_text(out, "}\n");
	generation_unref(generation);
}
