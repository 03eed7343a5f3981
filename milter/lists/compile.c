/* SPDX-License-Identifier: ISC */
/* compile.c - how does what the admin said become what is judged by? */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "lists/build.h"
#include "policy/reply.h"

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
    const struct entry_at *at, struct entry *entry)
{
	entry->name = entry_name(from, at->entry);
	entry->note = copy(from->note.text);
	entry->conditions = mem_new(from->count, sizeof(entry->conditions[0]));
	entry->count = from->count;
	for (size_t i = 0; i < from->count; i++)
		build_condition(
		    build, &from->conditions[i], at, &entry->conditions[i]);
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
	policy->measure = from->measure;
	policy->always = copy_words(&from->always, &policy->nalways);
	for (size_t i = 0; i < policy->nalways; i++)
		str_lower_all(policy->always[i]);
	compile_reply(&from->reply, &policy->reply);
	compile_domains(build, &from->domains, number);
	policy->entries = mem_new(from->count, sizeof(policy->entries[0]));
	policy->count = from->count;
	for (size_t i = 0; i < from->count; i++) {
		struct entry_at at = { number, i, &from->entries[i] };

		compile_entry(
		    build, &from->entries[i], &at, &policy->entries[i]);
	}
}

/* A set of the table that is no source. */
static uint32_t
compile_hosts(struct build *build, const char *place, const struct words *words)
{
	uint32_t set = build_set(build, NULL);
	struct list list;

	list_read(build, place, words, &list);
	list_add(build, &list, set, false);
	list_done(&list);

	return set;
}

void
build_rules(struct build *build)
{
	const struct conf *conf = build->conf;
	struct rules *rules = build->rules;

	rules->mode = conf->mode;
	rules->on_error = conf->on_error;
	rules->reject_near_miss = conf->reject_near_miss;
	rules->reject_at_connect = conf->reject_at_connect;
	rules->refuse_unlisted = conf->refuse_unlisted;
	rules->judge_authenticated = conf->judge_authenticated;
	rules->record_accepted = conf->audit.accepted;
	rules->originating =
	    copy_words(&conf->originating, &rules->noriginating);
	rules->unlisted_reply = (struct reply_form){ 550, mem_text("5.7.1"),
		mem_text(REPLY_DEFAULT) };
	rules->domains = domains_new();
	rules->trusted = compile_hosts(build, "trusted", &conf->trusted);
	rules->probes = compile_hosts(build, "probes", &conf->probes);
	rules->policies = mem_new(conf->npolicies, sizeof(rules->policies[0]));
	rules->npolicies = conf->npolicies;
	for (size_t i = 0; i < conf->npolicies; i++)
		compile_policy(
		    build, &conf->policies[i], i, &rules->policies[i]);
	/* Rows last: what is said of a domain twice is said of the row. */
	for (size_t i = 0; i < conf->npolicies; i++)
		if (conf->policies[i].table.text != NULL)
			build_rows(
			    build, (uint32_t)i, &conf->policies[i].table);
}
