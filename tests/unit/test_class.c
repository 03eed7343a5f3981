/* SPDX-License-Identifier: ISC */
/* test_class.c - which recipients will have one answer? */
#include "config.h"

#include "policy/class.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy_help.h"

enum {
	FREE = '-'
};

/* Recipients of one label have one class, those of others another. */
static const struct {
	const char *recipient;
	char label;
} cases[] = {
	{ "<u@tenant.example>", 'A' },
	{ "<v@tenant.example>", 'A' },
	{ "<boss@tenant.example>", 'B' }, /* another entry may let in */
	{ "<u@alike.example>", 'C' },     /* another policy, the same entry */
	{ "<u@one.example>", 'D' },       /* rows */
	{ "<v@one.example>", 'D' },
	{ "<u@two.example>", 'E' },
	{ "<u@held.example>", 'F' }, /* known, but to be held */
	{ "<v@held.example>", 'F' },
	{ "<u@marked.example>", 'G' },
	{ "<u@geo.example>", 'H' },
	{ "<boss@geo.example>", 'I' }, /* one entry cannot be told */
	{ "<u@rejected.example>", FREE },
	{ "<u@deferred.example>", FREE },
	{ "<u@watched.example>", FREE },
	{ "<u@in.example>", FREE },
	{ "<postmaster@tenant.example>", FREE },
	{ "<u@unlisted.example>", FREE },
	/* hidden domains */
	{ "<u%tenant.example@tenant.example>", 'A' },
	{ "<u%tenant.example@unlisted.example>", 'A' },
	{ "<u%unlisted.example@tenant.example>", 'A' },
	{ "<u%tenant.example@in.example>", 'A' },
	{ "<u%watched.example@tenant.example>", 'A' },
	{ "<u%tenant.example@watched.example>", 'A' },
	{ "<u%alike.example@tenant.example>", 'J' },
	{ "<u%tenant.example@alike.example>", 'J' },
	{ "<alike.example!u@tenant.example>", 'J' },
	{ "<u%one.example@tenant.example>", 'K' },
	{ "<u%held.example@tenant.example>", 'L' },
};

static struct policy *
add(struct rules *rules, const char *name, const char *set)
{
	char domain[64];
	struct policy *policy;

	(void)snprintf(domain, sizeof(domain), "%s.example", name);
	policy = help_policy(rules, name, domain);
	help_add(help_entry(policy, set), CONDITION_SOURCE, set);

	return policy;
}

static void
add_row(struct rules *rules, const char *domain)
{
	struct entry *entry = help_entry(
	    help_row(rules, &rules->policies[rules->npolicies - 1], domain),
	    "row");

	help_add(entry, CONDITION_SOURCE, "1");
	help_add(entry, CONDITION_TENANT, OURS);
}

static void
allow_boss(struct policy *policy, const char *boss)
{
	struct entry *entry = help_entry(policy, "boss");

	help_add(entry, CONDITION_NETWORKS, "1");
	help_add(entry, CONDITION_RECIPIENT, boss);
}

/* The client is in set 1 alone. */
static struct rules *
make_rules(void)
{
	struct rules *rules = help_rules();
	struct policy *policy;

	policy = add(rules, "tenant", "1");
	help_add(&policy->entries[0], CONDITION_TENANT, OURS);
	allow_boss(policy, "boss@tenant.example");
	help_add(&policy->entries[1], CONDITION_ENTITY, "Hosted");
	policy->always = mem_new(1, sizeof(char *));
	policy->always[0] = mem_text("postmaster");
	policy->nalways = 1;
	policy = add(rules, "alike", "1");
	help_add(&policy->entries[0], CONDITION_TENANT, OURS);
	policy = add(rules, "geo", "1");
	help_add(&policy->entries[0], CONDITION_TENANT, OURS);
	allow_boss(policy, "boss@geo.example");
	help_add(&policy->entries[1], CONDITION_ASN, "64500");
	add(rules, "held", "2")->measure = MEASURE_QUARANTINE;
	add(rules, "marked", "2")->measure = MEASURE_MARK;
	add(rules, "rejected", "2");
	add(rules, "deferred", "2")->measure = MEASURE_DEFER;
	add(rules, "in", "1");
	policy = add(rules, "watched", "1");
	policy->mode = MODE_MONITOR;
	help_add(&policy->entries[0], CONDITION_TENANT, OURS);
	help_policy(rules, "table", NULL);
	add_row(rules, "one.example");
	add_row(rules, "two.example");

	return rules;
}

static uint64_t
find_class(const struct rules *rules, const char *address)
{
	struct facts facts = help_facts(rules);
	struct recipient recipient;
	struct decision decision;

	facts.geo.asn_state = GEO_UNKNOWN;
	facts.sender = "a@sender.example";
	recipient_parse(address, &recipient);
	policy_decide(rules, &facts, &recipient, &decision);
	assert_false(decision.class != CLASS_FREE && decision.monitor);

	return decision.class;
}

static void
test_classes(void **state)
{
	struct rules *rules = make_rules();
	uint64_t classes[NITEMS(cases)];

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		classes[i] = find_class(rules, cases[i].recipient);
		if ((classes[i] == CLASS_FREE) != (cases[i].label == FREE))
			fail_msg("%s: free or not", cases[i].recipient);
		for (size_t k = 0; k < i; k++)
			if ((classes[i] == classes[k]) !=
			    (cases[i].label == cases[k].label))
				fail_msg("%s, %s", cases[i].recipient,
				    cases[k].recipient);
	}
	rules_free(rules);
}

/* Whatever one waits for, it has the same answer when it comes again. */
static void
test_again(void **state)
{
	struct rules *first = make_rules();
	struct rules *second = make_rules();

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++)
		assert_true(find_class(first, cases[i].recipient) ==
		    find_class(second, cases[i].recipient));
	rules_free(first);
	rules_free(second);
}

static void
test_join(void **state)
{
	(void)state;
	assert_true(class_join(CLASS_FREE, CLASS_FREE) == CLASS_FREE);
	assert_true(class_join(7, CLASS_FREE) == 7);
	assert_true(class_join(CLASS_FREE, 7) == 7);
	assert_true(class_join(7, 7) == 7);
	assert_true(class_join(7, 9) == class_join(9, 7));
	assert_true(class_join(7, 9) != 7 && class_join(7, 9) != 9);
	assert_true(class_join(7, UINT64_MAX - 6) != CLASS_FREE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_join),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("class", tests, NULL, NULL);
}
