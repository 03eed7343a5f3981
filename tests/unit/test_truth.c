/* SPDX-License-Identifier: ISC */
/*
 * test_truth.c - is the verdict what section 2 of the contract says?
 *
 * Three entries of three conditions, each of which is yes, contradicted,
 * absent or not known: all 4^9 policies, held against a second evaluation that
 * counts, as the sentences of the contract do.
 */
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

enum {
	SAYS = 4, /* what a condition can say: enum match */
	ENTRIES = 3,
	CONDITIONS = 3,
	ENTRY_SAYS = 64,  /* 4^3 */
	POLICIES = 262144 /* 4^9 */
};

/* "an anchor that holds", "absent because a name was not looked up" */
enum role {
	PLAIN,
	ANCHOR,
	NAME_ANCHOR
};

struct said {
	enum condition_key key;
	const char *values;
	enum role role;
};

/*
 * Conditions that say yes, no, absent and not known (yet, or for good) in the
 * session of session_facts() once it has come that far.
 */
static const struct scene {
	const char *name;
	enum stage stage;
	bool for_good; /* the last cannot be told */
	struct said says[SAYS];
} scenes[] = {
	{ "anchors of each kind", STAGE_CONNECT, false,
	    { { CONDITION_NETWORKS, "1", ANCHOR },
		{ CONDITION_NETWORKS, "2", ANCHOR },
		{ CONDITION_HOSTS, ".mail.example", NAME_ANCHOR },
		{ CONDITION_CERTIFICATE, "mail.example", ANCHOR } } },
	{ "a source with hosts", STAGE_CONNECT, false,
	    { { CONDITION_DAEMON, "inside", PLAIN },
		{ CONDITION_UNTIL, "0", PLAIN },
		{ CONDITION_SOURCE, "5", NAME_ANCHOR },
		{ CONDITION_HELO, "a.example", PLAIN } } },
	{ "HELO", STAGE_HELO, false,
	    { { CONDITION_HELO, "a.example", PLAIN },
		{ CONDITION_SOURCE, "2", ANCHOR },
		{ CONDITION_HOSTS, ".mail.example", NAME_ANCHOR },
		{ CONDITION_TLS, "", PLAIN } } },
	{ "a certificate that is missing", STAGE_MAIL, false,
	    { { CONDITION_SOURCE, "1", ANCHOR },
		{ CONDITION_SENDER, "evil.test", PLAIN },
		{ CONDITION_CERTIFICATE, "mail.example", ANCHOR },
		{ CONDITION_RECIPIENT, "a@example.com", PLAIN } } },
	{ "no anchor", STAGE_MAIL, false,
	    { { CONDITION_EXCEPT, "2", PLAIN },
		{ CONDITION_HELO, "b.example", PLAIN },
		{ CONDITION_TLS, "", PLAIN },
		{ CONDITION_RECIPIENT, "a@example.com", PLAIN } } },
	{ "an issuer that is missing", STAGE_RCPT, false,
	    { { CONDITION_NETWORKS, "2 1", ANCHOR },
		{ CONDITION_EXCEPT, "1", PLAIN },
		{ CONDITION_ISSUER, "Example", PLAIN },
		{ CONDITION_RECIPIENT, "a@example.com", PLAIN } } },
	{ "a tenant that is missing", STAGE_HEADERS, false,
	    { { CONDITION_ASN, "64500", ANCHOR },
		{ CONDITION_ENTITY, "Hosted", PLAIN },
		{ CONDITION_TENANT, OURS, PLAIN },
		{ CONDITION_RECIPIENT, "a@example.com", PLAIN } } },
	{ "headers to come", STAGE_RCPT, false,
	    { { CONDITION_SOURCE, "1", ANCHOR },
		{ CONDITION_ASN, "64501", ANCHOR },
		{ CONDITION_TLS, "", PLAIN },
		{ CONDITION_HEADERS, "0", PLAIN } } },
	{ "a damaged database", STAGE_HEADERS, true,
	    { { CONDITION_NETWORKS, "1", ANCHOR },
		{ CONDITION_UNTIL, "0", PLAIN },
		{ CONDITION_ORIGINATOR, "a.example", PLAIN },
		{ CONDITION_COUNTRY, "DE", PLAIN } } },
};

/*
 * Of 192.0.2.1, in AS64500; nobody looked up its name, its country cannot be
 * told, nothing is encrypted.
 */
static struct facts
session_facts(const struct rules *rules, enum stage stage,
    const struct evidence *evidence)
{
	struct facts facts = help_facts(rules);

	facts.stage = stage;
	facts.geo = (struct geo){ .asn_state = GEO_FOUND,
		.asn = 64500,
		.country_state = GEO_UNKNOWN };
	facts.evidence = evidence;
	facts.daemon = "inside";
	facts.helo = "a.example";
	facts.sender = "a@sender.example";

	return facts;
}

/* What a place of a policy says: its base-4 digit. */
static enum match
digit(unsigned number, unsigned place)
{
	return (enum match)(number >> 2 * place & 3);
}

/* The second evaluation: the verdict of a policy that says number. */
static enum verdict
expected(const struct scene *scene, unsigned number, bool defer)
{
	unsigned yes_entries = 0, no_entries = 0, near = 0;

	for (unsigned entry = 0; entry < ENTRIES; entry++) {
		unsigned count[SAYS] = { 0 };
		unsigned anchors = 0;

		for (unsigned i = 0; i < CONDITIONS; i++) {
			enum match says = digit(number, 3 * entry + i);
			enum role role = scene->says[says].role;

			count[says]++;
			if ((says == MATCH_YES && role != PLAIN) ||
			    (says == MATCH_ABSENT && role == NAME_ANCHOR))
				anchors++;
		}
		/* "yes if all are yes", "no if any condition is no" */
		if (count[MATCH_YES] == CONDITIONS)
			yes_entries++;
		if (count[MATCH_CONTRADICTED] + count[MATCH_ABSENT] > 0)
			no_entries++;
		/* "every condition that fails is merely absent" */
		if (count[MATCH_CONTRADICTED] == 0 && count[MATCH_ABSENT] > 0 &&
		    anchors > 0)
			near++;
	}
	/* "yes if any entry is yes, no if all are no" */
	if (yes_entries > 0)
		return VERDICT_ACCEPT;
	if (no_entries < ENTRIES)
		return scene->for_good ? VERDICT_UNKNOWN : VERDICT_OPEN;

	return near > 0 && defer ? VERDICT_DEFER : VERDICT_REJECT;
}

/* A policy that says number, of conditions that the caller keeps. */
static enum verdict
verdict_of(const struct rules *rules, const struct condition says[SAYS],
    const struct facts *facts, unsigned number)
{
	struct condition conditions[ENTRIES][CONDITIONS];
	struct entry entries[ENTRIES];
	struct policy policy = { .entries = entries, .count = ENTRIES };
	struct rules view = *rules;
	struct decision decision;

	memset(entries, 0, sizeof(entries));
	for (unsigned i = 0; i < ENTRIES * CONDITIONS; i++)
		conditions[i / CONDITIONS][i % CONDITIONS] =
		    says[digit(number, i)];
	for (unsigned i = 0; i < ENTRIES; i++) {
		entries[i].conditions = conditions[i];
		entries[i].count = CONDITIONS;
	}
	view.policies = &policy;
	view.npolicies = 1;
	policy_decide_one(&view, facts, &policy, &decision);

	return decision.verdict;
}

/* Puts the smallest first. */
static void
sort(unsigned numbers[3])
{
	static const unsigned steps[] = { 0, 1, 0 };

	for (unsigned i = 0; i < 3; i++) {
		unsigned *pair = numbers + steps[i];

		if (pair[0] > pair[1]) {
			unsigned larger = pair[0];

			pair[0] = pair[1];
			pair[1] = larger;
		}
	}
}

/* The same policy with entries, and conditions in each, in a fixed order. */
static unsigned
in_order(unsigned number)
{
	unsigned entries[ENTRIES];

	for (unsigned i = 0; i < ENTRIES; i++) {
		unsigned says[CONDITIONS];

		for (unsigned k = 0; k < CONDITIONS; k++)
			says[k] = digit(number, 3 * i + k);
		sort(says);
		entries[i] = says[0] | says[1] << 2 | says[2] << 4;
	}
	sort(entries);

	return entries[0] | entries[1] << 6 | entries[2] << 12;
}

/* Each says in this session what the scene says that it does. */
static void
make_conditions(const struct rules *rules, const struct scene *scene,
    const struct facts *facts, struct condition says[SAYS])
{
	for (unsigned i = 0; i < SAYS; i++) {
		enum match want = i == MATCH_OPEN && scene->for_good
		    ? MATCH_UNKNOWN
		    : (enum match)i;
		enum match got;

		says[i] =
		    help_condition(scene->says[i].key, scene->says[i].values);
		got = condition_match(rules, &says[i], facts);
		if (got != want)
			fail_msg("%s: %s says %d, want %d", scene->name,
			    condition_text(says[i].key), (int)got, (int)want);
	}
}

static void
check_scene(struct rules *rules, const struct scene *scene, bool defer,
    uint8_t *verdicts)
{
	static const char *const headers[] = { HEADER_ENTITY ": Internet",
		NULL };
	struct evidence *evidence = help_evidence(rules, headers);
	struct facts facts = session_facts(rules, scene->stage, evidence);
	struct condition says[SAYS];

	rules->reject_near_miss = !defer;
	make_conditions(rules, scene, &facts, says);
	for (unsigned number = 0; number < POLICIES; number++) {
		enum verdict got = verdict_of(rules, says, &facts, number);
		enum verdict want = expected(scene, number, defer);

		if (got != want)
			fail_msg("%s: policy %06x: got %s, want %s",
			    scene->name, number, verdict_text(got),
			    verdict_text(want));
		verdicts[number] = (uint8_t)got;
	}
	for (unsigned number = 0; number < POLICIES; number++)
		if (verdicts[number] != verdicts[in_order(number)])
			fail_msg("%s: policy %06x depends on the order",
			    scene->name, number);
	for (unsigned i = 0; i < SAYS; i++)
		help_condition_done(&says[i]);
	free(evidence);
}

static void
check_scenes(bool defer, size_t count)
{
	uint8_t *verdicts = mem_new(POLICIES, 1);
	struct rules *rules = help_rules();

	for (size_t i = 0; i < count; i++)
		check_scene(rules, &scenes[i], defer, verdicts);
	rules_free(rules);
	free(verdicts);
}

static void
test_near_miss_defers(void **state)
{
	(void)state;
	check_scenes(true, NITEMS(scenes));
}

static void
test_near_miss_rejects(void **state)
{
	(void)state;
	check_scenes(false, 2);
}

/* Whatever the order in which facts come: once yes or no, always so. */

static const struct said pieces[] = {
	{ CONDITION_SOURCE, "1", ANCHOR },
	{ CONDITION_SOURCE, "2", ANCHOR },
	{ CONDITION_SOURCE, "5", ANCHOR },
	{ CONDITION_EXCEPT, "3", PLAIN },
	{ CONDITION_HOSTS, ".mail.example", ANCHOR },
	{ CONDITION_DAEMON, "outside 2525", PLAIN },
	{ CONDITION_HELO, "a.example", PLAIN },
	{ CONDITION_HELO, "b.example", PLAIN },
	{ CONDITION_TLS, "", PLAIN },
	{ CONDITION_CERTIFICATE, "mail.example", ANCHOR },
	{ CONDITION_ISSUER, "Example", PLAIN },
	{ CONDITION_SENDER, "sender.example", PLAIN },
	{ CONDITION_SENDER, "<>", PLAIN },
	{ CONDITION_RECIPIENT, "a@example.com", PLAIN },
	{ CONDITION_RECIPIENT, "b@example.com", PLAIN },
	{ CONDITION_UNTIL, "1", PLAIN },
	{ CONDITION_UNTIL, "0", PLAIN },
	{ CONDITION_ASN, "64500", ANCHOR },
	{ CONDITION_TENANT, OURS, PLAIN },
	{ CONDITION_TENANT, THEIRS, PLAIN },
	{ CONDITION_ORIGINATOR, "a.example", PLAIN },
};

/* A session comes this far; the last step tells the recipient. */
enum {
	STEPS = STAGE_HEADERS + 2
};

static struct facts
facts_at(const struct rules *rules, unsigned step,
    const struct recipient *recipient, const struct evidence *evidence)
{
	struct facts facts = session_facts(rules,
	    step < STEPS - 1 ? (enum stage)step : STAGE_HEADERS, evidence);

	facts.recipient = step == STEPS - 1 ? recipient : NULL;

	return facts;
}

/* Yes, no or not known; absent and contradicted are both no. */
static enum match
plain(enum match match)
{
	return match == MATCH_ABSENT ? MATCH_CONTRADICTED : match;
}

static void
check_steps(const struct rules *rules, const struct policy *policy,
    const struct facts facts[STEPS])
{
	enum match known = MATCH_OPEN;

	for (unsigned step = 0; step < STEPS; step++) {
		enum match now =
		    plain(policy_match(rules, policy, &facts[step]));

		if (known != MATCH_OPEN && now != known)
			fail_msg("step %u: %s, then %s", step,
			    match_text(known), match_text(now));
		known = now;
	}
	if (known == MATCH_OPEN)
		fail_msg("not known at the end");
}

/* Two entries, of two conditions and of one, of all pieces. */
static void
test_steps(void **state)
{
	static const char *const headers[] = { HEADER_TENANT ": " OURS, NULL };
	struct condition conditions[NITEMS(pieces)];
	struct rules *rules = help_rules();
	struct evidence *evidence = help_evidence(rules, headers);
	struct facts facts[STEPS];
	struct recipient recipient;

	(void)state;
	recipient_parse("<a@example.com>", &recipient);
	for (unsigned step = 0; step < STEPS; step++)
		facts[step] = facts_at(rules, step, &recipient, evidence);
	for (size_t i = 0; i < NITEMS(pieces); i++)
		conditions[i] = help_condition(pieces[i].key, pieces[i].values);
	for (size_t i = 0; i < NITEMS(pieces) * NITEMS(pieces); i++) {
		for (size_t k = 0; k < NITEMS(pieces); k++) {
			struct condition two[] = {
				conditions[i % NITEMS(pieces)],
				conditions[i / NITEMS(pieces)]
			};
			struct entry entries[] = {
				{ .conditions = two, .count = 2 },
				{ .conditions = &conditions[k], .count = 1 },
			};
			const struct policy policy = { .entries = entries,
				.count = 2 };

			check_steps(rules, &policy, facts);
		}
	}
	for (size_t i = 0; i < NITEMS(pieces); i++)
		help_condition_done(&conditions[i]);
	free(evidence);
	rules_free(rules);
}

/*
 * A recipient that several policies judge: the worst that one says in
 * earnest, whatever their order.
 */

static const struct {
	const char *source;      /* of the one entry */
	const char *certificate; /* NULL: none asked for */
	bool monitor;
	int severity;
	enum verdict verdict;
} opinions[] = {
	{ "1", NULL, false, 0, VERDICT_ACCEPT },
	{ "1", NULL, true, 0, VERDICT_ACCEPT },
	{ "1", "mail.example", true, 1, VERDICT_DEFER },
	{ "2", NULL, true, 2, VERDICT_REJECT },
	{ "1", "mail.example", false, 3, VERDICT_DEFER },
	{ "2", NULL, false, 4, VERDICT_REJECT },
};

static void
check_order(const size_t order[3], const char *address)
{
	static const char *const domains[] = { "a.example", "b.example",
		"c.example" };
	struct rules *rules = help_rules();
	struct facts facts = help_facts(rules);
	struct recipient recipient;
	struct decision decision;
	size_t worst = order[0];

	for (size_t i = 0; i < 3; i++) {
		struct policy *policy = help_policy(rules, "p", domains[i]);
		struct entry *entry = help_entry(policy, "e");

		help_add(entry, CONDITION_SOURCE, opinions[order[i]].source);
		if (opinions[order[i]].certificate != NULL)
			help_add(entry, CONDITION_CERTIFICATE,
			    opinions[order[i]].certificate);
		policy->mode =
		    opinions[order[i]].monitor ? MODE_MONITOR : MODE_ENFORCE;
		if (opinions[order[i]].severity > opinions[worst].severity)
			worst = order[i];
	}
	recipient_parse(address, &recipient);
	policy_decide(rules, &facts, &recipient, &decision);
	if (decision.verdict != opinions[worst].verdict ||
	    (decision.verdict != VERDICT_ACCEPT &&
		decision.monitor != opinions[worst].monitor))
		fail_msg("%s, policies %zu %zu %zu: got %s", address, order[0],
		    order[1], order[2], verdict_text(decision.verdict));
	rules_free(rules);
}

static void
test_policies(void **state)
{
	size_t count = NITEMS(opinions);

	(void)state;
	for (size_t i = 0; i < count * count * count; i++) {
		const size_t order[] = { i % count, i / count % count,
			i / count / count };

		check_order(order, "<user>");
		check_order(order, "<user%a.example%c.example@b.example>");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_near_miss_defers),
		cmocka_unit_test(test_near_miss_rejects),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_policies),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("truth", tests, NULL, NULL);
}
