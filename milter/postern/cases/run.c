/* SPDX-License-Identifier: ISC */
/* run.c - does what comes of a case hold what is wanted? */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "postern/cases/cases.h"
#include "postern/command.h"
#include "postern/explain.h"
#include "postern/say.h"
#include "postern/today.h"

/* A configuration that was read; generation NULL: it has errors. */
struct loaded {
	const char *path;
	struct generation *generation;
};

struct run {
	struct diags *diags;
	struct loaded *items;
	size_t count;
	size_t room;
	int status; /* of reading the configurations */
};

/* Reads each once; NULL where it has errors. */
static const struct generation *
load(struct run *run, const char *path)
{
	struct loaded *item;

	for (size_t i = 0; i < run->count; i++)
		if (strcmp(run->items[i].path, path) == 0)
			return run->items[i].generation;
	run->items =
	    mem_grow(run->items, run->count, &run->room, sizeof(run->items[0]));
	item = &run->items[run->count++];
	item->path = path;
	item->generation = generation_load(path, today(), run->diags);
	if (item->generation == NULL && run->status == EX_OK)
		run->status = conf_status(path);

	return item->generation;
}

/* The recipient's, or that of the policy which is asked; NULL: no such. */
static const struct explained *
find_explained(
    const struct explanation *explanation, const struct test_case *item)
{
	const char *policy = NULL;

	if (item->rcpts.count > 0)
		return &explanation->items[0];
	for (size_t i = 0; i < item->count; i++)
		if (item->wanted[i].kind == WANTED_POLICY)
			policy = item->wanted[i].first;
	for (size_t i = 0; policy != NULL && i < explanation->count; i++)
		if (strcmp(explanation->items[i].policy->name, policy) == 0)
			return &explanation->items[i];

	return NULL;
}

static const char *
policy_name(const struct explained *got)
{
	return got->policy == NULL ? "-" : got->policy->name;
}

static const char *
entry_says(const struct explanation *explanation, const struct explained *got,
    const char *name)
{
	if (!explained_is_judged(got))
		return NULL;
	for (size_t i = 0; i < got->policy->count; i++) {
		const struct entry *entry = &got->policy->entries[i];
		char place[32];

		/* by its place, where others have the same name */
		(void)snprintf(place, sizeof(place), "allow[%zu]", i);
		if (strcmp(entry->name, name) == 0 || strcmp(place, name) == 0)
			return match_text(entry_match(
			    explanation->rules, entry, &got->facts));
	}

	return NULL;
}

static void
add_entries(const struct explained *got, struct buf *out)
{
	const char *before = "no such entry; there are ";

	if (!explained_is_judged(got)) {
		buf_add_text(out, "no entries, as no policy judges");
		return;
	}
	for (size_t i = 0; i < got->policy->count; i++) {
		buf_addf(out, "%s%s", before, got->policy->entries[i].name);
		before = ", ";
	}
}

/* What there is instead of what is wanted; nothing: it holds. */
static void
add_difference(const struct explanation *explanation,
    const struct explained *got, const struct wanted *wanted, struct buf *out)
{
	const char *first = NULL;
	const char *second = NULL;
	struct wanted is = *wanted;

	switch (wanted->kind) {
	case WANTED_VERDICT:
		first = verdict_text(got->decision.verdict);
		second = explained_reason(got);
		break;
	case WANTED_POLICY:
		first = policy_name(got);
		break;
	case WANTED_MODE:
		first = mode_text(
		    got->decision.monitor ? MODE_MONITOR : MODE_ENFORCE);
		break;
	case WANTED_ACTION:
		first = explained_action(got);
		if (*first == '\0')
			first = "-";
		break;
	case WANTED_ENTRY:
		first = wanted->first;
		second = entry_says(explanation, got, wanted->first);
		break;
	}
	if (wanted->kind == WANTED_ENTRY && second == NULL) {
		add_entries(got, out);
		return;
	}
	if (strcmp(first, wanted->first) == 0 &&
	    (wanted->second == NULL || strcmp(second, wanted->second) == 0))
		return;
	is.first = first;
	is.second = second;
	wanted_text(&is, out);
}

static void
compare(const struct explanation *explanation, struct test_case *item)
{
	const struct explained *got = find_explained(explanation, item);

	for (size_t i = 0; i < item->count; i++) {
		struct wanted *wanted = &item->wanted[i];
		struct buf text;

		buf_init(&text);
		if (got != NULL)
			add_difference(explanation, got, wanted, &text);
		else if (wanted->kind == WANTED_POLICY)
			buf_add_text(&text, "no policy of this name");
		item->failed = item->failed || text.len > 0;
		wanted->got = text.data; /* NULL where nothing was added */
	}
}

static void
judge(struct run *run, const struct generation *generation,
    struct test_case *item)
{
	struct explanation explanation;
	struct facts facts;
	struct seen seen;
	struct err err;

	if (!item->told[CLIENT_AT])
		item->client.facts.today = today();
	seen_init(&seen, generation_rules(generation));
	if (client_facts(&item->client, generation, &seen, &facts, &err) ==
	    EX_OK) {
		explanation_init(
		    &explanation, generation, &facts, &seen, &item->rcpts);
		compare(&explanation, item);
		explanation_done(&explanation);
	} else {
		diags_error(
		    run->diags, item->file, item->line, "eml: %s", err.text);
		if (run->status == EX_OK)
			run->status = EX_NOINPUT;
	}
	seen_done(&seen);
}

int
cases_run(
    struct cases *cases, const char *conf, bool always, struct diags *diags)
{
	struct run run = { .diags = diags, .status = EX_OK };
	bool failed = false;

	if (always)
		(void)load(&run, conf);
	for (size_t i = 0; i < cases->count; i++) {
		struct test_case *item = &cases->items[i];
		const struct generation *generation =
		    load(&run, item->conf == NULL ? conf : item->conf);

		if (generation != NULL)
			judge(&run, generation, item);
		failed = failed || item->failed;
	}
	for (size_t i = 0; i < run.count; i++)
		generation_unref(run.items[i].generation);
	free(run.items);
	if (run.status == EX_OK && failed)
		run.status = EXIT_NEGATIVE;

	return run.status;
}
