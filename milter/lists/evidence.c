/* SPDX-License-Identifier: ISC */
/* evidence.c - how is what a header must say made ready to judge by? */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "lists/build.h"
#include "policy/evidence.h"
#include "policy/geo.h"

void
compile_asn(const struct conf_condition *from, struct condition *condition)
{
	const struct words *words = &from->values;
	uint32_t asn;

	condition->numbers =
	    mem_new(words->count, sizeof(condition->numbers[0]));
	for (size_t i = 0; i < words->count; i++)
		if (words->items[i].text != NULL &&
		    asn_parse(words->items[i].text, &asn))
			condition->numbers[condition->nnumbers++] = asn;
}

void
compile_countries(
    const struct conf_condition *from, struct condition *condition)
{
	const struct words *words = &from->values;
	size_t len = 0;

	condition->countries = mem_new(2 * words->count + 2, 1);
	for (size_t i = 0; i < words->count; i++)
		if (words->items[i].text != NULL &&
		    country_parse(
			words->items[i].text, condition->countries + len))
			len += 2;
}

void
compile_tenant(struct condition *condition, const struct guid *guid)
{
	condition->tenants = mem_resize(condition->tenants,
	    condition->ntenants + 1, sizeof(condition->tenants[0]));
	condition->tenants[condition->ntenants++] = *guid;
}

void
compile_tenants(const struct conf_condition *from, struct condition *condition)
{
	const struct words *words = &from->values;
	struct guid guid;

	for (size_t i = 0; i < words->count; i++)
		if (words->items[i].text != NULL &&
		    guid_parse(words->items[i].text, &guid))
			compile_tenant(condition, &guid);
}

void
compile_entities(const struct conf_condition *from, struct condition *condition)
{
	const struct words *words = &from->values;

	for (size_t i = 0; i < words->count; i++)
		if (words->items[i].text != NULL)
			condition->entities |=
			    (unsigned)entity_of_text(words->items[i].text);
}

/* The same header with the same value is looked for once. */
static size_t
find_wanted(struct rules *rules, const char *name, const char *value)
{
	size_t i = 0;

	while (i < rules->nwanted &&
	    (!str_equal_nocase(rules->wanted[i].name, name) ||
		strcmp(rules->wanted[i].value, value) != 0))
		i++;
	if (i < rules->nwanted)
		return i;
	rules->wanted = mem_resize(
	    rules->wanted, rules->nwanted + 1, sizeof(rules->wanted[0]));
	rules->wanted[rules->nwanted++] =
	    (struct wanted_header){ mem_text(name), mem_text(value) };

	return i;
}

void
compile_headers(struct build *build, const struct conf_condition *from,
    struct condition *condition)
{
	const struct words *pairs = &from->values;

	condition->wanted =
	    mem_new(pairs->count / 2, sizeof(condition->wanted[0]));
	for (size_t i = 0; i + 1 < pairs->count; i += 2)
		condition->wanted[condition->nwanted++] =
		    find_wanted(build->rules, pairs->items[i].text,
			pairs->items[i + 1].text);
}
