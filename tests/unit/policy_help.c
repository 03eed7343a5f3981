/* SPDX-License-Identifier: ISC */
/* policy_help.c - how are rules and facts made by hand for a test? */
#include "config.h"

#include "policy_help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "policy/evidence.h"
#include "policy/geo.h"

static const struct {
	uint32_t set;
	const char *text;
} networks[] = {
	{ SET_TRUSTED, "127.0.0.0/8" },
	{ SET_INSIDE, "192.0.2.0/24" },
	{ SET_OUTSIDE, "203.0.113.0/24" },
	{ SET_HOLE, "192.0.2.66" },
	{ SET_PROBES, "192.0.2.99" },
	{ SET_PROBES, "203.0.113.99" },
	{ SET_NAMED, "198.51.100.0/24" },
	{ SET_NAMED_HOLE, "198.51.100.0/24" },
};

static struct table *
make_table(void)
{
	struct table_builder *builder = table_builder_new();
	struct table *table;

	for (size_t i = 0; i < NITEMS(networks); i++) {
		struct range range;

		assert_true(range_parse(networks[i].text, &range, NULL));
		table_add(builder, networks[i].set, &range);
	}
	table = table_new(builder);
	table_builder_free(builder);

	return table;
}

static void
add_hosts(struct patterns *hosts)
{
	assert_true(patterns_add_name(hosts, ".mail.example", NULL));
	assert_true(patterns_add_name(hosts, "mx.example.net", NULL));
}

struct rules *
help_rules(void)
{
	struct rules *rules = rules_new();

	rules->domains = domains_new();
	rules->table = make_table();
	rules->trusted = SET_TRUSTED;
	rules->probes = SET_PROBES;
	rules->sets = mem_new(HELP_SETS, sizeof(rules->sets[0]));
	rules->nsets = HELP_SETS;
	for (size_t i = 0; i < HELP_SETS; i++)
		rules->sets[i].except = SET_NONE;
	add_hosts(&rules->sets[SET_NAMED].hosts);
	add_hosts(&rules->sets[SET_NAMED_HOLE].hosts);
	rules->sets[SET_NAMED_HOLE].except = SET_HOLE;

	return rules;
}

struct policy *
help_policy(struct rules *rules, const char *name, const char *domain)
{
	uint32_t number = (uint32_t)rules->npolicies;
	struct policy *policy;

	rules->policies = mem_resize(
	    rules->policies, rules->npolicies + 1, sizeof(struct policy));
	policy = &rules->policies[rules->npolicies++];
	memset(policy, 0, sizeof(*policy));
	policy->name = mem_text(name);
	policy->reply =
	    (struct reply_form){ 550, mem_text("5.7.1"), mem_text("refused") };
	if (domain != NULL)
		assert_true(
		    domains_add(rules->domains, domain, number, NULL, NULL));
	else
		policy->table = true;

	return policy;
}

struct policy *
help_row(struct rules *rules, const struct policy *table, const char *domain)
{
	uint32_t number = (uint32_t)(rules->npolicies + rules->nrows);
	struct policy *row;

	rules->rows =
	    mem_resize(rules->rows, rules->nrows + 1, sizeof(struct policy));
	row = &rules->rows[rules->nrows++];
	*row = *table;
	row->entries = NULL;
	row->count = 0;
	row->table = false;
	assert_true(domains_add(rules->domains, domain, number, NULL, NULL));

	return row;
}

void
help_wanted(struct rules *rules, const char *name, const char *value)
{
	rules->wanted = mem_resize(
	    rules->wanted, rules->nwanted + 1, sizeof(rules->wanted[0]));
	rules->wanted[rules->nwanted++] =
	    (struct wanted_header){ mem_text(name), mem_text(value) };
}

struct entry *
help_entry(struct policy *policy, const char *name)
{
	struct entry *entry;

	policy->entries = mem_resize(
	    policy->entries, policy->count + 1, sizeof(struct entry));
	entry = &policy->entries[policy->count++];
	*entry = (struct entry){ .name = mem_text(name) };

	return entry;
}

static void
add_set(struct condition *condition, const char *value)
{
	condition->sets = mem_resize(
	    condition->sets, condition->nsets + 1, sizeof(condition->sets[0]));
	assert_true(str_to_u32(value, 0, HELP_SETS - 1,
	    &condition->sets[condition->nsets++], NULL));
}

static void
add_number(struct condition *condition, uint32_t number)
{
	condition->numbers = mem_resize(condition->numbers,
	    condition->nnumbers + 1, sizeof(condition->numbers[0]));
	condition->numbers[condition->nnumbers++] = number;
}

static void
add_listener(struct condition *condition, const char *value)
{
	uint32_t port;

	if (str_to_u32(value, 1, UINT16_MAX, &port, NULL))
		add_number(condition, port);
	else
		patterns_add_text(&condition->patterns, value);
}

static void
add_asn(struct condition *condition, const char *value)
{
	uint32_t asn;

	assert_true(asn_parse(value, &asn));
	add_number(condition, asn);
}

static void
add_country(struct condition *condition, const char *value)
{
	size_t len =
	    condition->countries == NULL ? 0 : strlen(condition->countries);

	condition->countries = mem_resize(condition->countries, len + 3, 1);
	assert_true(country_parse(value, condition->countries + len));
}

static void
add_tenant(struct condition *condition, const char *value)
{
	condition->tenants = mem_resize(condition->tenants,
	    condition->ntenants + 1, sizeof(condition->tenants[0]));
	assert_true(
	    guid_parse(value, &condition->tenants[condition->ntenants++]));
}

static void
add_wanted(struct condition *condition, const char *value)
{
	uint32_t number;

	assert_true(str_to_u32(value, 0, 100, &number, NULL));
	condition->wanted = mem_resize(condition->wanted,
	    condition->nwanted + 1, sizeof(condition->wanted[0]));
	condition->wanted[condition->nwanted++] = number;
}

static void
add_value(struct condition *condition, const char *value)
{
	switch (condition->key) {
	case CONDITION_SOURCE:
	case CONDITION_NETWORKS:
	case CONDITION_EXCEPT:
	case CONDITION_CONNECTING:
		add_set(condition, value);
		break;
	case CONDITION_HOSTS:
	case CONDITION_HELO:
	case CONDITION_ORIGINATOR:
		assert_true(
		    patterns_add_name(&condition->patterns, value, NULL));
		break;
	case CONDITION_DAEMON:
		add_listener(condition, value);
		break;
	case CONDITION_ASN:
		add_asn(condition, value);
		break;
	case CONDITION_COUNTRY:
		add_country(condition, value);
		break;
	case CONDITION_TENANT:
		add_tenant(condition, value);
		break;
	case CONDITION_ENTITY:
		condition->entities |= (unsigned)entity_of_text(value);
		break;
	case CONDITION_HEADERS:
		add_wanted(condition, value);
		break;
	case CONDITION_CERTIFICATE:
	case CONDITION_ISSUER:
		patterns_add_text(&condition->patterns, value);
		break;
	case CONDITION_SENDER:
	case CONDITION_RECIPIENT:
		assert_true(
		    patterns_add_mail(&condition->patterns, value, NULL));
		break;
	case CONDITION_UNTIL:
		condition->day = HELP_TODAY + (int32_t)strtol(value, NULL, 10);
		break;
	case CONDITION_TLS:
	case CONDITION_COUNT:
		break;
	}
}

struct condition
help_condition(enum condition_key key, const char *values)
{
	struct condition condition = { .key = key };
	char *copy = mem_text(values);
	char *rest = copy;
	char *value;

	while ((value = strsep(&rest, " ")) != NULL)
		if (strcmp(value, "pass") == 0)
			condition.absent_passes = true;
		else
			add_value(&condition, value);
	free(copy);

	return condition;
}

void
help_condition_done(struct condition *condition)
{
	free(condition->sets);
	free(condition->numbers);
	free(condition->countries);
	free(condition->tenants);
	free(condition->wanted);
	patterns_done(&condition->patterns);
}

void
help_add(struct entry *entry, enum condition_key key, const char *values)
{
	entry->conditions = mem_resize(
	    entry->conditions, entry->count + 1, sizeof(struct condition));
	entry->conditions[entry->count++] = help_condition(key, values);
}

void
help_client(const struct rules *rules, const char *address, struct facts *facts)
{
	facts->addr = (struct addr){ .family = FAMILY_NONE };
	if (address != NULL)
		assert_true(addr_parse(address, &facts->addr));
	facts->sets = table_find(rules->table, &facts->addr);
}

struct evidence *
help_evidence(const struct rules *rules, const char *const *headers)
{
	struct evidence *evidence = evidence_new(rules);

	for (; *headers != NULL; headers++) {
		char *name = mem_text(*headers);
		char *colon = strchr(name, ':');

		assert_non_null(colon);
		*colon = '\0';
		evidence_add(evidence, rules, name, colon + 1);
		free(name);
	}

	return evidence;
}

struct facts
help_facts(const struct rules *rules)
{
	struct facts facts = { .stage = STAGE_RCPT, .today = HELP_TODAY };

	help_client(rules, "192.0.2.1", &facts);

	return facts;
}
