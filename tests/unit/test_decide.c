/* SPDX-License-Identifier: ISC */
/* test_decide.c - may this one in? */
#include "config.h"

#include "policy/decide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* Sets of the one table; the last two are lists of entries, no sources. */
enum {
	SET_TRUSTED,
	SET_SERVICE,
	SET_OFFICE,
	SET_SCANNER,
	SET_HOLE,
	SETS
};

static const struct {
	uint32_t set;
	const char *text;
} networks[] = {
	{ SET_TRUSTED, "127.0.0.0/8" },
	{ SET_TRUSTED, "::1" },
	{ SET_SERVICE, "192.0.2.0/24" },
	{ SET_SERVICE, "2001:db8::/32" },
	{ SET_OFFICE, "198.51.100.0/24" },
	{ SET_OFFICE, "192.0.2.128/25" },
	{ SET_SCANNER, "203.0.113.80" },
	{ SET_HOLE, "192.0.2.66" },
};

enum {
	TODAY = 20000
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
add_condition(struct entry *entry, enum condition_key key, uint32_t set)
{
	struct condition condition = { .key = key };

	entry->conditions = mem_resize(
	    entry->conditions, entry->count + 1, sizeof(struct condition));
	if (key == CONDITION_UNTIL) {
		condition.day = (int32_t)set;
	} else {
		condition.sets = mem_new(1, sizeof(uint32_t));
		condition.sets[0] = set;
		condition.nsets = 1;
	}
	entry->conditions[entry->count++] = condition;
}

static struct entry *
add_entry(struct policy *policy, const char *name)
{
	struct entry *entry;

	policy->entries = mem_resize(
	    policy->entries, policy->count + 1, sizeof(struct entry));
	entry = &policy->entries[policy->count++];
	*entry = (struct entry){ .name = mem_text(name) };

	return entry;
}

static struct policy *
add_policy(struct rules *rules, const char *name, const char *domain)
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
	assert_true(domains_add(rules->domains, domain, number, NULL, NULL));

	return policy;
}

/*
 * first:  example.com, the service but for a hole; the scanner until a day
 * second: .example.org, the office; postmaster always
 */
static struct rules *
make_rules(void)
{
	struct rules *rules = rules_new();
	struct policy *policy;
	struct entry *entry;

	rules->domains = domains_new();
	rules->table = make_table();
	rules->trusted = SET_TRUSTED;
	rules->probes = SET_NONE;
	rules->sets = mem_new(SETS, sizeof(rules->sets[0]));
	rules->nsets = SETS;
	for (size_t i = 0; i < SETS; i++)
		rules->sets[i].except = SET_NONE;
	rules->originating = mem_new(1, sizeof(char *));
	rules->originating[0] = mem_text("MSA");
	rules->noriginating = 1;

	policy = add_policy(rules, "first", "example.com");
	entry = add_entry(policy, "allow[0]");
	add_condition(entry, CONDITION_SOURCE, SET_SERVICE);
	add_condition(entry, CONDITION_EXCEPT, SET_HOLE);
	entry = add_entry(policy, "allow[1]");
	add_condition(entry, CONDITION_NETWORKS, SET_SCANNER);
	add_condition(entry, CONDITION_UNTIL, TODAY);

	policy = add_policy(rules, "second", ".example.org");
	entry = add_entry(policy, "office");
	add_condition(entry, CONDITION_SOURCE, SET_OFFICE);
	policy->always = mem_new(1, sizeof(char *));
	policy->always[0] = mem_text("postmaster");
	policy->nalways = 1;

	return rules;
}

struct play {
	const char *client; /* NULL: no address */
	const char *rcpt;
	const char *daemon, *login;
	int32_t later; /* days after TODAY; from there on `until` is past */
	bool local, refuse_unlisted, judge_authenticated, monitor;
	bool open;
	const char *open_policy; /* NULL: of any */
};

static struct facts
make_facts(const struct rules *rules, const struct play *play)
{
	struct facts facts = { .stage = STAGE_RCPT };

	facts.today = TODAY - 1 + play->later;
	facts.local = play->local;
	facts.daemon = play->daemon;
	facts.login = play->login;
	facts.sender = "a@sender.example";
	facts.open = play->open;
	facts.open_policy = play->open_policy;
	if (play->client != NULL)
		assert_true(addr_parse(play->client, &facts.addr));
	facts.sets = table_find(rules->table, &facts.addr);

	return facts;
}

static void
set_modes(struct rules *rules, const struct play *play)
{
	rules->refuse_unlisted = play->refuse_unlisted;
	rules->judge_authenticated = play->judge_authenticated;
	rules->policies[1].mode = play->monitor ? MODE_MONITOR : MODE_ENFORCE;
}

/* "verdict/monitor policy reason entry:condition ..." */
static void
describe(const struct decision *decision, char *out, size_t size)
{
	(void)snprintf(out, size, "%s%s %s %s", verdict_text(decision->verdict),
	    decision->monitor ? "/monitor" : "",
	    decision->policy == NULL ? "-" : decision->policy->name,
	    decision->verdict == VERDICT_ACCEPT
		? ground_text(decision->ground)
		: reason_text(decision->reason));
	for (size_t i = 0; i < decision->count; i++)
		(void)snprintf(out + strlen(out), size - strlen(out), " %s:%s",
		    decision->failing[i].entry->name,
		    condition_text(decision->failing[i].key));
}

#define JUDGED "judged by a policy"
#define UNNAMED "accept - no policy names this recipient"
#define FIRST "reject first source-not-allowed "
#define OBSERVED                                                   \
	"reject/monitor first source-not-allowed allow[0]:source " \
	"allow[1]:networks"

/* Expected by reading section 2 and 3 of the contract, not by running it. */
static const struct {
	const char *name;
	struct play play;
	const char *want;
} cases[] = {
	{ "in the source", { .client = "192.0.2.1", .rcpt = "a@example.com" },
	    "accept first " JUDGED },
	{ "IPv6", { .client = "2001:db8::1", .rcpt = "a@example.com" },
	    "accept first " JUDGED },
	{ "mapped IPv6 is IPv4",
	    { .client = "::ffff:192.0.2.1", .rcpt = "a@example.com" },
	    "accept first " JUDGED },
	{ "outside", { .client = "203.0.113.9", .rcpt = "a@example.com" },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "no address", { .rcpt = "a@example.com" },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "in the hole: the nearest lacks one condition, as the other",
	    { .client = "192.0.2.66", .rcpt = "a@example.com" },
	    FIRST "allow[0]:except allow[1]:networks" },
	{ "the scanner on the last day",
	    { .client = "203.0.113.80", .rcpt = "a@example.com" },
	    "accept first " JUDGED },
	{ "the scanner on the day",
	    { .client = "203.0.113.80", .rcpt = "a@example.com", .later = 1 },
	    "reject first source-not-allowed allow[0]:source "
	    "allow[1]:until" },
	{ "outside and expired fails twice, the source once",
	    { .client = "203.0.113.9", .rcpt = "a@example.com", .later = 1 },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "another's policy",
	    { .client = "192.0.2.1", .rcpt = "a@mail.example.org" },
	    "reject second source-not-allowed office:source" },
	{ "in two sources",
	    { .client = "192.0.2.200", .rcpt = "a@mail.example.org" },
	    "accept second " JUDGED },
	{ "unlisted", { .client = "203.0.113.9", .rcpt = "a@other.example" },
	    UNNAMED },
	{ "the suffix is not its own subdomain",
	    { .client = "203.0.113.9", .rcpt = "a@example.org" }, UNNAMED },
	{ "unlisted refused",
	    { .client = "192.0.2.1",
		.rcpt = "a@other.example",
		.refuse_unlisted = true },
	    "reject - unlisted" },
	{ "trusted", { .client = "127.0.0.1", .rcpt = "a@example.com" },
	    "accept - a trusted host is never judged" },
	{ "trusted IPv6", { .client = "::1", .rcpt = "a@example.com" },
	    "accept - a trusted host is never judged" },
	{ "local", { .rcpt = "a@example.com", .local = true },
	    "accept - a trusted host is never judged" },
	{ "trusted and unlisted refused",
	    { .client = "127.0.0.1",
		.rcpt = "a@other.example",
		.refuse_unlisted = true },
	    "accept - a trusted host is never judged" },
	{ "authenticated",
	    { .client = "203.0.113.9",
		.rcpt = "a@example.com",
		.login = "joe" },
	    "accept - an authenticated client is never judged" },
	{ "authenticated by nobody",
	    { .client = "203.0.113.9", .rcpt = "a@example.com", .login = "" },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "authenticated but judged",
	    { .client = "203.0.113.9",
		.rcpt = "a@example.com",
		.login = "joe",
		.judge_authenticated = true },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "submission",
	    { .client = "203.0.113.9",
		.rcpt = "a@example.com",
		.daemon = "MSA" },
	    "accept - an originating listener is never judged" },
	{ "another listener",
	    { .client = "203.0.113.9",
		.rcpt = "a@example.com",
		.daemon = "MSAX" },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "monitored policy",
	    { .client = "203.0.113.9",
		.rcpt = "a@mail.example.org",
		.monitor = true },
	    "reject/monitor second source-not-allowed office:source" },
	{ "always",
	    { .client = "203.0.113.9", .rcpt = "PostMaster@mail.example.org" },
	    "accept second anyone may write to this local part" },
	{ "always of another policy",
	    { .client = "203.0.113.9", .rcpt = "postmaster@example.com" },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "bare postmaster",
	    { .client = "203.0.113.9", .rcpt = "<postmaster>" },
	    "accept second anyone may write to this local part" },
	{ "always is no way to a hidden domain",
	    { .client = "203.0.113.9",
		.rcpt = "<postmaster%example.com@mail.example.org>" },
	    "reject second source-not-allowed office:source" },
	{ "hidden domain, both let in",
	    { .client = "192.0.2.200",
		.rcpt = "<a%example.com@mail.example.org>" },
	    "accept second " JUDGED },
	{ "hidden domain refuses",
	    { .client = "198.51.100.1",
		.rcpt = "<a%example.com@"
			"mail.example.org>" },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "hidden behind an unlisted one",
	    { .client = "203.0.113.9",
		.rcpt = "<a%example.com@other.example>" },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "bang path",
	    { .client = "203.0.113.9",
		.rcpt = "<example.com!a@other.example>" },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "per cent of nothing",
	    { .client = "192.0.2.1", .rcpt = "<50%off@example.com>" },
	    "accept first " JUDGED },
	{ "per cent of nothing, unlisted refused",
	    { .client = "192.0.2.1",
		.rcpt = "<50%off@example.com>",
		.refuse_unlisted = true },
	    "accept first " JUDGED },
	{ "a literal satisfies one of two",
	    { .client = "192.0.2.1", .rcpt = "<a@[192.0.2.25]>" },
	    "reject second source-not-allowed office:source" },
	{ "a literal satisfies both",
	    { .client = "192.0.2.200", .rcpt = "<a@[192.0.2.25]>" },
	    "accept first " JUDGED },
	{ "one label, which the MTA may complete",
	    { .client = "203.0.113.9", .rcpt = "<ceo@mail>" },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "no domain", { .client = "203.0.113.9", .rcpt = "<root>" },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "monitored and enforced: what is enforced counts",
	    { .client = "203.0.113.9", .rcpt = "<root>", .monitor = true },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "only the monitored one refuses",
	    { .client = "192.0.2.1", .rcpt = "<root>", .monitor = true },
	    "reject/monitor second source-not-allowed office:source" },
	{ "open",
	    { .client = "203.0.113.9", .rcpt = "a@example.com", .open = true },
	    OBSERVED },
	{ "open, this policy",
	    { .client = "203.0.113.9",
		.rcpt = "a@example.com",
		.open = true,
		.open_policy = "first" },
	    OBSERVED },
	{ "open, another policy",
	    { .client = "203.0.113.9",
		.rcpt = "a@example.com",
		.open = true,
		.open_policy = "second" },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "open, a policy whose name begins so",
	    { .client = "203.0.113.9",
		.rcpt = "a@example.com",
		.open = true,
		.open_policy = "first of all" },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "closed, whatever its policy",
	    { .client = "203.0.113.9",
		.rcpt = "a@example.com",
		.open_policy = "first" },
	    FIRST "allow[0]:source allow[1]:networks" },
	{ "open, unlisted refused",
	    { .client = "192.0.2.1",
		.rcpt = "a@other.example",
		.refuse_unlisted = true,
		.open = true },
	    "reject/monitor - unlisted" },
	{ "one policy open, unlisted refused",
	    { .client = "192.0.2.1",
		.rcpt = "a@other.example",
		.refuse_unlisted = true,
		.open = true,
		.open_policy = "first" },
	    "reject - unlisted" },
	{ "one policy open, the other refuses what must satisfy both",
	    { .client = "203.0.113.9",
		.rcpt = "<a@[192.0.2.25]>",
		.open = true,
		.open_policy = "first" },
	    "reject second source-not-allowed office:source" },
	{ "one policy open, which alone refuses",
	    { .client = "198.51.100.1",
		.rcpt = "<a@[192.0.2.25]>",
		.open = true,
		.open_policy = "first" },
	    OBSERVED },
	{ "one policy open, a hidden domain of the other",
	    { .client = "203.0.113.9",
		.rcpt = "<a%mail.example.org@example.com>",
		.open = true,
		.open_policy = "first" },
	    "reject second source-not-allowed office:source" },
	{ "open, let in all the same",
	    { .client = "192.0.2.1", .rcpt = "a@example.com", .open = true },
	    "accept/monitor first " JUDGED },
	{ "open, never judged",
	    { .client = "127.0.0.1", .rcpt = "a@example.com", .open = true },
	    "accept/monitor - a trusted host is never judged" },
};

static void
test_decide(void **state)
{
	struct rules *rules = make_rules();

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct facts facts = make_facts(rules, &cases[i].play);
		struct recipient recipient;
		struct decision decision;
		char got[1024];

		set_modes(rules, &cases[i].play);
		recipient_parse(cases[i].play.rcpt, &recipient);
		policy_decide(rules, &facts, &recipient, &decision);
		describe(&decision, got, sizeof(got));
		print_message(
		    "%s: got %s, want %s\n", cases[i].name, got, cases[i].want);
		assert_string_equal(got, cases[i].want);
		/* The policy's words, whatever it says. */
		if (decision.ground == GROUND_JUDGED)
			assert_ptr_equal(
			    decision.reply, &decision.policy->reply);
		else if (decision.verdict != VERDICT_ACCEPT)
			assert_ptr_equal(
			    decision.reply, &rules->unlisted_reply);
		else
			assert_null(decision.reply);
	}
	rules_free(rules);
}

static void
test_monitor_is_global(void **state)
{
	const struct play play = { .client = "203.0.113.9",
		.rcpt = "a@example.com" };
	struct rules *rules = make_rules();
	struct facts facts = make_facts(rules, &play);
	struct recipient recipient;
	struct decision decision;

	(void)state;
	rules->mode = MODE_MONITOR;
	recipient_parse(play.rcpt, &recipient);
	policy_decide(rules, &facts, &recipient, &decision);
	assert_int_equal(decision.verdict, VERDICT_REJECT);
	assert_true(decision.monitor);
	rules_free(rules);
}

/* Who is monitored?  Every mode with every way to be open. */
static void
test_is_monitored(void **state)
{
	static const struct {
		const char *name;
		bool all, one; /* modes that are monitor */
		bool open;
		const char *open_policy;
		bool want, want_of_none;
	} table[] = {
		{ "enforce", false, false, false, NULL, false, false },
		{ "monitor", true, false, false, NULL, true, true },
		{ "its mode", false, true, false, NULL, true, false },
		{ "open", false, false, true, NULL, true, true },
		{ "open, its mode", false, true, true, NULL, true, true },
		{ "open by name", false, false, true, "first", true, false },
		{ "another open", false, false, true, "second", false, false },
		{ "another open, its mode", false, true, true, "second", true,
		    false },
		{ "another open, monitor", true, false, true, "second", true,
		    true },
		{ "no such policy", false, false, true, "gone", false, false },
		{ "closed, a name left", false, false, false, "first", false,
		    false },
	};
	struct rules *rules = make_rules();
	struct policy *first = &rules->policies[0];

	(void)state;
	for (size_t i = 0; i < NITEMS(table); i++) {
		struct facts facts = { .open = table[i].open,
			.open_policy = table[i].open_policy };
		bool got, of_none;

		rules->mode = table[i].all ? MODE_MONITOR : MODE_ENFORCE;
		first->mode = table[i].one ? MODE_MONITOR : MODE_ENFORCE;
		got = policy_is_monitored(rules, &facts, first);
		of_none = policy_is_monitored(rules, &facts, NULL);
		if (got != table[i].want || of_none != table[i].want_of_none)
			fail_msg("%s: got %d %d, want %d %d", table[i].name,
			    got, of_none, table[i].want, table[i].want_of_none);
	}
	rules_free(rules);
}

static const struct {
	const char *name;
	struct play play;
	enum outlook want;
} outlooks[] = {
	{ "in every policy", { .client = "192.0.2.200" }, OUTLOOK_FREE },
	{ "in every policy, unlisted refused",
	    { .client = "192.0.2.200", .refuse_unlisted = true },
	    OUTLOOK_OPEN },
	{ "in one of two", { .client = "192.0.2.1" }, OUTLOOK_OPEN },
	{ "in none", { .client = "203.0.113.9" }, OUTLOOK_HOPELESS },
	{ "no address", { .client = NULL }, OUTLOOK_HOPELESS },
	{ "trusted", { .client = "127.0.0.1", .refuse_unlisted = true },
	    OUTLOOK_FREE },
	/* open, it is judged and recorded all the same */
	{ "in none, open", { .client = "203.0.113.9", .open = true },
	    OUTLOOK_HOPELESS },
	{ "in one of two, open", { .client = "192.0.2.1", .open = true },
	    OUTLOOK_OPEN },
};

static void
test_outlook(void **state)
{
	struct rules *rules = make_rules();

	(void)state;
	for (size_t i = 0; i < NITEMS(outlooks); i++) {
		struct facts facts = make_facts(rules, &outlooks[i].play);

		set_modes(rules, &outlooks[i].play);
		facts.stage = STAGE_CONNECT;
		print_message("%s\n", outlooks[i].name);
		assert_int_equal(
		    policy_outlook(rules, &facts), outlooks[i].want);
	}
	rules_free(rules);
}

/* A client that leaves: the policy that came nearest, among equals the first.
 */
static void
test_client(void **state)
{
	const struct play far = { .client = "203.0.113.9" };
	const struct play late = { .client = "203.0.113.80", .later = 1 };
	struct rules *rules = make_rules();
	struct facts facts = make_facts(rules, &far);
	struct decision decision;
	char got[1024];

	(void)state;
	policy_decide_client(rules, &facts, &decision);
	describe(&decision, got, sizeof(got));
	assert_string_equal(got, FIRST "allow[0]:source allow[1]:networks");

	/* With the second policy alone able to be nearer. */
	add_condition(&rules->policies[0].entries[0], CONDITION_UNTIL, 1);
	add_condition(
	    &rules->policies[0].entries[1], CONDITION_EXCEPT, SET_SCANNER);
	facts = make_facts(rules, &late);
	policy_decide_client(rules, &facts, &decision);
	describe(&decision, got, sizeof(got));
	assert_string_equal(
	    got, "reject second source-not-allowed office:source");
	rules_free(rules);
}

/* Before its stage a condition is unknown, and so is what hangs on it. */
static void
test_three_valued(void **state)
{
	struct condition yes = { .key = CONDITION_UNTIL, .day = TODAY + 1 };
	struct condition no = { .key = CONDITION_UNTIL, .day = TODAY };
	struct condition both[2] = { yes, no };
	struct entry entry = { .conditions = both, .count = 2 };
	struct facts facts = { .stage = STAGE_CONNECT, .today = TODAY };

	(void)state;
	assert_int_equal(condition_match(NULL, &yes, &facts), MATCH_YES);
	assert_int_equal(
	    condition_match(NULL, &no, &facts), MATCH_CONTRADICTED);
	assert_int_equal(entry_match(NULL, &entry, &facts), MATCH_CONTRADICTED);
	entry.count = 1;
	assert_int_equal(entry_match(NULL, &entry, &facts), MATCH_YES);
}

/* A record shows the nearest eight, and the nearest is the first of them. */
static void
test_nearest_eight(void **state)
{
	const struct play play = { .client = "203.0.113.9" };
	struct rules *rules = make_rules();
	struct facts facts = make_facts(rules, &play);
	struct policy *policy = &rules->policies[1];
	struct decision decision;

	(void)state;
	for (int i = 0; i < 12; i++) {
		struct entry *entry = add_entry(policy, "far");

		add_condition(entry, CONDITION_SOURCE, SET_OFFICE);
		add_condition(entry, CONDITION_UNTIL, 1);
	}
	add_condition(add_entry(policy, "near"), CONDITION_UNTIL, 1);
	policy_decide_one(rules, &facts, policy, &decision);
	assert_int_equal(decision.count, FAILING_MAX);
	assert_string_equal(decision.failing[0].entry->name, "office");
	assert_string_equal(decision.failing[1].entry->name, "near");
	for (size_t i = 2; i < FAILING_MAX; i++)
		assert_string_equal(decision.failing[i].entry->name, "far");
	rules_free(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decide),
		cmocka_unit_test(test_monitor_is_global),
		cmocka_unit_test(test_is_monitored),
		cmocka_unit_test(test_outlook),
		cmocka_unit_test(test_client),
		cmocka_unit_test(test_three_valued),
		cmocka_unit_test(test_nearest_eight),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
