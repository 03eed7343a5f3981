/* SPDX-License-Identifier: ISC */
/* condition.c - how does a condition become what is judged by? */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/timetext.h"
#include "lists/build.h"

enum {
	PLACE = 80 /* "policies[N].allow[N].networks" */
};

static void
entry_place(const struct entry_at *at, const char *key, char out[PLACE])
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

/* Does the entry ask for what only one's own mail has? */
static bool
tells_apart(const struct conf_entry *entry)
{
	for (size_t i = 0; i < entry->count; i++) {
		const struct conf_condition *condition = &entry->conditions[i];

		if ((condition->key == CONDITION_TENANT ||
			condition->key == CONDITION_ORIGINATOR ||
			condition->key == CONDITION_HEADERS) &&
		    !condition->absent_passes)
			return true;
	}

	return false;
}

static void
compile_sources(struct build *build, const struct conf_condition *from,
    const struct entry_at *at, struct condition *condition)
{
	char place[PLACE], entry[PLACE];

	entry_place(at, "", entry);
	entry_place(at, "source", place);
	if (at->from->plain)
		(void)snprintf(place, PLACE, "policies[%zu].allow", at->policy);
	for (size_t i = 0; i < from->values.count; i++) {
		const struct word *word = &from->values.items[i];
		size_t source = word->text == NULL
		    ? SIZE_MAX
		    : build_source(build, word, place);

		if (source == SIZE_MAX)
			continue;
		warn_use(build, word, entry, &build->sources[source],
		    tells_apart(at->from));
		add_set(condition, build->sources[source].source.set);
	}
}

static void
compile_networks(struct build *build, const struct conf_condition *from,
    const struct entry_at *at, struct condition *condition)
{
	char place[PLACE];
	struct list list;

	entry_place(at, condition_text(from->key), place);
	add_set(condition, build_set(build, NULL));
	list_read(build, place, &from->values, &list);
	if (list.count == 0 && !list.broken && from->values.count > 0 &&
	    from->key != CONDITION_EXCEPT)
		diags_error(build->diags, from->file, from->line,
		    "%s: the lists hold no network, so nobody gets in; name "
		    "one",
		    place);
	list_add(build, &list, condition->sets[0], false);
	list_done(&list);
}

static void
compile_until(struct build *build, const struct conf_condition *from,
    const struct entry_at *at, struct condition *condition)
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

/* conf/ has told what is wrong with a pattern */
static void
compile_patterns(const struct conf_condition *from,
    bool (*add)(struct patterns *, const char *, struct err *),
    struct condition *condition)
{
	for (size_t i = 0; i < from->values.count; i++)
		if (from->values.items[i].text != NULL)
			(void)add(&condition->patterns,
			    from->values.items[i].text, NULL);
}

static void
compile_texts(const struct conf_condition *from, struct condition *condition)
{
	for (size_t i = 0; i < from->values.count; i++)
		if (from->values.items[i].text != NULL)
			patterns_add_text(
			    &condition->patterns, from->values.items[i].text);
}

/* A number is a port, all else a name. */
static void
add_number(struct condition *condition, uint32_t number)
{
	condition->numbers[condition->nnumbers++] = number;
}

static void
compile_listeners(
    const struct conf_condition *from, struct condition *condition)
{
	condition->numbers =
	    mem_new(from->values.count, sizeof(condition->numbers[0]));
	for (size_t i = 0; i < from->values.count; i++) {
		const char *text = from->values.items[i].text;
		uint32_t port;

		if (text == NULL)
			continue;
		if (str_to_u32(text, 1, UINT16_MAX, &port, NULL))
			add_number(condition, port);
		else
			patterns_add_text(&condition->patterns, text);
	}
}

void
build_condition(struct build *build, const struct conf_condition *from,
    const struct entry_at *at, struct condition *condition)
{
	condition->key = from->key;
	condition->absent_passes = from->absent_passes;
	switch (from->key) {
	case CONDITION_SOURCE:
		compile_sources(build, from, at, condition);
		break;
	case CONDITION_NETWORKS:
	case CONDITION_EXCEPT:
	case CONDITION_CONNECTING:
		compile_networks(build, from, at, condition);
		break;
	case CONDITION_HOSTS:
	case CONDITION_HELO:
	case CONDITION_ORIGINATOR:
		compile_patterns(from, patterns_add_name, condition);
		break;
	case CONDITION_SENDER:
	case CONDITION_RECIPIENT:
		compile_patterns(from, patterns_add_mail, condition);
		break;
	case CONDITION_CERTIFICATE:
	case CONDITION_ISSUER:
		compile_texts(from, condition);
		break;
	case CONDITION_DAEMON:
		compile_listeners(from, condition);
		break;
	case CONDITION_TLS:
		break; /* true is all that it can be */
	case CONDITION_ASN:
		compile_asn(from, condition);
		break;
	case CONDITION_COUNTRY:
		compile_countries(from, condition);
		break;
	case CONDITION_TENANT:
		compile_tenants(from, condition);
		break;
	case CONDITION_ENTITY:
		compile_entities(from, condition);
		break;
	case CONDITION_HEADERS:
		compile_headers(build, from, condition);
		break;
	case CONDITION_UNTIL:
		compile_until(build, from, at, condition);
		break;
	case CONDITION_COUNT:
		break;
	}
}
