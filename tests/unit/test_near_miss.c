/* SPDX-License-Identifier: ISC */
/* test_near_miss.c - what is deferred because evidence is merely absent? */
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

/*
 * The client: 192.0.2.1, name not looked up, plain text, HELO "a.example"; of
 * AS64500, its country cannot be told.  The message came from the Internet and
 * has no other evidence.
 */
enum {
	CONDITIONS = 4
};

struct wanted {
	enum condition_key key;
	const char *values;
};

#define INSIDE                        \
	{                             \
		CONDITION_SOURCE, "1" \
	}
#define OUTSIDE                       \
	{                             \
		CONDITION_SOURCE, "2" \
	}
#define NAMED                         \
	{                             \
		CONDITION_SOURCE, "5" \
	}
#define HOSTS                                    \
	{                                        \
		CONDITION_HOSTS, ".mail.example" \
	}
#define TLS                       \
	{                         \
		CONDITION_TLS, "" \
	}
#define CERTIFICATE                                   \
	{                                             \
		CONDITION_CERTIFICATE, "mail.example" \
	}
#define ISSUER                              \
	{                                   \
		CONDITION_ISSUER, "Example" \
	}

#define TENANT                         \
	{                              \
		CONDITION_TENANT, OURS \
	}

static const struct {
	const char *name;
	struct wanted conditions[CONDITIONS]; /* values NULL: no more */
	bool want;
	const char *reason;
} cases[] = {
	{ "a name not looked up", { HOSTS }, true, "source-not-allowed" },
	{ "a source with names", { NAMED }, true, "source-not-allowed" },
	{ "an address elsewhere", { OUTSIDE }, false, "source-not-allowed" },
	{ "in the source, without its certificate", { INSIDE, CERTIFICATE },
	    true, "certificate-missing" },
	{ "without its issuer", { INSIDE, ISSUER }, true,
	    "certificate-missing" },
	{ "without TLS", { INSIDE, TLS }, true, "tls-missing" },
	{ "without either", { INSIDE, TLS, CERTIFICATE }, true, "tls-missing" },
	{ "only a certificate, which is not there", { CERTIFICATE }, false,
	    "certificate-missing" },
	{ "only a certificate and its issuer", { CERTIFICATE, ISSUER }, false,
	    "certificate-missing" },
	{ "a certificate and TLS", { TLS, CERTIFICATE }, false, "tls-missing" },
	{ "elsewhere and no certificate", { OUTSIDE, CERTIFICATE }, false,
	    "source-not-allowed" },
	{ "a name and a certificate, neither there", { HOSTS, CERTIFICATE },
	    true, "source-not-allowed" },
	{ "a name, but an address elsewhere", { OUTSIDE, HOSTS }, false,
	    "source-not-allowed" },
	{ "a name, but expired", { HOSTS, { CONDITION_UNTIL, "0" } }, false,
	    "source-not-allowed" },
	{ "no certificate, and another HELO",
	    { INSIDE, { CONDITION_HELO, "b.example" }, CERTIFICATE }, false,
	    "helo-mismatch" },
	{ "no certificate, the right HELO",
	    { INSIDE, { CONDITION_HELO, "a.example" }, CERTIFICATE }, true,
	    "certificate-missing" },
	{ "no certificate, and another recipient",
	    { INSIDE, CERTIFICATE, { CONDITION_RECIPIENT, "b@example.com" } },
	    false, "certificate-missing" },
	{ "no certificate, the right recipient",
	    { INSIDE, CERTIFICATE, { CONDITION_RECIPIENT, "a@example.com" } },
	    true, "certificate-missing" },
	{ "no tenant", { INSIDE, TENANT }, true, "tenant-missing" },
	{ "no originator", { INSIDE, { CONDITION_ORIGINATOR, "a.example" } },
	    true, "originator-mismatch" },
	{ "nobody connecting", { INSIDE, { CONDITION_CONNECTING, "1" } }, true,
	    "relayed-through-tenant" },
	{ "no secret", { INSIDE, { CONDITION_HEADERS, "0" } }, true,
	    "header-mismatch" },
	{ "no tenant, elsewhere", { OUTSIDE, TENANT }, false,
	    "source-not-allowed" },
	{ "no tenant, a name not looked up", { HOSTS, TENANT }, true,
	    "source-not-allowed" },
	{ "no tenant, no certificate", { INSIDE, CERTIFICATE, TENANT }, true,
	    "certificate-missing" },
	{ "no tenant, no certificate for an anchor", { CERTIFICATE, TENANT },
	    false, "certificate-missing" },
	{ "no tenant, another entity",
	    { INSIDE, TENANT, { CONDITION_ENTITY, "Hosted" } }, false,
	    "tenant-missing" },
	{ "no tenant, the right entity",
	    { INSIDE, TENANT, { CONDITION_ENTITY, "Internet" } }, true,
	    "tenant-missing" },
	{ "no tenant may be, no originator",
	    { INSIDE, { CONDITION_TENANT, OURS " pass" },
		{ CONDITION_ORIGINATOR, "a.example" } },
	    true, "originator-mismatch" },
	{ "no tenant, expired", { INSIDE, TENANT, { CONDITION_UNTIL, "0" } },
	    false, "expired" },
	{ "no tenant, of the system", { { CONDITION_ASN, "64500" }, TENANT },
	    true, "tenant-missing" },
	{ "no tenant, of another", { { CONDITION_ASN, "64501" }, TENANT },
	    false, "source-not-allowed" },
	{ "no tenant, the country not to be told",
	    { INSIDE, { CONDITION_COUNTRY, "DE" }, TENANT }, true,
	    "tenant-missing" },
	{ "no tenant, that alone", { { CONDITION_COUNTRY, "DE" }, TENANT },
	    false, "tenant-missing" },
	{ "no certificate, excepted",
	    { INSIDE, { CONDITION_EXCEPT, "1" }, CERTIFICATE }, false,
	    "source-not-allowed" },
};

static void
add_entry(struct policy *policy, const struct wanted *conditions)
{
	struct entry *entry = help_entry(policy, "entry");

	for (size_t i = 0; i < CONDITIONS && conditions[i].values != NULL; i++)
		help_add(entry, conditions[i].key, conditions[i].values);
}

static void
decide(struct rules *rules, struct decision *decision)
{
	static const char *const headers[] = { HEADER_ENTITY ": Internet",
		NULL };
	struct evidence *evidence = help_evidence(rules, headers);
	struct facts facts = help_facts(rules);
	struct recipient recipient;

	facts.stage = STAGE_HEADERS;
	facts.evidence = evidence;
	facts.geo = (struct geo){ .asn_state = GEO_FOUND,
		.asn = 64500,
		.country_state = GEO_UNKNOWN };
	facts.helo = "a.example";
	facts.sender = "a@sender.example";
	recipient_parse("<a@example.com>", &recipient);
	policy_decide(rules, &facts, &recipient, decision);
	free(evidence);
}

static void
check(const char *name, const struct decision *decision, bool near_miss,
    enum verdict verdict, const char *reason)
{
	if (decision->near_miss != near_miss || decision->verdict != verdict ||
	    strcmp(reason_text(decision->reason), reason) != 0)
		fail_msg("%s: got %s %d %s, want %s %d %s", name,
		    verdict_text(decision->verdict), decision->near_miss,
		    reason_text(decision->reason), verdict_text(verdict),
		    near_miss, reason);
}

static void
test_one_entry(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct rules *rules = help_rules();
		struct decision decision;

		help_wanted(rules, "X-Secret", "s3cret");
		add_entry(help_policy(rules, "p", "example.com"),
		    cases[i].conditions);
		decide(rules, &decision);
		check(cases[i].name, &decision, cases[i].want,
		    cases[i].want ? VERDICT_DEFER : VERDICT_REJECT,
		    cases[i].reason);

		rules->reject_near_miss = true;
		decide(rules, &decision);
		check(cases[i].name, &decision, cases[i].want, VERDICT_REJECT,
		    cases[i].reason);
		rules_free(rules);
	}
}

/* One entry is enough, though another came as near; on_error has no say. */
static void
test_among_others(void **state)
{
	static const struct wanted far[CONDITIONS] = { OUTSIDE };
	static const struct wanted near[CONDITIONS] = { INSIDE, CERTIFICATE };
	static const struct wanted in[CONDITIONS] = { INSIDE };

	(void)state;
	for (int order = 0; order < 2; order++) {
		struct rules *rules = help_rules();
		struct policy *policy = help_policy(rules, "p", "example.com");
		struct decision decision;

		rules->on_error = ANSWER_ACCEPT;
		add_entry(policy, order == 0 ? far : near);
		add_entry(policy, order == 0 ? near : far);
		decide(rules, &decision);
		check("far and near", &decision, true, VERDICT_DEFER,
		    "certificate-missing");
		add_entry(policy, in);
		decide(rules, &decision);
		check("and in", &decision, false, VERDICT_ACCEPT, "");
		rules_free(rules);
	}
}

/* A name that is known not to be theirs is no near miss. */
static void
test_names(void **state)
{
	static const struct wanted hosts[CONDITIONS] = { HOSTS };
	static const struct {
		const char *name;
		enum name_state state;
		const char *host;
		enum verdict want;
	} names[] = {
		{ "not looked up", NAME_NOT_LOOKED_UP, NULL, VERDICT_DEFER },
		{ "none, or forged", NAME_NONE, NULL, VERDICT_REJECT },
		{ "another", NAME_VERIFIED, "mx.evil.test", VERDICT_REJECT },
		{ "theirs", NAME_VERIFIED, "mx.mail.example", VERDICT_ACCEPT },
	};
	struct rules *rules = help_rules();

	(void)state;
	add_entry(help_policy(rules, "p", "example.com"), hosts);
	for (size_t i = 0; i < NITEMS(names); i++) {
		struct facts facts = help_facts(rules);
		struct decision decision;

		facts.name_state = names[i].state;
		facts.name = names[i].host;
		policy_decide_one(
		    rules, &facts, &rules->policies[0], &decision);
		if (decision.verdict != names[i].want)
			fail_msg("%s: got %s", names[i].name,
			    verdict_text(decision.verdict));
	}
	rules_free(rules);
}

/* A domain that the local part hides is held against it, too. */
static void
test_hidden(void **state)
{
	static const struct {
		const char *recipient;
		enum verdict want;
		size_t domain; /* that the decision is about */
	} tests[] = {
		{ "<a@example.com>", VERDICT_ACCEPT, 0 },
		{ "<a@sub.example.com>", VERDICT_REJECT, 0 },
		{ "<a%sub.example.com@example.com>", VERDICT_REJECT, 1 },
		{ "<sub.example.com!a@example.com>", VERDICT_REJECT, 1 },
		{ "<\"a@sub.example.com\"@example.com>", VERDICT_REJECT, 1 },
		{ "<a%example.com@sub.example.com>", VERDICT_REJECT, 0 },
		{ "<a%example.com@elsewhere.example>", VERDICT_ACCEPT, 1 },
	};
	struct rules *rules = help_rules();
	struct policy *policy = help_policy(rules, "p", "example.com");
	struct entry *entry = help_entry(policy, "entry");
	struct facts facts = help_facts(rules);

	(void)state;
	assert_true(domains_add(rules->domains, ".example.com", 0, NULL, NULL));
	help_add(entry, CONDITION_SOURCE, "1");
	help_add(entry, CONDITION_RECIPIENT, "example.com");
	for (size_t i = 0; i < NITEMS(tests); i++) {
		struct recipient recipient;
		struct decision decision;

		recipient_parse(tests[i].recipient, &recipient);
		policy_decide(rules, &facts, &recipient, &decision);
		if (decision.verdict != tests[i].want ||
		    decision.domain != tests[i].domain)
			fail_msg("%s: got %s of %zu, want %s of %zu",
			    tests[i].recipient, verdict_text(decision.verdict),
			    decision.domain, verdict_text(tests[i].want),
			    tests[i].domain);
	}
	rules_free(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_entry),
		cmocka_unit_test(test_among_others),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_hidden),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("near miss", tests, NULL, NULL);
}
