/* SPDX-License-Identifier: ISC */
/*
 * view.c - how does a person read a record?
 *
 * A record says what a client claimed, and a file may hold what no daemon
 * wrote: every text goes through term_add_outside().
 */
#include "config.h"

#include "postern/view.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "postern/term.h"

enum {
	KEY_SHOWN = 80,     /* bytes of a key */
	VALUE_SHOWN = 8192, /* of a value: as much as a line may hold */
	FIELD_SHOWN = 80,   /* of a value that shares its line with others */
	SECONDS = 19,       /* of "2026-11-24T04:00:00.123456Z" */
	DEPTH = 16          /* of objects; what lies deeper is not shown */
};

struct view {
	json_t *record;
};

struct view *
view_new(const char *line, size_t len)
{
	/* a claim may hold NUL; a key that stands twice is not of our making */
	json_t *record = json_loadb(
	    line, len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	struct view *view;

	if (!json_is_object(record)) {
		json_decref(record);
		return NULL;
	}
	view = mem_new(1, sizeof(*view));
	view->record = record;

	return view;
}

void
view_free(struct view *view)
{
	if (view == NULL)
		return;
	json_decref(view->record);
	free(view);
}

/* group NULL: at the top.  NULL: not there. */
static json_t *
find(const struct view *view, const char *group, const char *key)
{
	json_t *in =
	    group == NULL ? view->record : json_object_get(view->record, group);

	return json_object_get(in, key);
}

static void
add_string(struct buf *out, const json_t *value, size_t max)
{
	term_add_outside(
	    out, json_string_value(value), json_string_length(value), max);
}

static void
add_key(struct buf *out, const char *key)
{
	term_add_outside(out, key, strlen(key), KEY_SHOWN);
}

static void add_value(
    struct buf *out, json_t *value, size_t max, unsigned depth);

/* "entry head-office failed source" */
static void
add_object(struct buf *out, json_t *object, size_t max, unsigned depth)
{
	const char *before = "";
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		buf_add_text(out, before);
		add_key(out, key);
		buf_add_text(out, " ");
		add_value(out, value, max, depth + 1);
		before = " ";
	}
}

static void
add_array(struct buf *out, json_t *array, size_t max, unsigned depth)
{
	if (json_array_size(array) == 0)
		buf_add_text(out, "-");
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i > 0)
			buf_add_text(out, ", ");
		add_value(out, json_array_get(array, i), max, depth + 1);
	}
}

static void
add_value(struct buf *out, json_t *value, size_t max, unsigned depth)
{
	if (depth > DEPTH) {
		buf_add_text(out, "...");
		return;
	}

	switch (json_typeof(value)) {
	case JSON_STRING:
		add_string(out, value, max);
		break;
	case JSON_INTEGER:
		buf_addf(out, "%lld", (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		buf_addf(out, "%g", json_real_value(value));
		break;
	case JSON_TRUE:
		buf_add_text(out, "true");
		break;
	case JSON_FALSE:
		buf_add_text(out, "false");
		break;
	case JSON_NULL:
		buf_add_text(out, "null");
		break;
	case JSON_ARRAY:
		add_array(out, value, max, depth);
		break;
	case JSON_OBJECT:
		add_object(out, value, max, depth);
		break;
	}
}

/* A row for each value, named by the objects that it lies in. */
static void
add_rows(struct grid *grid, const char *name, json_t *object, unsigned depth)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		struct buf path, text;

		buf_init(&path);
		buf_init(&text);
		buf_addf(&path, "%s%s", name, *name == '\0' ? "" : ".");
		add_key(&path, key);
		if (json_is_object(value) && depth < DEPTH) {
			add_rows(grid, buf_text(&path), value, depth + 1);
		} else {
			add_value(&text, value, VALUE_SHOWN, depth);
			grid_add(grid, INK_STRONG, buf_text(&path));
			grid_add(grid, INK_NONE, buf_text(&text));
		}
		buf_done(&text);
		buf_done(&path);
	}
}

void
view_full(const struct view *view, bool colour, struct buf *out)
{
	struct grid grid;

	grid_init(&grid, 2);
	add_rows(&grid, "", view->record, 0);
	grid_text(&grid, colour, "", out);
	grid_done(&grid);
}

/* Adds a field and fills it up to width; "-" where it is not there. */
static void
add_field(struct buf *out, bool colour, enum ink ink, json_t *value, size_t max,
    size_t width)
{
	struct buf text;

	buf_init(&text);
	if (value != NULL)
		add_value(&text, value, max, 0);
	if (text.len == 0)
		buf_add_text(&text, "-");
	term_add(out, colour, ink, buf_text(&text));
	for (size_t i = text.len; i < width; i++)
		buf_add_text(out, " ");
	buf_done(&text);
}

/* Addresses stand in a list below "address". */
static json_t *
find_address(const struct view *view, const char *key)
{
	return json_object_get(find(view, "email", key), "address");
}

/* To the second. */
static void
add_time(const json_t *time, struct buf *out)
{
	const char *text = json_string_value(time);
	size_t len = text == NULL ? 0 : strlen(text);

	if (text == NULL)
		buf_add_text(out, "-");
	else
		term_add_outside(
		    out, text, len < SECONDS ? len : SECONDS, FIELD_SHOWN);
	buf_add_text(out, "Z");
}

/* A field and the gap behind it. */
static void
add_plain(struct buf *out, json_t *value)
{
	add_field(out, false, INK_NONE, value, FIELD_SHOWN, 0);
	buf_add_text(out, "  ");
}

static void
add_attempt(const struct view *view, bool colour, struct buf *out)
{
	const size_t width = 15; /* an IPv4 address */

	add_field(out, colour, INK_STRONG, find(view, "source", "ip"),
	    FIELD_SHOWN, width);
	buf_add_text(out, "  ");
	add_field(
	    out, colour, INK_NONE, find_address(view, "from"), FIELD_SHOWN, 0);
	buf_add_text(out, " -> ");
	add_plain(out, find_address(view, "to"));
	add_plain(out, find(view, "rule", "name"));
	add_plain(out, find(view, "event", "reason"));
}

/* Who did something to the daemon, or what it did by itself. */
static void
add_own(const struct view *view, struct buf *out)
{
	json_t *policy = find(view, "rule", "name");
	json_t *until = find(view, "postern", "until");
	json_t *note = find(view, "postern", "note");

	add_plain(out, find(view, "user", "name"));
	if (policy != NULL)
		add_plain(out, policy);
	if (until != NULL) {
		buf_add_text(out, "until ");
		add_time(until, out);
		buf_add_text(out, "  ");
	}
	if (note != NULL)
		add_plain(out, note);
}

void
view_line(const struct view *view, bool colour, struct buf *out)
{
	json_t *kind = find(view, "event", "kind");
	bool alert = json_is_string(kind) &&
	    strcmp(json_string_value(kind), "alert") == 0;
	const size_t width = 17; /* the longest action */

	add_time(find(view, NULL, "@timestamp"), out);
	buf_add_text(out, "  ");
	add_field(out, colour, alert ? INK_BAD : INK_GOOD,
	    find(view, "event", "action"), FIELD_SHOWN, width);
	buf_add_text(out, "  ");
	/* only a session has its stage in the record */
	if (find(view, "postern", "stage") != NULL)
		add_attempt(view, colour, out);
	else
		add_own(view, out);
	add_field(
	    out, colour, INK_FAINT, find(view, "event", "id"), FIELD_SHOWN, 0);
	buf_add_text(out, "\n");
}
