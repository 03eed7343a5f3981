/* SPDX-License-Identifier: ISC */
/* generation.c - which configuration and lists are in force? */
#include "config.h"

#include "lists/generation.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lists/build.h"
#include "lists/databases.h"
#include "lists/find.h"

struct generation {
	atomic_size_t references;
	struct conf *conf;
	struct rules *rules;
	struct source *sources;
	size_t count;
	struct databases *databases;
};

static void
source_done(struct source *source)
{
	free(source->name);
	free(source->title);
	free(source->date);
	free(source->origin);
	free(source->file);
}

/* The configuration's own sources that no policy names: also looked at. */
static void
add_own(struct build *build)
{
	for (size_t i = 0; i < build->conf->nsources; i++)
		if (build->conf->sources[i].name.text != NULL)
			(void)build_source(
			    build, &build->conf->sources[i].name, "sources");
}

/* Those in `rules` that nobody has named yet. */
static void
add_all(struct build *build)
{
	struct names names = { NULL, 0, 0 };

	find_names(build->conf, &names);
	for (size_t i = 0; i < names.count; i++) {
		struct word word = { names.items[i], build->conf->path, 0 };

		(void)build_source(build, &word, "rules");
	}
	names_done(&names);
}

static int
compare_names(const void *a, const void *b)
{
	const struct source *x = a;
	const struct source *y = b;

	return strcmp(x->name, y->name);
}

/* A source with nobody in it shuts its policies without a word. */
static void
warn_empty(const struct build *build, const struct source *source)
{
	if (source->networks == 0 && build->diags->errors == 0 &&
	    build->rules->sets[source->set].hosts.count == 0)
		diags_warning(build->diags, source->file, 0,
		    "source \"%s\": `except` takes all its networks away, so "
		    "nobody is in it; mend one of them",
		    source->name);
}

/* Ends the building: the table, and what it says of each source. */
static void
finish(struct build *build, struct generation *generation)
{
	struct rules *rules = build->rules;

	rules->table = table_new(build->table);
	rules->needs = needs_of(rules);
	generation->rules = rules;
	generation->count = build->count;
	generation->sources =
	    mem_new(build->count, sizeof(generation->sources[0]));
	for (size_t i = 0; i < build->count; i++) {
		struct source *source = &generation->sources[i];

		*source = build->sources[i].source;
		table_measure(rules->table, source->set, &source->addresses,
		    &source->networks);
		warn_empty(build, source);
	}
}

static struct generation *
generation_new(struct conf *conf, int32_t today, struct diags *diags, bool all)
{
	struct generation *generation = mem_new(1, sizeof(*generation));
	struct build build = { .conf = conf, .today = today, .diags = diags };

	atomic_init(&generation->references, 1);
	generation->conf = conf;
	generation->databases = databases_load(conf, diags);
	build.digest = digest_new();
	build.table = table_builder_new();
	build.rules = rules_new();
	build_hash(&build, "configuration",
	    conf->text == NULL ? "" : conf->text, conf->len);
	build_rules(&build);
	add_own(&build);
	digest_end(build.digest, build.rules->version);
	build.digest = NULL;
	if (all)
		add_all(&build);
	finish(&build, generation);
	if (all)
		qsort(generation->sources, generation->count,
		    sizeof(generation->sources[0]), compare_names);
	table_builder_free(build.table);
	free(build.sources);
	free(build.row_lines);

	return generation;
}

static struct generation *
load(const char *path, int32_t today, struct diags *diags, bool all)
{
	size_t errors = diags->errors;
	struct conf *conf = conf_load(path, diags);
	struct generation *generation;

	if (conf == NULL)
		return NULL;
	generation = generation_new(conf, today, diags, all);
	if (diags->errors > errors) {
		generation_unref(generation);
		return NULL;
	}

	return generation;
}

struct generation *
generation_load(const char *path, int32_t today, struct diags *diags)
{
	return load(path, today, diags, false);
}

struct generation *
generation_load_all(const char *path, int32_t today, struct diags *diags)
{
	return load(path, today, diags, true);
}

struct generation *
generation_ref(struct generation *generation)
{
	/* whoever calls holds a reference already, so order does not matter */
	(void)atomic_fetch_add_explicit(
	    &generation->references, 1, memory_order_relaxed);

	return generation;
}

void
generation_unref(struct generation *generation)
{
	if (generation == NULL ||
	    atomic_fetch_sub(&generation->references, 1) > 1)
		return;
	for (size_t i = 0; i < generation->count; i++)
		source_done(&generation->sources[i]);
	free(generation->sources);
	rules_free(generation->rules);
	databases_free(generation->databases);
	conf_free(generation->conf);
	free(generation);
}

const struct rules *
generation_rules(const struct generation *generation)
{
	return generation->rules;
}

const struct conf *
generation_conf(const struct generation *generation)
{
	return generation->conf;
}

size_t
generation_count(const struct generation *generation)
{
	return generation->count;
}

const struct source *
generation_source(const struct generation *generation, size_t i)
{
	assert(i < generation->count);

	return &generation->sources[i];
}

const struct databases *
generation_databases(const struct generation *generation)
{
	return generation->databases;
}

void
generation_geo(const struct generation *generation, const struct addr *addr,
    struct geo *geo)
{
	databases_find(generation->databases, addr, geo);
}
