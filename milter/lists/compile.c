/* SPDX-License-Identifier: ISC */
/* compile.c - how does what the admin said become what is judged by? */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/timetext.h"
#include "lists/build.h"
#include "policy/reply.h"

enum {
	PLACE = 80 /* "policies[N].allow[N].networks" */
};

/* Where an entry stands, for complaints. */
struct place {
	size_t policy;
	size_t entry;
};

/* A conf with errors has holes; it is compiled only to find further ones. */
static char *
copy(const char *text)
{
	return text == NULL ? NULL : mem_text(text);
}

static char **
copy_words(const struct words *words, size_t *count)
{
	char **texts = mem_new(words->count, sizeof(texts[0]));

	*count = 0;
	for (size_t i = 0; i < words->count; i++)
		if (words->items[i].text != NULL)
			texts[(*count)++] = mem_text(words->items[i].text);

	return texts;
}

static void
entry_place(const struct place *at, const char *key, char out[PLACE])
{
	(void)snprintf(out, PLACE, "policies[%zu].allow[%zu]%s%s", at->policy,
	    at->entry, *key == '\0' ? "" : ".", key);
}

static void
add_set(struct condition *condition, uint32_t set)
{
	for (size_t i = 0; i < condition->nsets; i++)
		if (condition->sets[i] == set)
			return;
	condition->sets = mem_resize(
	    condition->sets, condition->nsets + 1, sizeof(condition->sets[0]));
	condition->sets[condition->nsets++] = set;
}

static void
compile_sources(struct build *build, const struct conf_condition *from,
    const struct place *at, bool plain, struct condition *condition)
{
	char place[PLACE], entry[PLACE];

	entry_place(at, "", entry);
	entry_place(at, "source", place);
	if (plain)
		(void)snprintf(place, PLACE, "policies[%zu].allow", at->policy);
	for (size_t i = 0; i < from->values.count; i++) {
		const struct word *word = &from->values.items[i];
		size_t source = word->text == NULL
		    ? SIZE_MAX
		    : build_source(build, word, place);

		if (source == SIZE_MAX)
			continue;
		warn_use(build, word, entry, &build->sources[source]);
		add_set(condition, build->sources[source].source.set);
	}
}

static void
compile_networks(struct build *build, const struct conf_condition *from,
    const struct place *at, struct condition *condition)
{
	char place[PLACE];
	struct list list;

	entry_place(at, condition_text(from->key), place);
	add_set(condition, build_set(build, NULL));
	list_read(build, place, &from->values, &list);
	if (list.count == 0 && !list.broken && from->values.count > 0 &&
	    condition_is_anchor(from->key))
		diags_error(build->diags, from->file, from->line,
		    "%s: the lists hold no network, so nobody gets in; name "
		    "one",
		    place);
	list_add(build, &list, condition->sets[0], false);
	list_done(&list);
}

static void
compile_until(struct build *build, const struct conf_condition *from,
    const struct place *at, struct condition *condition)
{
	const struct word *until = from->values.items;
	char place[PLACE];

	if (from->values.count == 0 || until->text == NULL ||
	    !day_parse(until->text, &condition->day))
		return;
	entry_place(at, condition_text(from->key), place);
	if (condition->day <= build->today)
		warn_expired(build, until, place);
}

static void
compile_condition(struct build *build, const struct conf_condition *from,
    const struct place *at, bool plain, struct condition *condition)
{
	condition->key = from->key;
	switch (from->key) {
	case CONDITION_SOURCE:
		compile_sources(build, from, at, plain, condition);
		break;
	case CONDITION_NETWORKS:
	case CONDITION_EXCEPT:
		compile_networks(build, from, at, condition);
		break;
	case CONDITION_UNTIL:
		compile_until(build, from, at, condition);
		break;
	case CONDITION_COUNT:
		break;
	}
}

/* Its source, if it is one, else its place. */
static char *
entry_name(const struct conf_entry *from, size_t n)
{
	char name[40];

	for (size_t i = 0; i < from->count; i++)
		if (from->conditions[i].key == CONDITION_SOURCE &&
		    from->conditions[i].values.count == 1 &&
		    from->conditions[i].values.items[0].text != NULL)
			return mem_text(
			    from->conditions[i].values.items[0].text);
	(void)snprintf(name, sizeof(name), "allow[%zu]", n);

	return mem_text(name);
}

static void
compile_entry(struct build *build, const struct conf_entry *from,
    const struct place *at, struct entry *entry)
{
	entry->name = entry_name(from, at->entry);
	entry->note = copy(from->note.text);
	entry->conditions = mem_new(from->count, sizeof(entry->conditions[0]));
	entry->count = from->count;
	for (size_t i = 0; i < from->count; i++)
		compile_condition(build, &from->conditions[i], at, from->plain,
		    &entry->conditions[i]);
}

static void
compile_domains(struct build *build, const struct words *domains, size_t policy)
{
	for (size_t i = 0; i < domains->count; i++) {
		const struct word *word = &domains->items[i];
		uint32_t other;
		struct err err;

		/* conf/ has told what is wrong with a domain */
		if (word->text != NULL &&
		    !domains_add(build->rules->domains, word->text,
			(uint32_t)policy, &other, &err) &&
		    build->diags->errors == 0)
			diags_error(build->diags, word->file, word->line,
			    "policies[%zu].domains: \"%s\" %s", policy,
			    word->text, err.text);
	}
}

static void
compile_reply(const struct reply_form *from, struct reply_form *reply)
{
	reply->code = from->code;
	reply->status = copy(from->status);
	reply->text = copy(from->text);
}

static void
compile_policy(struct build *build, const struct conf_policy *from,
    size_t number, struct policy *policy)
{
	policy->name = copy(from->name.text);
	policy->mode = from->mode;
	policy->always = copy_words(&from->always, &policy->nalways);
	for (size_t i = 0; i < policy->nalways; i++)
		str_lower_all(policy->always[i]);
	compile_reply(&from->reply, &policy->reply);
	compile_domains(build, &from->domains, number);
	policy->entries = mem_new(from->count, sizeof(policy->entries[0]));
	policy->count = from->count;
	for (size_t i = 0; i < from->count; i++) {
		struct place at = { number, i };

		compile_entry(
		    build, &from->entries[i], &at, &policy->entries[i]);
	}
}

static void
compile_trusted(struct build *build)
{
	struct list list;

	build->rules->trusted = build_set(build, NULL);
	list_read(build, "trusted", &build->conf->trusted, &list);
	list_add(build, &list, build->rules->trusted, false);
	list_done(&list);
}

void
build_rules(struct build *build)
{
	const struct conf *conf = build->conf;
	struct rules *rules = build->rules;

	rules->mode = conf->mode;
	rules->on_error = conf->on_error;
	rules->refuse_unlisted = conf->refuse_unlisted;
	rules->judge_authenticated = conf->judge_authenticated;
	rules->originating =
	    copy_words(&conf->originating, &rules->noriginating);
	rules->unlisted_reply = (struct reply_form){ 550, mem_text("5.7.1"),
		mem_text(REPLY_DEFAULT) };
	rules->domains = domains_new();
	compile_trusted(build);
	rules->policies = mem_new(conf->npolicies, sizeof(rules->policies[0]));
	rules->npolicies = conf->npolicies;
	for (size_t i = 0; i < conf->npolicies; i++)
		compile_policy(
		    build, &conf->policies[i], i, &rules->policies[i]);
}
