/* SPDX-License-Identifier: ISC */
/* row.c - what is judged by for a row of a table? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lists/rows.h"

/* The next of the values that commas part, terminated in place; or NULL. */
static char *
next_value(char **rest)
{
	char *value = *rest;
	char *comma;

	if (value == NULL)
		return NULL;
	comma = strchr(value, ',');
	*rest = comma == NULL ? NULL : comma + 1;
	if (comma != NULL)
		*comma = '\0';

	return value;
}

/* The source of that name; NULL: there is none, which was said. */
static struct built *
find(struct reading *reading, char *name)
{
	struct build *build = reading->build;
	struct word word = { name, reading->path, reading->line };
	char place[] = "sources";
	size_t at;

	if (!conf_is_source_name(name)) {
		rows_complain(reading, name, "no name of a source",
		    "write those that `postern sources` lists");
		return NULL;
	}
	at = build_source(build, &word, place);
	if (at == SIZE_MAX)
		reading->errors++;

	return at == SIZE_MAX ? NULL : &build->sources[at];
}

static void
count_use(const struct reading *reading, struct built *built, bool told_apart)
{
	if (built->rows++ == 0)
		built->row = reading->line;
	if (!told_apart && built->open_rows++ == 0)
		built->open_row = reading->line;
}

static struct entry
entry_of_source(const char *name, uint32_t set, size_t conditions)
{
	struct entry entry = { .name = mem_text(name), .count = conditions };

	entry.conditions = mem_new(conditions, sizeof(entry.conditions[0]));
	entry.conditions[0].key = CONDITION_SOURCE;
	entry.conditions[0].sets = mem_new(1, sizeof(uint32_t));
	entry.conditions[0].sets[0] = set;
	entry.conditions[0].nsets = 1;

	return entry;
}

static void
add_entry(struct policy *policy, struct entry entry)
{
	policy->entries = mem_resize(
	    policy->entries, policy->count + 1, sizeof(policy->entries[0]));
	policy->entries[policy->count++] = entry;
}

static bool
has_source(const struct policy *policy, uint32_t set)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->entries[i].conditions[0].sets[0] == set)
			return true;

	return false;
}

static void
narrow(struct entry *entry, const struct condition *tenants)
{
	struct condition *condition = &entry->conditions[1];

	condition->key = CONDITION_TENANT;
	for (size_t i = 0; i < tenants->ntenants; i++)
		compile_tenant(condition, &tenants->tenants[i]);
}

/* Each source is an entry of the row, and once of its policy. */
static void
take_sources(struct reading *reading, char *text,
    const struct condition *tenants, struct policy *row)
{
	struct policy *policy =
	    &reading->build->rules->policies[reading->number];
	bool told_apart = tenants->ntenants > 0;
	char *name;

	if (strcmp(text, "-") == 0) {
		rows_complain(reading, text, "lets nobody in",
		    "name a source in the second field");
		return;
	}
	while ((name = next_value(&text)) != NULL) {
		struct built *built = find(reading, name);
		uint32_t set;

		if (built == NULL)
			continue;
		set = built->source.set;
		count_use(reading, built, told_apart);
		add_entry(row, entry_of_source(name, set, told_apart ? 2 : 1));
		if (told_apart)
			narrow(&row->entries[row->count - 1], tenants);
		if (!has_source(policy, set))
			add_entry(policy, entry_of_source(name, set, 1));
	}
}

static void
take_tenants(struct reading *reading, char *text, struct condition *tenants)
{
	char *value;

	if (strcmp(text, "-") == 0)
		return;
	while ((value = next_value(&text)) != NULL) {
		struct guid guid;

		if (guid_parse(value, &guid))
			compile_tenant(tenants, &guid);
		else
			rows_complain(reading, value, "no tenant",
			    "write its ID, or \"-\" for none");
	}
}

/* Where the domain stands already. */
static void
report_taken(struct reading *reading, const char *domain, uint32_t other)
{
	const struct rules *rules = reading->build->rules;
	struct buf cure;

	buf_init(&cure);
	if (other < rules->npolicies)
		buf_addf(&cure, "policy %s has it; remove it from one of them",
		    rules->policies[other].name);
	else
		buf_addf(&cure,
		    "policy %s has it in line %u of its table; remove one",
		    rules_policy(rules, other)->name,
		    reading->build->row_lines[other - rules->npolicies]);
	rows_complain(reading, domain, "guarded already", buf_text(&cure));
	buf_done(&cure);
}

static void
take_domain(struct reading *reading, const char *domain)
{
	struct rules *rules = reading->build->rules;
	uint32_t other = DOMAIN_NONE;
	struct err err;

	if (domains_add(rules->domains, domain,
		(uint32_t)(rules->npolicies + rules->nrows), &other, &err))
		return;
	if (other == DOMAIN_NONE)
		rows_complain(reading, domain, err.text,
		    "write \"example.com\", \".example.com\" or \"*\"");
	else
		report_taken(reading, domain, other);
}

static void
add_row(struct reading *reading, struct policy row)
{
	struct build *build = reading->build;
	struct rules *rules = build->rules;

	build->row_lines = mem_grow(build->row_lines, rules->nrows,
	    &build->row_lines_room, sizeof(build->row_lines[0]));
	build->row_lines[rules->nrows] = reading->line;
	rules->rows = mem_grow(rules->rows, rules->nrows, &build->rows_room,
	    sizeof(rules->rows[0]));
	rules->rows[rules->nrows++] = row;
}

void
row_take(struct reading *reading, char *fields[ROW_FIELDS])
{
	const struct rules *rules = reading->build->rules;
	struct policy row = rules->policies[reading->number];
	struct condition tenants = { .ntenants = 0 };

	row.entries = NULL;
	row.count = 0;
	row.table = false;
	take_domain(reading, fields[0]);
	take_tenants(reading, fields[2], &tenants);
	take_sources(reading, fields[1], &tenants, &row);
	free(tenants.tenants);
	/* One with errors is kept too: what it holds is freed with the rest. */
	add_row(reading, row);
}
