/* SPDX-License-Identifier: ISC */
/* class.c - which recipients will have one answer? */
#include "config.h"

#include "policy/class.h"

#include <assert.h>
#include <stddef.h>

/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
static const uint64_t fnv_basis = UINT64_C(14695981039346656037);
static const uint64_t fnv_prime = UINT64_C(1099511628211);

static uint64_t
mix(uint64_t hash, uint64_t value)
{
	for (int i = 0; i < 64; i += 8)
		hash = (hash ^ ((value >> i) & 0xff)) * fnv_prime;

	return hash;
}

static uint64_t
never_free(uint64_t hash)
{
	return hash == CLASS_FREE ? CLASS_FREE + 1 : hash;
}

static uint64_t
number_of(const struct rules *rules, const struct policy *policy)
{
	size_t row;

	for (size_t i = 0; i < rules->npolicies; i++)
		if (policy == &rules->policies[i])
			return i;
	row = (size_t)(policy - rules->rows);
	assert(row < rules->nrows);

	return rules->npolicies + row;
}

uint64_t
class_of(const struct rules *rules, const struct policy *policy,
    const struct facts *facts)
{
	uint64_t hash = mix(fnv_basis, number_of(rules, policy));

	for (size_t i = 0; i < policy->count; i++) {
		enum match match =
		    entry_match(rules, &policy->entries[i], facts);

		/* What cannot be told stays so when the header is there. */
		if (match == MATCH_OPEN || match == MATCH_UNKNOWN)
			hash = mix(mix(hash, i), match);
	}

	return never_free(hash);
}

uint64_t
class_join(uint64_t a, uint64_t b)
{
	if (a == CLASS_FREE || a == b)
		return b;

	return b == CLASS_FREE ? a : never_free(a + b);
}
