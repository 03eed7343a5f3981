/* SPDX-License-Identifier: ISC */
/* rules.c - what did the admin decide, in the form that is judged by? */
#include "config.h"

#include "policy/rules.h"

#include <stdlib.h>

#include "base/mem.h"
#include "policy/decide.h"

static const struct {
	const char *text;
	enum stage stage;
	bool anchor;
	enum reason reason, absent;
} conditions[] = {
#define CONDITION(symbol, key, stage, anchor, reason, absent) \
	{ key, stage, anchor, reason, absent },
#include "policy/conditions.def"
#undef CONDITION
};

const char *
condition_text(enum condition_key key)
{
	return conditions[key].text;
}

enum stage
condition_stage(enum condition_key key)
{
	return conditions[key].stage;
}

bool
condition_is_anchor(enum condition_key key)
{
	return conditions[key].anchor;
}

enum reason
condition_reason(enum condition_key key, enum match match)
{
	return match == MATCH_ABSENT ? conditions[key].absent
				     : conditions[key].reason;
}

const char *
mode_text(enum mode mode)
{
	return mode == MODE_ENFORCE ? "enforce" : "monitor";
}

struct rules *
rules_new(void)
{
	return mem_new(1, sizeof(struct rules));
}

const struct policy *
rules_policy(const struct rules *rules, uint32_t number)
{
	return number < rules->npolicies
	    ? &rules->policies[number]
	    : &rules->rows[number - rules->npolicies];
}

static void
free_texts(char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
}

static void
entry_done(struct entry *entry)
{
	for (size_t i = 0; i < entry->count; i++) {
		free(entry->conditions[i].sets);
		free(entry->conditions[i].numbers);
		free(entry->conditions[i].countries);
		free(entry->conditions[i].tenants);
		free(entry->conditions[i].wanted);
		patterns_done(&entry->conditions[i].patterns);
	}
	free(entry->conditions);
	free(entry->name);
	free(entry->note);
}

static void
reply_done(struct reply_form *reply)
{
	free(reply->status);
	free(reply->text);
}

static void
policy_done(struct policy *policy)
{
	for (size_t i = 0; i < policy->count; i++)
		entry_done(&policy->entries[i]);
	free(policy->entries);
	free_texts(policy->always, policy->nalways);
	free(policy->name);
	reply_done(&policy->reply);
}

/* A row has its entries for its own; all else is its policy's. */
static void
row_done(struct policy *row)
{
	for (size_t i = 0; i < row->count; i++)
		entry_done(&row->entries[i]);
	free(row->entries);
}

void
rules_free(struct rules *rules)
{
	if (rules == NULL)
		return;
	for (size_t i = 0; i < rules->npolicies; i++)
		policy_done(&rules->policies[i]);
	free(rules->policies);
	for (size_t i = 0; i < rules->nrows; i++)
		row_done(&rules->rows[i]);
	free(rules->rows);
	for (size_t i = 0; i < rules->nwanted; i++) {
		free(rules->wanted[i].name);
		free(rules->wanted[i].value);
	}
	free(rules->wanted);
	free_texts(rules->originating, rules->noriginating);
	for (size_t i = 0; i < rules->nsets; i++) {
		free(rules->sets[i].name);
		patterns_done(&rules->sets[i].hosts);
	}
	free(rules->sets);
	reply_done(&rules->unlisted_reply);
	domains_free(rules->domains);
	table_free(rules->table);
	free(rules);
}
