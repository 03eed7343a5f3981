/* SPDX-License-Identifier: ISC */
/* source.c - which networks does a source stand for? */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/timetext.h"
#include "lists/build.h"
#include "lists/find.h"

enum {
	PLACE = 300 /* "sources.NAME.networks"; a longer name is cut */
};

static size_t
find_built(const struct build *build, const char *name)
{
	for (size_t i = 0; i < build->count; i++)
		if (strcmp(build->sources[i].source.name, name) == 0)
			return i;

	return SIZE_MAX;
}

static struct built *
new_built(struct build *build, const char *name)
{
	struct built *built;

	build->sources = mem_grow(build->sources, build->count, &build->room,
	    sizeof(build->sources[0]));
	built = &build->sources[build->count++];
	*built = (struct built){ .fed = false };
	built->source.name = mem_text(name);
	built->source.set = build_set(build, name);

	return built;
}

bool
source_is_stale(const struct source *source, int32_t today)
{
	if (source->date != NULL)
		return source->max_age > 0 &&
		    today - source->day > (int32_t)source->max_age;

	return source->wants_date;
}

static char *
first_origin(const struct list *list)
{
	for (size_t i = 0; i < list->nparts; i++)
		if (list->parts[i]->origin != NULL)
			return mem_text(list->parts[i]->origin);

	return NULL;
}

static void
describe(struct built *built, const struct conf_source *source,
    const struct list *list)
{
	struct source *out = &built->source;
	char day[DAY_TEXT];

	out->shared = source->shared;
	out->title = source->title == NULL ? NULL : mem_text(source->title);
	out->origin = first_origin(list);
	out->file = mem_text(list->file != NULL ? list->file
		: source->path != NULL          ? source->path
						: source->name.file);
	out->max_age = source->max_age;
	out->wants_date =
	    list->from_files && (source->nfeeds > 0 || source->max_age > 0);
	if (list->day != NETSET_NO_DAY) {
		out->date = mem_text(day_text(list->day, day));
		out->day = list->day;
	}
	built->fed = source->path != NULL && source->nfeeds > 0;
}

/* Where a key of the source stands, for complaints. */
static void
place_of(const struct conf_source *source, const char *key, char out[PLACE])
{
	if (source->path != NULL)
		(void)snprintf(out, PLACE, "%s", key);
	else
		(void)snprintf(
		    out, PLACE, "sources.%s.%s", source->name.text, key);
}

static void
read_networks(
    struct build *build, const struct conf_source *source, struct built *built)
{
	char place[PLACE];
	struct netset *fetched = NULL;
	struct list list;
	struct buf path;

	buf_init(&path);
	place_of(source, "networks", place);
	list_read(build, place, &source->networks, &list);
	if (list.count == 0 && !list.broken && source->networks.count > 0)
		diags_error(build->diags, source->name.file, source->name.line,
		    "%s: the lists hold no network; a source needs one", place);
	if (source->path != NULL && source->nfeeds > 0)
		fetched = fetched_load(build, source, &list, &path);
	if (fetched != NULL)
		list_replace(&list, fetched, buf_text(&path));
	list_add(build, &list, built->source.set, false);
	describe(built, source, &list);
	list_done(&list);
	buf_done(&path);
}

static void
read_except(struct build *build, const struct conf_source *source, uint32_t set)
{
	char place[PLACE];
	struct list list;

	place_of(source, "except", place);
	list_read(build, place, &source->except, &list);
	list_add(build, &list, set, true);
	if (source->hosts.count > 0 && list.count > 0) {
		/* A name lets nobody in from there either. */
		uint32_t except = build_set(build, NULL);

		list_add(build, &list, except, false);
		build->rules->sets[set].except = except;
	}
	list_done(&list);
}

/* conf/ has told what is wrong with a pattern */
static void
read_hosts(struct build *build, const struct conf_source *source, uint32_t set)
{
	for (size_t i = 0; i < source->hosts.count; i++)
		if (source->hosts.items[i].text != NULL)
			(void)patterns_add_name(&build->rules->sets[set].hosts,
			    source->hosts.items[i].text, NULL);
}

static size_t
add_source(struct build *build, const struct conf_source *source)
{
	struct built *built = new_built(build, source->name.text);

	build_hash(
	    build, "source", source->name.text, strlen(source->name.text));
	read_networks(build, source, built);
	read_except(build, source, built->source.set);
	read_hosts(build, source, built->source.set);

	return build->count - 1;
}

/*
 * The source file at path.  One that cannot be read is a source all the same,
 * so that its own error is told once and nothing else.
 */
static size_t
add_file(struct build *build, const char *path, const char *name)
{
	char *text = NULL;
	size_t len = 0;
	struct conf_source *source =
	    conf_load_source(path, name, build->diags, &text, &len);
	size_t at;

	if (source == NULL) {
		new_built(build, name)->source.file = mem_text(path);
		at = build->count - 1;
	} else {
		build_hash(build, "source file", text == NULL ? "" : text, len);
		at = add_source(build, source);
	}
	conf_source_free(source);
	free(text);

	return at;
}

static void
say_unknown(struct build *build, const struct word *word, const char *place)
{
	struct names names = { NULL, 0, 0 };
	const char *nearest;
	struct buf text;

	buf_init(&text);
	buf_add_text(&text, "no source ");
	buf_add_quoted(&text, word->text, 80);
	find_names(build->conf, &names);
	nearest = str_nearest(
	    word->text, (const char *const *)names.items, names.count);
	if (nearest != NULL)
		buf_addf(&text, "; did you mean \"%s\"?", nearest);
	else
		buf_addf(&text,
		    "; define it in sources, or put %s.conf into "
		    "a directory of rules",
		    word->text);
	diags_error(build->diags, word->file, word->line, "%s: %s", place,
	    buf_text(&text));
	names_done(&names);
	buf_done(&text);
}

size_t
build_source(struct build *build, const struct word *word, const char *place)
{
	size_t at = find_built(build, word->text);
	const struct conf_source *own;
	struct buf path;

	if (at != SIZE_MAX)
		return at;
	own = find_own(build->conf, word->text);
	if (own != NULL)
		return add_source(build, own);

	/* conf/ has refused it; it must not become the name of a file */
	if (!find_is_name(word->text))
		return SIZE_MAX;

	buf_init(&path);
	if (find_source(build->conf, word->text, &path))
		at = add_file(build, buf_text(&path), word->text);
	else
		say_unknown(build, word, place);
	buf_done(&path);

	return at;
}
