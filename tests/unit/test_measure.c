/* SPDX-License-Identifier: ISC */
/* test_measure.c - what is done where a policy does not let in, and when? */
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

#define ID "X-MS-Exchange-CrossTenant-Id: "

/* A condition of an entry; values NULL: no more. */
struct wanted {
	enum condition_key key;
	const char *values;
};

enum {
	CONDITIONS = 4
};

#define INSIDE                        \
	{                             \
		CONDITION_SOURCE, "1" \
	}
#define OUTSIDE                       \
	{                             \
		CONDITION_SOURCE, "2" \
	}
#define TLS                       \
	{                         \
		CONDITION_TLS, "" \
	}
#define TENANT                         \
	{                              \
		CONDITION_TENANT, OURS \
	}
#define ASN                            \
	{                              \
		CONDITION_ASN, "64500" \
	}

static const struct wanted in[CONDITIONS] = { INSIDE };
static const struct wanted out[CONDITIONS] = { OUTSIDE };
static const struct wanted near[CONDITIONS] = { INSIDE, TLS };
static const struct wanted later[CONDITIONS] = { INSIDE, TENANT };
static const struct wanted untold[CONDITIONS] = { ASN };

static struct entry *
add_entry(struct policy *policy, const struct wanted *conditions)
{
	struct entry *entry = help_entry(policy, "entry");

	for (size_t i = 0; i < CONDITIONS && conditions[i].values != NULL; i++)
		help_add(entry, conditions[i].key, conditions[i].values);

	return entry;
}

/* At RCPT; plain text, the database of systems is damaged. */
static struct facts
make_facts(const struct rules *rules)
{
	struct facts facts = help_facts(rules);

	facts.geo.asn_state = GEO_UNKNOWN;
	facts.sender = "a@sender.example";

	return facts;
}

#define HERE true, false
#define WAITS true, true
#define LATER false, true
#define PASSES false, false

/* Section 2 of the contract: how is a no answered? */
static const struct {
	const char *name;
	const struct wanted *entry;
	enum measure measure;
	bool reject_near_miss, monitor;
	enum verdict want;
	bool refuses, waits;
} cases[] = {
	{ "in", in, MEASURE_REJECT, false, false, VERDICT_ACCEPT, PASSES },
	{ "out", out, MEASURE_REJECT, false, false, VERDICT_REJECT, HERE },
	{ "near", near, MEASURE_REJECT, false, false, VERDICT_DEFER, HERE },
	{ "near, rejected", near, MEASURE_REJECT, true, false, VERDICT_REJECT,
	    HERE },
	{ "open", later, MEASURE_REJECT, false, false, VERDICT_OPEN, LATER },
	{ "untold", untold, MEASURE_REJECT, false, false, VERDICT_UNKNOWN,
	    PASSES },
	{ "defer in", in, MEASURE_DEFER, false, false, VERDICT_ACCEPT, PASSES },
	{ "defer", out, MEASURE_DEFER, false, false, VERDICT_DEFER, HERE },
	{ "defer near", near, MEASURE_DEFER, false, false, VERDICT_DEFER,
	    HERE },
	{ "defer near, rejected", near, MEASURE_DEFER, true, false,
	    VERDICT_DEFER, HERE },
	{ "defer open", later, MEASURE_DEFER, false, false, VERDICT_OPEN,
	    LATER },
	{ "hold in", in, MEASURE_QUARANTINE, false, false, VERDICT_ACCEPT,
	    PASSES },
	{ "hold", out, MEASURE_QUARANTINE, false, false, VERDICT_REJECT,
	    WAITS },
	{ "hold near", near, MEASURE_QUARANTINE, false, false, VERDICT_REJECT,
	    WAITS },
	{ "hold open", later, MEASURE_QUARANTINE, false, false, VERDICT_OPEN,
	    LATER },
	{ "hold untold", untold, MEASURE_QUARANTINE, false, false,
	    VERDICT_UNKNOWN, PASSES },
	{ "mark", out, MEASURE_MARK, false, false, VERDICT_REJECT, WAITS },
	{ "mark near", near, MEASURE_MARK, false, false, VERDICT_REJECT,
	    WAITS },
	{ "mark open", later, MEASURE_MARK, false, false, VERDICT_OPEN, LATER },
	{ "watched out", out, MEASURE_REJECT, false, true, VERDICT_REJECT,
	    PASSES },
	{ "watched near", near, MEASURE_REJECT, false, true, VERDICT_DEFER,
	    PASSES },
	{ "watched defer", out, MEASURE_DEFER, false, true, VERDICT_DEFER,
	    PASSES },
	{ "watched hold", out, MEASURE_QUARANTINE, false, true, VERDICT_REJECT,
	    PASSES },
	{ "watched mark", out, MEASURE_MARK, false, true, VERDICT_REJECT,
	    PASSES },
	/* for the record */
	{ "watched open", later, MEASURE_MARK, false, true, VERDICT_OPEN,
	    LATER },
};

static void
test_measures(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct rules *rules = help_rules();
		struct policy *policy = help_policy(rules, "p", "example.com");
		struct facts facts = make_facts(rules);
		struct decision got;

		add_entry(policy, cases[i].entry);
		policy->measure = cases[i].measure;
		policy->mode = cases[i].monitor ? MODE_MONITOR : MODE_ENFORCE;
		rules->reject_near_miss = cases[i].reject_near_miss;
		policy_decide_one(rules, &facts, policy, &got);
		if (got.verdict != cases[i].want ||
		    decision_refuses(&got) != cases[i].refuses ||
		    decision_waits(&got) != cases[i].waits)
			fail_msg("%s: got %s, refuses %d, waits %d",
			    cases[i].name, verdict_text(got.verdict),
			    decision_refuses(&got), decision_waits(&got));
		if (got.near_miss != (cases[i].entry == near) ||
		    got.measure != policy->measure ||
		    got.monitor != cases[i].monitor || got.policy != policy ||
		    got.reply != &policy->reply)
			fail_msg("%s: its policy's", cases[i].name);
		if ((got.class != 0) != (cases[i].waits && !cases[i].monitor))
			fail_msg("%s: class", cases[i].name);
		rules_free(rules);
	}
}

/*
 * Of a recipient with two domains the worse counts: from what lets in to what
 * refuses.
 */
static const struct opinion {
	const char *name;
	const struct wanted *entry;
	enum measure measure;
	bool monitor;
} opinions[] = {
	{ "in", in, MEASURE_REJECT, false },
	{ "untold, watched", untold, MEASURE_REJECT, true },
	{ "open, watched", later, MEASURE_QUARANTINE, true },
	{ "deferred, watched", out, MEASURE_DEFER, true },
	{ "rejected, watched", out, MEASURE_MARK, true },
	{ "marked", out, MEASURE_MARK, false },
	{ "held", out, MEASURE_QUARANTINE, false },
	{ "untold", untold, MEASURE_REJECT, false },
	{ "open", later, MEASURE_MARK, false },
	{ "deferred", out, MEASURE_DEFER, false },
	{ "rejected", out, MEASURE_REJECT, false },
};

static void
add_opinion(
    struct rules *rules, const struct opinion *opinion, const char *domain)
{
	struct policy *policy = help_policy(rules, opinion->name, domain);

	add_entry(policy, opinion->entry);
	policy->measure = opinion->measure;
	policy->mode = opinion->monitor ? MODE_MONITOR : MODE_ENFORCE;
}

static void
check_two(size_t first, size_t second, enum answer on_error, size_t worse)
{
	static const char *const recipients[] = { "<u%b.example@a.example>",
		"<u%a.example@b.example>", "<u@[192.0.2.25]>" };

	for (size_t i = 0; i < NITEMS(recipients); i++) {
		struct rules *rules = help_rules();
		struct facts facts = make_facts(rules);
		struct recipient recipient;
		struct decision got;

		rules->on_error = on_error;
		add_opinion(rules, &opinions[first], "a.example");
		add_opinion(rules, &opinions[second], "b.example");
		recipient_parse(recipients[i], &recipient);
		policy_decide(rules, &facts, &recipient, &got);
		if (got.policy == NULL ||
		    strcmp(got.policy->name, opinions[worse].name) != 0)
			fail_msg("%s and %s to %s: got %s",
			    opinions[first].name, opinions[second].name,
			    recipients[i],
			    got.policy == NULL ? "none" : got.policy->name);
		rules_free(rules);
	}
}

static void
test_two_domains(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(opinions); i++)
		for (size_t k = 0; k < i; k++) {
			check_two(i, k, ANSWER_DEFER, i);
			check_two(k, i, ANSWER_REJECT, i);
		}
}

/* What cannot be told is let in by on_error, but not past a hold. */
static void
test_untold_accepted(void **state)
{
	const size_t untold_at = 7;

	(void)state;
	assert_string_equal(opinions[untold_at].name, "untold");
	for (size_t i = 0; i < NITEMS(opinions); i++) {
		size_t worse = i > 4 ? i : untold_at;

		if (i == untold_at)
			continue;
		check_two(i, untold_at, ANSWER_ACCEPT, worse);
		check_two(untold_at, i, ANSWER_ACCEPT, worse);
	}
}

/* A damaged database: entries that hold, fail, or wait beside it. */
static void
test_untold(void **state)
{
	static const struct wanted elsewhere[CONDITIONS] = { ASN, OUTSIDE };
	static const struct wanted plain[CONDITIONS] = { ASN, INSIDE, TLS };
	static const struct wanted both[CONDITIONS] = { ASN, TENANT };
	static const struct {
		const char *name;
		const struct wanted *first, *second;
		enum verdict want;
		const char *reason;
	} tests[] = {
		{ "alone", untold, NULL, VERDICT_UNKNOWN, "undecidable" },
		{ "another is no", untold, out, VERDICT_UNKNOWN,
		    "undecidable" },
		{ "another is absent", untold, near, VERDICT_UNKNOWN,
		    "undecidable" },
		{ "another holds", untold, in, VERDICT_ACCEPT, "" },
		{ "another waits", untold, later, VERDICT_OPEN, "" },
		{ "and elsewhere", elsewhere, NULL, VERDICT_REJECT,
		    "source-not-allowed" },
		{ "and not encrypted", plain, NULL, VERDICT_DEFER,
		    "tls-missing" },
		{ "it waits itself", both, NULL, VERDICT_OPEN, "" },
		{ "it waits, another is untold", both, untold, VERDICT_OPEN,
		    "" },
	};

	(void)state;
	for (size_t i = 0; i < NITEMS(tests); i++)
		for (int order = 0; order < 2; order++) {
			const struct wanted *entries[] = { tests[i].first,
				tests[i].second };
			struct rules *rules = help_rules();
			struct policy *policy = help_policy(rules, "p", "*");
			struct facts facts = make_facts(rules);
			struct decision got;

			if (entries[order] != NULL)
				add_entry(policy, entries[order]);
			if (entries[1 - order] != NULL)
				add_entry(policy, entries[1 - order]);
			policy_decide_one(rules, &facts, policy, &got);
			if (got.verdict != tests[i].want ||
			    strcmp(reason_text(got.reason), tests[i].reason) !=
				0)
				fail_msg("%s: got %s %s", tests[i].name,
				    verdict_text(got.verdict),
				    reason_text(got.reason));
			rules_free(rules);
		}
}

/* It is decided at the first stage at which it is known, and never later. */
static const struct {
	const char *name;
	struct wanted entry[CONDITIONS];
	enum stage from;
	const char *header;
	enum verdict want;
	const char *reason;
} stages[] = {
	{ "elsewhere", { OUTSIDE, TENANT }, STAGE_CONNECT, ID OURS,
	    VERDICT_REJECT, "source-not-allowed" },
	{ "expired", { INSIDE, TENANT, { CONDITION_UNTIL, "0" } },
	    STAGE_CONNECT, ID OURS, VERDICT_REJECT, "expired" },
	{ "another HELO", { INSIDE, { CONDITION_HELO, "b.example" }, TENANT },
	    STAGE_HELO, ID OURS, VERDICT_REJECT, "helo-mismatch" },
	{ "not encrypted", { INSIDE, TLS, TENANT }, STAGE_MAIL, ID THEIRS,
	    VERDICT_DEFER, "tls-missing" },
	{ "another sender",
	    { INSIDE, { CONDITION_SENDER, "b.example" }, TENANT }, STAGE_MAIL,
	    ID OURS, VERDICT_REJECT, "sender-mismatch" },
	{ "another recipient",
	    { INSIDE, { CONDITION_RECIPIENT, "v@example.com" }, TENANT },
	    STAGE_RCPT, ID OURS, VERDICT_REJECT, "recipient-mismatch" },
	{ "their tenant", { INSIDE, TENANT }, STAGE_HEADERS, ID THEIRS,
	    VERDICT_REJECT, "tenant-mismatch" },
	{ "no tenant", { INSIDE, TENANT }, STAGE_HEADERS, "Subject: x",
	    VERDICT_DEFER, "tenant-missing" },
	{ "our tenant", { INSIDE, TENANT }, STAGE_HEADERS, ID OURS,
	    VERDICT_ACCEPT, "" },
	{ "the tenant is ours, encryption was wanted", { INSIDE, TENANT, TLS },
	    STAGE_MAIL, ID OURS, VERDICT_DEFER, "tls-missing" },
	{ "no tenant, and no certificate that would do as an anchor",
	    { { CONDITION_CERTIFICATE, "a.example" }, TENANT }, STAGE_MAIL,
	    "Subject: x", VERDICT_REJECT, "certificate-missing" },
	{ "no header, none of two",
	    { INSIDE, TENANT, { CONDITION_ENTITY, "Hosted" } }, STAGE_HEADERS,
	    "Subject: x", VERDICT_DEFER, "tenant-missing" },
	{ "no header of one, another's of the other",
	    { INSIDE, { CONDITION_ENTITY, "Hosted" }, TENANT }, STAGE_HEADERS,
	    ID THEIRS, VERDICT_REJECT, "tenant-mismatch" },
};

static void
test_stages(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(stages); i++) {
		struct rules *rules = help_rules();
		const char *headers[] = { stages[i].header, NULL };
		struct evidence *evidence = help_evidence(rules, headers);
		struct facts facts = make_facts(rules);
		struct recipient recipient;

		add_entry(help_policy(rules, "p", "*"), stages[i].entry);
		recipient_parse("<u@example.com>", &recipient);
		facts.helo = "a.example";
		facts.evidence = evidence;
		for (enum stage stage = STAGE_CONNECT; stage <= STAGE_HEADERS;
		     stage++) {
			bool known = stage >= stages[i].from;
			enum verdict want =
			    known ? stages[i].want : VERDICT_OPEN;
			enum stage decided = stage;
			struct decision got;

			facts.stage = stage;
			policy_decide(rules, &facts, &recipient, &got);
			/* known without the header it was at RCPT */
			if (stage == STAGE_HEADERS &&
			    stages[i].from <= STAGE_RCPT)
				decided = STAGE_RCPT;
			if (got.verdict != want || got.stage != decided ||
			    strcmp(reason_text(got.reason),
				known ? stages[i].reason : "") != 0)
				fail_msg("%s at %s: got %s %s", stages[i].name,
				    stage_text(stage),
				    verdict_text(got.verdict),
				    reason_text(got.reason));
		}
		free(evidence);
		rules_free(rules);
	}
}

/*
 * Rows: each is judged by its own entries; what cannot be told must satisfy
 * all of them, but not the policy that only names the table.
 */
static struct rules *
table_rules(void)
{
	struct rules *rules = help_rules();
	struct policy *table = help_policy(rules, "customers", NULL);

	add_entry(table, out);
	table->always = mem_new(1, sizeof(char *));
	table->always[0] = mem_text("abuse");
	table->nalways = 1;
	add_entry(help_row(rules, table, "in.example"), in);
	add_entry(help_row(rules, table, "later.example"), later);

	return rules;
}

static const struct {
	const char *name, *recipient, *header;
	bool refuse_unlisted, out; /* a row that lets nobody in */
	enum verdict want;
	const char *policy;
	enum ground ground;
} tables[] = {
	{ "its own entry", "<u@in.example>", NULL, false, false, VERDICT_ACCEPT,
	    "customers", GROUND_JUDGED },
	{ "another row", "<u@later.example>", NULL, false, false, VERDICT_OPEN,
	    "customers", GROUND_JUDGED },
	{ "another row, ours", "<u@later.example>", ID OURS, false, false,
	    VERDICT_ACCEPT, "customers", GROUND_JUDGED },
	{ "another row, theirs", "<u@later.example>", ID THEIRS, false, false,
	    VERDICT_REJECT, "customers", GROUND_JUDGED },
	{ "always", "<abuse@later.example>", ID THEIRS, false, false,
	    VERDICT_ACCEPT, "customers", GROUND_ALWAYS },
	{ "hidden", "<u%later.example@in.example>", NULL, false, false,
	    VERDICT_OPEN, "customers", GROUND_JUDGED },
	{ "everywhere", "<u@[192.0.2.25]>", NULL, false, false, VERDICT_OPEN,
	    "customers", GROUND_JUDGED },
	{ "everywhere, ours", "<u@[192.0.2.25]>", ID OURS, false, false,
	    VERDICT_ACCEPT, "customers", GROUND_JUDGED },
	{ "everywhere, ours, unlisted refused", "<u@[192.0.2.25]>", ID OURS,
	    true, false, VERDICT_ACCEPT, "customers", GROUND_JUDGED },
	{ "everywhere, theirs", "<u@[192.0.2.25]>", ID THEIRS, false, false,
	    VERDICT_REJECT, "customers", GROUND_JUDGED },
	{ "everywhere, the last row refuses", "<u>", NULL, false, true,
	    VERDICT_REJECT, "customers", GROUND_JUDGED },
	{ "unlisted", "<u@other.example>", NULL, false, false, VERDICT_ACCEPT,
	    NULL, GROUND_UNLISTED },
	{ "unlisted refused", "<u@other.example>", NULL, true, false,
	    VERDICT_REJECT, NULL, GROUND_UNLISTED },
};

static void
test_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(tables); i++) {
		const char *headers[] = { tables[i].header, NULL };
		struct rules *rules = table_rules();
		struct evidence *evidence = help_evidence(rules, headers);
		struct facts facts = make_facts(rules);
		struct recipient recipient;
		struct decision got;

		rules->refuse_unlisted = tables[i].refuse_unlisted;
		if (tables[i].out)
			add_entry(
			    help_row(rules, &rules->policies[0], "out.example"),
			    out);
		if (tables[i].header != NULL) {
			facts.stage = STAGE_HEADERS;
			facts.evidence = evidence;
		}
		recipient_parse(tables[i].recipient, &recipient);
		policy_decide(rules, &facts, &recipient, &got);
		if (got.verdict != tables[i].want ||
		    got.ground != tables[i].ground ||
		    (got.policy == NULL) != (tables[i].policy == NULL) ||
		    (got.policy != NULL &&
			strcmp(got.policy->name, tables[i].policy) != 0))
			fail_msg("%s: got %s", tables[i].name,
			    verdict_text(got.verdict));
		free(evidence);
		rules_free(rules);
	}
}

/* Which domain of the recipient is it about? */
static void
test_row_domain(void **state)
{
	struct rules *rules = table_rules();
	struct facts facts = make_facts(rules);
	struct recipient recipient;
	struct decision got;

	(void)state;
	recipient_parse("<u%later.example@in.example>", &recipient);
	policy_decide(rules, &facts, &recipient, &got);
	assert_string_equal(
	    decision_domain(&got, rules, &recipient), "later.example");
	assert_true(got.policy == &rules->rows[1]);
	rules_free(rules);
}

/* A table without rows guards nothing. */
static void
test_empty_table(void **state)
{
	struct rules *rules = help_rules();
	struct facts facts = make_facts(rules);
	struct recipient recipient;
	struct decision got;

	(void)state;
	help_policy(rules, "customers", NULL);
	recipient_parse("<u@[192.0.2.25]>", &recipient);
	policy_decide(rules, &facts, &recipient, &got);
	assert_int_equal(got.verdict, VERDICT_ACCEPT);
	assert_int_equal(got.ground, GROUND_UNLISTED);
	rules->refuse_unlisted = true;
	policy_decide(rules, &facts, &recipient, &got);
	assert_int_equal(got.verdict, VERDICT_REJECT);
	assert_int_equal(got.reason, REASON_UNLISTED);
	rules_free(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_measures),
		cmocka_unit_test(test_two_domains),
		cmocka_unit_test(test_untold_accepted),
		cmocka_unit_test(test_untold),
		cmocka_unit_test(test_stages),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_row_domain),
		cmocka_unit_test(test_empty_table),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
