/* SPDX-License-Identifier: ISC */
/*
 * status_text.c - how does a person read what the daemon says of itself?
 *
 * What does not stay as it is meant to be comes first and in colour: a gate
 * that is open, lists that are stale.
 */
#include "config.h"

#include <jansson.h>
#include <string.h>

#include "base/timetext.h"
#include "postern/status.h"
#include "postern/term.h"

enum {
	SHOWN = 1024, /* bytes of a text */
	MINUTE = 60,  /* seconds */
	HOUR = 60,    /* minutes */
	DAY = 24 * 60 /* minutes */
};

/* "-" for null */
static void
add_value(struct buf *out, const json_t *value, size_t max)
{
	if (json_is_string(value))
		term_add_outside(out, json_string_value(value),
		    json_string_length(value), max);
	else if (json_is_integer(value))
		buf_addf(out, "%lld", (long long)json_integer_value(value));
	else
		buf_add_text(out, "-");
}

static void
add_cell(struct grid *grid, enum ink ink, const json_t *value)
{
	struct buf text;

	buf_init(&text);
	add_value(&text, value, SHOWN);
	grid_add(grid, ink, buf_text(&text));
	buf_done(&text);
}

static void
add_row(struct grid *grid, const char *name, enum ink ink, const json_t *value)
{
	grid_add(grid, INK_STRONG, name);
	add_cell(grid, ink, value);
}

/* "for another 1h 59m"; begun minutes count, so that an hour is one at first */
static void
add_left(struct buf *out, int64_t left_us)
{
	long long minutes = (left_us / INT64_C(1000000) + MINUTE - 1) / MINUTE;

	if (minutes <= 0)
		return;
	buf_add_text(out, ", for another ");
	if (minutes < HOUR)
		buf_addf(out, "%lldm", minutes);
	else if (minutes < 2 * DAY)
		buf_addf(out, "%lldh %lldm", minutes / HOUR, minutes % HOUR);
	else
		buf_addf(
		    out, "%lldd %lldh", minutes / DAY, minutes % DAY / HOUR);
}

/* "OPEN until 2026-11-24T04:00:00Z, for another 30m" */
static void
add_until(struct buf *out, const json_t *until, int64_t now_us)
{
	const size_t second = strlen("2026-11-24T04:00:00");
	const char *text = json_string_value(until);
	int64_t until_us;

	buf_add_text(out, "OPEN until ");
	if (!time_parse(text, &until_us)) {
		add_value(out, until, SHOWN);
		return;
	}
	buf_addf(out, "%.*sZ", (int)second, text);
	add_left(out, until_us - now_us);
}

static void
add_open(struct grid *grid, const json_t *open, int64_t now_us)
{
	const json_t *policy = json_object_get(open, "policy");
	struct buf until, what;

	buf_init(&until);
	buf_init(&what);
	add_until(&until, json_object_get(open, "until"), now_us);
	buf_add_text(&what, "nothing is refused");
	if (json_is_string(policy)) {
		buf_add_text(&what, " of policy \"");
		add_value(&what, policy, SHOWN);
		buf_add_text(&what, "\"");
	}
	grid_add(grid, INK_STRONG, "gate");
	grid_add(grid, INK_BAD, buf_text(&until));
	grid_add(grid, INK_NONE, "");
	grid_add(grid, INK_BAD, buf_text(&what));
	add_row(grid, "reason", INK_NONE, json_object_get(open, "note"));
	buf_done(&what);
	buf_done(&until);
}

static void
add_head(const json_t *root, int64_t now_us, bool colour, struct buf *out)
{
	const json_t *open = json_object_get(root, "open");
	const json_t *mode = json_object_get(root, "mode");
	bool enforces = strcmp(json_string_value(mode), "enforce") == 0;
	struct grid grid;

	grid_init(&grid, 2);
	if (json_is_null(open)) {
		grid_add(&grid, INK_STRONG, "gate");
		grid_add(&grid, INK_GOOD, "not open");
	} else {
		add_open(&grid, open, now_us);
	}
	add_row(&grid, "mode", enforces ? INK_GOOD : INK_WARN, mode);
	add_row(&grid, "sessions", INK_NONE, json_object_get(root, "sessions"));
	add_row(
	    &grid, "generation", INK_NONE, json_object_get(root, "generation"));
	add_row(&grid, "version", INK_NONE, json_object_get(root, "version"));
	grid_text(&grid, colour, "", out);
	grid_done(&grid);
}

static void
add_sources(const json_t *sources, bool colour, struct buf *out)
{
	struct grid grid;

	if (json_array_size(sources) == 0)
		return;
	grid_init(&grid, 3);
	grid_add(&grid, INK_STRONG, "SOURCE");
	grid_add(&grid, INK_STRONG, "DATE");
	grid_add(&grid, INK_STRONG, "STATE");
	for (size_t i = 0; i < json_array_size(sources); i++) {
		const json_t *source = json_array_get(sources, i);
		bool stale = json_is_true(json_object_get(source, "stale"));

		add_cell(&grid, INK_NONE, json_object_get(source, "name"));
		add_cell(&grid, INK_NONE, json_object_get(source, "date"));
		grid_add(
		    &grid, stale ? INK_WARN : INK_NONE, stale ? "stale" : "ok");
	}
	buf_add_text(out, "\n");
	grid_text(&grid, colour, "", out);
	grid_done(&grid);
}

/* Those of which there is one at least. */
static void
add_records(json_t *records, bool colour, struct buf *out)
{
	struct grid grid;
	const char *action;
	json_t *count;

	grid_init(&grid, 2);
	grid_add(&grid, INK_STRONG, "RECORDS");
	grid_add(&grid, INK_STRONG, "SINCE THE START");
	json_object_foreach(records, action, count)
	{
		struct buf name;

		if (json_integer_value(count) == 0)
			continue;
		buf_init(&name);
		term_add_outside(&name, action, strlen(action), SHOWN);
		grid_add(&grid, INK_NONE, buf_text(&name));
		add_cell(&grid, INK_NONE, count);
		buf_done(&name);
	}
	buf_add_text(out, "\n");
	grid_text(&grid, colour, "", out);
	grid_done(&grid);
}

bool
status_text(
    const char *json, size_t len, int64_t now_us, bool colour, struct buf *out)
{
	json_t *root = status_load(json, len);

	if (root == NULL)
		return false;
	add_head(root, now_us, colour, out);
	add_sources(json_object_get(root, "sources"), colour, out);
	add_records(json_object_get(root, "records"), colour, out);
	json_decref(root);

	return true;
}
