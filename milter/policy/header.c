/* SPDX-License-Identifier: ISC */
/* header.c - does a condition on the message's header hold? */
#include "config.h"

#include "policy/header.h"

#include <assert.h>

bool
evidence_conflicts(const struct evidence *evidence)
{
	const struct tenant_evidence *tenant = &evidence->tenant;

	/* what is no tenant differs from each that is one */
	return tenant->differ || tenant->beyond ||
	    (tenant->broken && tenant->given);
}

static bool
is_listed(const struct condition *condition, const struct guid *guid)
{
	for (size_t i = 0; i < condition->ntenants; i++)
		if (guid_equal(&condition->tenants[i], guid))
			return true;

	return false;
}

/* A TenantId speaks against a message, never for it. */
static enum match
tenant_match(
    const struct condition *condition, const struct tenant_evidence *tenant)
{
	if (tenant->differ || tenant->broken || tenant->lacking ||
	    tenant->beyond)
		return MATCH_CONTRADICTED;
	if (tenant->given && !is_listed(condition, &tenant->first))
		return MATCH_CONTRADICTED;

	return tenant->stamped ? MATCH_YES : MATCH_ABSENT;
}

static enum match
entity_match(const struct condition *condition, unsigned entities)
{
	if (entities == 0)
		return MATCH_ABSENT;

	return (entities & ~condition->entities) == 0 ? MATCH_YES
						      : MATCH_CONTRADICTED;
}

static bool
is_in_any(const struct rules *rules, const struct condition *condition,
    const struct addr *addr)
{
	const struct setlist *sets = table_find(rules->table, addr);

	for (size_t i = 0; i < condition->nsets; i++)
		if (setlist_has(sets, condition->sets[i]))
			return true;

	return false;
}

static enum match
connecting_match(const struct rules *rules, const struct condition *condition,
    const struct connecting_evidence *connecting)
{
	if (!connecting->stamped)
		return MATCH_ABSENT;
	if (connecting->broken || connecting->beyond)
		return MATCH_CONTRADICTED;
	for (size_t i = 0; i < connecting->count; i++)
		if (!is_in_any(rules, condition, &connecting->addrs[i]))
			return MATCH_CONTRADICTED;

	return MATCH_YES;
}

static enum match
originator_match(const struct condition *condition,
    const struct originator_evidence *originator)
{
	if (originator->differ || originator->broken)
		return MATCH_CONTRADICTED;
	if (!originator->given)
		return MATCH_ABSENT;

	return patterns_have_name(&condition->patterns, originator->first)
	    ? MATCH_YES
	    : MATCH_CONTRADICTED;
}

/* Each exactly once; a wrong one weighs more than one that is not there. */
static enum match
wanted_match(const struct condition *condition, const struct evidence *evidence)
{
	enum match all = MATCH_YES;

	for (size_t i = 0; i < condition->nwanted; i++) {
		const struct wanted_evidence *wanted =
		    &evidence->wanted[condition->wanted[i]];

		if (wanted->count > 1 || (wanted->count == 1 && !wanted->equal))
			return MATCH_CONTRADICTED;
		if (wanted->count == 0)
			all = MATCH_ABSENT;
	}

	return all;
}

static enum match
match_by_key(const struct rules *rules, const struct condition *condition,
    const struct evidence *evidence)
{
	if (condition->key == CONDITION_TENANT)
		return tenant_match(condition, &evidence->tenant);
	if (condition->key == CONDITION_ENTITY)
		return entity_match(condition, evidence->entities);
	if (condition->key == CONDITION_CONNECTING)
		return connecting_match(
		    rules, condition, &evidence->connecting);
	if (condition->key == CONDITION_ORIGINATOR)
		return originator_match(condition, &evidence->originator);
	assert(condition->key == CONDITION_HEADERS);

	return wanted_match(condition, evidence);
}

enum match
header_match(const struct rules *rules, const struct condition *condition,
    const struct evidence *evidence)
{
	enum match match = match_by_key(rules, condition, evidence);

	return match == MATCH_ABSENT && condition->absent_passes ? MATCH_YES
								 : match;
}
