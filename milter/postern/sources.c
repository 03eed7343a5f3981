/* SPDX-License-Identifier: ISC */
/* sources.c - which addresses stand behind which name? */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "lists/generation.h"
#include "postern/command.h"
#include "postern/options.h"
#include "postern/say.h"
#include "postern/term.h"
#include "postern/today.h"

enum {
	SHOWN = 1024, /* bytes of a text from a list */
	ORIGIN = 60,  /* of where it came from, in the table */
	NUMBER = 64
};

struct request {
	const char *path;
	const char *name; /* NULL: all */
	bool json;
};

/* Exact while a double is; what nobody counts by hand is rounded. */
static const char *
addresses_text(double addresses, char out[NUMBER])
{
	(void)snprintf(
	    out, NUMBER, addresses < 1e15 ? "%.0f" : "%.2e", addresses);

	return out;
}

static const char *
state_text(const struct source *source)
{
	if (source_is_stale(source, today()))
		return source->shared ? "stale, shared" : "stale";

	return source->shared ? "shared" : "ok";
}

static void
add_cell(struct grid *grid, const char *text, size_t max)
{
	struct buf clean;

	buf_init(&clean);
	if (text == NULL)
		buf_add_text(&clean, "-");
	else
		term_add_outside(&clean, text, strlen(text), max);
	grid_add(grid, INK_NONE, buf_text(&clean));
	buf_done(&clean);
}

static void
add_row(struct grid *grid, const struct source *source)
{
	char number[NUMBER];

	add_cell(grid, source->name, SHOWN);
	(void)snprintf(number, sizeof(number), "%zu", source->networks);
	grid_add(grid, INK_NONE, number);
	grid_add(grid, INK_NONE, addresses_text(source->addresses, number));
	add_cell(grid, source->date, SHOWN);
	grid_add(grid, source_is_stale(source, today()) ? INK_WARN : INK_NONE,
	    state_text(source));
	add_cell(grid, source->origin, ORIGIN);
}

static void
add_table(const struct generation *generation, struct buf *out)
{
	static const char *const heads[] = { "NAME", "NETWORKS", "ADDRESSES",
		"DATE", "STATE", "ORIGIN" };
	struct grid grid;

	grid_init(&grid, NITEMS(heads));
	for (size_t i = 0; i < NITEMS(heads); i++)
		grid_add(&grid, INK_STRONG, heads[i]);
	for (size_t i = 0; i < generation_count(generation); i++)
		add_row(&grid, generation_source(generation, i));
	grid_text(&grid, term_has_colour(), "", out);
	grid_done(&grid);
}

static void
add_line(struct grid *grid, const char *key, const char *value)
{
	grid_add(grid, INK_STRONG, key);
	add_cell(grid, value, SHOWN);
}

static void
add_network(void *owner, const struct range *network)
{
	char text[RANGE_TEXT];

	buf_addf(owner, "  %s\n", range_text(network, text));
}

static void
add_full(const struct generation *generation, const struct source *source,
    struct buf *out)
{
	const struct rules *rules = generation_rules(generation);
	const struct patterns *hosts = &rules->sets[source->set].hosts;
	char networks[NUMBER], addresses[NUMBER];
	struct grid grid;

	(void)snprintf(networks, sizeof(networks), "%zu", source->networks);
	grid_init(&grid, 2);
	add_line(&grid, "name", source->name);
	add_line(&grid, "title", source->title);
	add_line(&grid, "date", source->date);
	add_line(&grid, "state", state_text(source));
	add_line(&grid, "origin", source->origin);
	add_line(&grid, "file", source->file);
	add_line(
	    &grid, "addresses", addresses_text(source->addresses, addresses));
	add_line(&grid, "networks", networks);
	grid_text(&grid, term_has_colour(), "", out);
	grid_done(&grid);
	table_each(rules->table, source->set, add_network, out);
	for (size_t i = 0; i < hosts->count; i++)
		buf_addf(out, "  the verified name %s%s\n",
		    hosts->items[i][0] == '.' ? "*" : "", hosts->items[i]);
}

static void
add_json_value(struct buf *out, const char *key, const char *text)
{
	buf_addf(out, ",\"%s\":", key);
	if (text == NULL)
		buf_add_text(out, "null");
	else
		buf_add_json_text(out, text);
}

static void
add_json(const struct source *source, struct buf *out)
{
	buf_add_text(out, "{\"name\":");
	buf_add_json_text(out, source->name);
	buf_addf(out, ",\"networks\":%zu,\"addresses\":%.0f", source->networks,
	    source->addresses);
	add_json_value(out, "date", source->date);
	add_json_value(out, "origin", source->origin);
	buf_addf(out, ",\"stale\":%s,\"shared\":%s}",
	    source_is_stale(source, today()) ? "true" : "false",
	    source->shared ? "true" : "false");
}

/* All of them, or the one that was asked for. */
static void
add_json_list(const struct generation *generation, const struct source *only,
    struct buf *out)
{
	const char *before = "[";

	for (size_t i = 0; i < generation_count(generation); i++) {
		const struct source *source = generation_source(generation, i);

		if (only != NULL && only != source)
			continue;
		buf_add_text(out, before);
		add_json(source, out);
		before = ",\n ";
	}
	buf_add_text(out, *before == '[' ? "[]\n" : "]\n");
}

static const struct source *
find(const struct generation *generation, const char *name)
{
	for (size_t i = 0; i < generation_count(generation); i++) {
		const struct source *source = generation_source(generation, i);

		if (strcmp(source->name, name) == 0)
			return source;
	}

	return NULL;
}

static int
say_no_source(const struct generation *generation, const char *name)
{
	size_t count = generation_count(generation);
	const char **names = mem_new(count, sizeof(*names));
	struct buf text;

	for (size_t i = 0; i < count; i++)
		names[i] = generation_source(generation, i)->name;
	buf_init(&text);
	add_unknown(&text, name, names, count);
	say("sources: no source %s", buf_text(&text));
	buf_done(&text);
	free(names);

	return EX_NOINPUT;
}

static int
show(const struct request *request, const struct generation *generation)
{
	const struct source *source = NULL;
	struct buf out;
	int status;

	if (request->name != NULL) {
		source = find(generation, request->name);
		if (source == NULL)
			return say_no_source(generation, request->name);
	}

	buf_init(&out);
	if (request->json)
		add_json_list(generation, source, &out);
	else if (source != NULL)
		add_full(generation, source, &out);
	else
		add_table(generation, &out);
	status = print_result(&out, EX_OK);
	buf_done(&out);

	return status;
}

static int
sources(const struct request *request)
{
	struct generation *generation;
	struct diags diags;
	int status;

	diags_init(&diags);
	generation = generation_load_all(request->path, today(), &diags);
	if (generation == NULL) {
		say_diags(&diags);
		status = conf_status(request->path);
	} else {
		status = show(request, generation);
	}
	generation_unref(generation);
	diags_done(&diags);

	return status;
}

int
command_sources(const struct command *command, char **argv)
{
	struct request request = { NULL, NULL, false };
	const struct option options[] = {
		{ .name = "-c", .text = &request.path },
		{ .name = "--json", .flag = &request.json },
		{ .name = "--history" },
		{ .name = "--rollback" },
	};
	struct texts operands;
	int status;

	texts_init(&operands);
	if (options_read(command, options, NITEMS(options), &operands, 1, argv,
		&status)) {
		if (operands.count > 0)
			request.name = operands.items[0];
		if (request.path == NULL)
			request.path = DEFAULT_CONF;
		status = sources(&request);
	}
	texts_done(&operands);

	return status;
}
