/* SPDX-License-Identifier: ISC */
/* test_outlook.c - what can a client still hope for, before it says RCPT? */
#include "config.h"

#include "policy_help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* The first policy: 192.0.2.0/24, narrowed; the second: SET_NAMED. */
struct play {
	const char *client;
	enum name_state name_state;
	enum condition_key key; /* CONDITION_SOURCE: not narrowed */
	const char *values;
	bool monitor, monitor_all, no_connect, reject_near_miss;
	enum measure measure; /* of the second */
	bool open;
	const char *open_policy; /* NULL: of any */
};

#define ELSEWHERE .client = "203.0.113.1", .name_state = NAME_NONE
#define INSIDE .client = "192.0.2.1", .name_state = NAME_NONE

static const struct {
	const char *name;
	struct play play;
	enum outlook outlook;
	bool refused; /* at connect */
} cases[] = {
	{ "elsewhere", { ELSEWHERE }, OUTLOOK_HOPELESS, true },
	{ "no address", { .name_state = NAME_NONE }, OUTLOOK_HOPELESS, true },
	{ "elsewhere, answered at RCPT", { ELSEWHERE, .no_connect = true },
	    OUTLOOK_HOPELESS, false },
	{ "monitor", { ELSEWHERE, .monitor_all = true }, OUTLOOK_HOPELESS,
	    false },
	{ "one policy in monitor", { ELSEWHERE, .monitor = true },
	    OUTLOOK_HOPELESS, false },
	{ "open", { ELSEWHERE, .open = true }, OUTLOOK_HOPELESS, false },
	{ "one policy open",
	    { ELSEWHERE, .open = true, .open_policy = "second" },
	    OUTLOOK_HOPELESS, false },
	{ "a policy open that is not there",
	    { ELSEWHERE, .open = true, .open_policy = "third" },
	    OUTLOOK_HOPELESS, true },
	{ "a near miss", { .client = "203.0.113.1" }, OUTLOOK_HOPELESS, false },
	{ "a near miss that is rejected",
	    { .client = "203.0.113.1", .reject_near_miss = true },
	    OUTLOOK_HOPELESS, true },
	{ "inside", { INSIDE }, OUTLOOK_OPEN, false },
	{ "a health check",
	    { .client = "203.0.113.99", .name_state = NAME_NONE },
	    OUTLOOK_HOPELESS, false },
	{ "trusted", { .client = "127.0.0.1", .name_state = NAME_NONE },
	    OUTLOOK_FREE, false },
	{ "HELO will tell", { INSIDE, CONDITION_HELO, "a.example" },
	    OUTLOOK_OPEN, false },
	{ "the certificate will tell",
	    { INSIDE, CONDITION_CERTIFICATE, "a.example" }, OUTLOOK_OPEN,
	    false },
	{ "the recipient will tell",
	    { INSIDE, CONDITION_RECIPIENT, "a@example.com" }, OUTLOOK_OPEN,
	    false },
	{ "expired", { INSIDE, CONDITION_UNTIL, "0" }, OUTLOOK_HOPELESS, true },
	{ "the header will tell", { INSIDE, CONDITION_TENANT, OURS },
	    OUTLOOK_OPEN, false },
	{ "elsewhere, whatever the header says",
	    { ELSEWHERE, CONDITION_TENANT, OURS }, OUTLOOK_HOPELESS, true },
	{ "one policy defers", { ELSEWHERE, .measure = MEASURE_DEFER },
	    OUTLOOK_HOPELESS, false },
	{ "one policy quarantines",
	    { ELSEWHERE, .measure = MEASURE_QUARANTINE }, OUTLOOK_HOPELESS,
	    false },
	{ "one policy marks", { ELSEWHERE, .measure = MEASURE_MARK },
	    OUTLOOK_HOPELESS, false },
	/* nothing is known of its system; its country cannot be told */
	{ "another system", { INSIDE, CONDITION_ASN, "64500" },
	    OUTLOOK_HOPELESS, true },
	{ "a country that cannot be told", { INSIDE, CONDITION_COUNTRY, "DE" },
	    OUTLOOK_OPEN, false },
	{ "elsewhere, whatever the country",
	    { ELSEWHERE, CONDITION_COUNTRY, "DE" }, OUTLOOK_HOPELESS, true },
	{ "elsewhere, whatever comes",
	    { ELSEWHERE, CONDITION_CERTIFICATE, "a.example" }, OUTLOOK_HOPELESS,
	    true },
};

static struct rules *
rules_of(const struct play *play)
{
	struct rules *rules = help_rules();
	struct entry *entry;

	rules->judge_authenticated = true;
	rules->reject_at_connect = !play->no_connect;
	rules->reject_near_miss = play->reject_near_miss;
	rules->mode = play->monitor_all ? MODE_MONITOR : MODE_ENFORCE;
	entry =
	    help_entry(help_policy(rules, "first", "example.com"), "inside");
	help_add(entry, CONDITION_SOURCE, "1");
	if (play->key != CONDITION_SOURCE)
		help_add(entry, play->key, play->values);
	entry = help_entry(help_policy(rules, "second", "*"), "named");
	help_add(entry, CONDITION_SOURCE, "5");
	rules->policies[1].mode = play->monitor ? MODE_MONITOR : MODE_ENFORCE;
	rules->policies[1].measure = play->measure;

	return rules;
}

static void
swap_policies(struct rules *rules)
{
	struct policy first = rules->policies[0];

	rules->policies[0] = rules->policies[1];
	rules->policies[1] = first;
}

static void
check(const char *name, const struct rules *rules, const struct facts *facts,
    enum outlook outlook, bool refused)
{
	struct decision decision;
	bool got = policy_refuses_client(rules, facts, &decision);

	if (policy_outlook(rules, facts) != outlook || got != refused)
		fail_msg("%s: got %d %d, want %d %d", name,
		    policy_outlook(rules, facts), got, outlook, refused);
	if (got &&
	    (decision.verdict != VERDICT_REJECT || decision.count == 0 ||
		decision.stage != STAGE_CONNECT))
		fail_msg("%s: refused without words", name);
}

static void
test_at_connect(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		const struct play *play = &cases[i].play;
		struct rules *rules = rules_of(play);
		struct facts facts = help_facts(rules);

		help_client(rules, play->client, &facts);
		facts.stage = STAGE_CONNECT;
		facts.name_state = play->name_state;
		facts.geo.country_state = GEO_UNKNOWN;
		facts.open = play->open;
		facts.open_policy = play->open_policy;
		for (int order = 0; order < 2; order++) {
			check(cases[i].name, rules, &facts, cases[i].outlook,
			    cases[i].refused);
			swap_policies(rules);
		}
		rules_free(rules);
	}
}

/* Let in by every policy at connect: only where nothing later narrows it. */
static void
test_let_go(void **state)
{
	static const enum condition_key later[] = { CONDITION_HELO,
		CONDITION_TLS, CONDITION_CERTIFICATE, CONDITION_ISSUER,
		CONDITION_SENDER, CONDITION_RECIPIENT, CONDITION_ENTITY,
		CONDITION_ORIGINATOR };
	struct rules *rules = help_rules();
	struct facts facts = help_facts(rules);
	struct entry *entry =
	    help_entry(help_policy(rules, "p", "*"), "inside");

	(void)state;
	facts.stage = STAGE_CONNECT;
	help_add(entry, CONDITION_SOURCE, "1");
	assert_int_equal(policy_outlook(rules, &facts), OUTLOOK_FREE);
	for (size_t i = 0; i < NITEMS(later); i++) {
		help_add(entry, later[i], "a.example");
		assert_int_equal(policy_outlook(rules, &facts), OUTLOOK_OPEN);
		help_condition_done(&entry->conditions[--entry->count]);
	}
	/* a day may end while the session lasts */
	help_add(entry, CONDITION_UNTIL, "1");
	assert_int_equal(policy_outlook(rules, &facts), OUTLOOK_OPEN);
	rules_free(rules);
}

/*
 * What is asked of a client for a table is asked of all sources of its rows:
 * without one no row lets in, with one some row may not.
 */
static void
test_table(void **state)
{
	static const struct {
		const char *name, *client;
		bool another; /* policy, of the same source */
		enum outlook outlook;
		bool refused;
	} tests[] = {
		{ "in none", "198.18.0.1", false, OUTLOOK_HOPELESS, true },
		{ "in one", "192.0.2.1", false, OUTLOOK_OPEN, false },
		{ "in the other", "203.0.113.1", false, OUTLOOK_OPEN, false },
		{ "beside another policy", "192.0.2.1", true, OUTLOOK_OPEN,
		    false },
		{ "in none beside another", "198.18.0.1", true,
		    OUTLOOK_HOPELESS, true },
	};

	(void)state;
	for (size_t i = 0; i < NITEMS(tests); i++) {
		struct rules *rules = help_rules();
		struct facts facts = help_facts(rules);
		const struct policy *table;

		rules->reject_at_connect = true;
		rules->judge_authenticated = true;
		if (tests[i].another)
			help_add(help_entry(help_policy(rules, "p", "*"), "e"),
			    CONDITION_SOURCE, "1");
		table = help_policy(rules, "customers", NULL);
		for (const char *set = "12"; *set != '\0'; set++) {
			const char one[] = { *set, '\0' };

			help_add(
			    help_entry(
				&rules->policies[table - rules->policies], "e"),
			    CONDITION_SOURCE, one);
		}
		help_add(help_entry(help_row(rules, table, "a.example"), "e"),
		    CONDITION_SOURCE, "1");
		help_add(help_entry(help_row(rules, table, "b.example"), "e"),
		    CONDITION_SOURCE, "2");
		help_client(rules, tests[i].client, &facts);
		facts.stage = STAGE_CONNECT;
		facts.name_state = NAME_NONE;
		check(tests[i].name, rules, &facts, tests[i].outlook,
		    tests[i].refused);
		rules_free(rules);
	}
}

/* Mail let in is on the record, where that is asked for; exempt mail is not. */
static void
test_record_accepted(void **state)
{
	struct rules *rules = help_rules();
	struct facts facts = help_facts(rules);

	(void)state;
	help_add(help_entry(help_policy(rules, "p", "*"), "inside"),
	    CONDITION_SOURCE, "1");
	facts.stage = STAGE_MAIL;
	rules->record_accepted = true;
	assert_int_equal(policy_outlook(rules, &facts), OUTLOOK_OPEN);
	facts.login = "alice";
	assert_int_equal(policy_outlook(rules, &facts), OUTLOOK_FREE);
	facts.login = NULL;
	help_client(rules, "127.0.0.1", &facts);
	assert_int_equal(policy_outlook(rules, &facts), OUTLOOK_FREE);
	help_client(rules, "203.0.113.1", &facts);
	facts.name_state = NAME_NONE;
	assert_int_equal(policy_outlook(rules, &facts), OUTLOOK_HOPELESS);
	rules_free(rules);
}

/* The policy that came nearest names a client without a recipient. */
static void
test_nearest_policy(void **state)
{
	const struct play play = { INSIDE, CONDITION_UNTIL, "0" };
	struct rules *rules = rules_of(&play);
	struct facts facts = help_facts(rules);
	struct decision decision;

	(void)state;
	help_add(&rules->policies[1].entries[0], CONDITION_EXCEPT, "1");
	facts.stage = STAGE_CONNECT;
	facts.name_state = NAME_NONE;
	for (int order = 0; order < 2; order++) {
		assert_true(policy_refuses_client(rules, &facts, &decision));
		assert_string_equal(decision.policy->name, "first");
		assert_string_equal(reason_text(decision.reason), "expired");
		swap_policies(rules);
	}
	rules_free(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_at_connect),
		cmocka_unit_test(test_let_go),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_record_accepted),
		cmocka_unit_test(test_nearest_policy),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("outlook", tests, NULL, NULL);
}
