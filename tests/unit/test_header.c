/* SPDX-License-Identifier: ISC */
/* test_header.c - does a condition on the message's header hold? */
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
	HEADERS = 4
};

#define ID "X-MS-Exchange-CrossTenant-Id: "
#define ENTITY "X-MS-Exchange-CrossTenant-FromEntityHeader: "
#define ORG "X-OriginatorOrg: "
#define FROM(tenant, ip)                                                   \
	"X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp: " \
	"TenantId=" tenant ";Ip=[" ip "];Helo=[a.example]"
#define NO_IP                                                              \
	"X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp: " \
	"TenantId=" OURS ";Helo=[a.example]"
#define NO_TENANT                                                          \
	"X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp: " \
	"Ip=[192.0.2.7]"
#define TENANT CONDITION_TENANT
#define BOTH OURS " " ALSO

#define YES MATCH_YES, ""
#define NO(reason) MATCH_CONTRADICTED, reason
#define ABSENT(reason) MATCH_ABSENT, reason

/*
 * Of an entry with this condition beside a source that holds.  Set 1 is
 * 192.0.2.0/24, set 2 203.0.113.0/24; "0 1" are X-Secret: s3cret and
 * X-Other: 1.
 */
static const struct {
	const char *name;
	enum condition_key key;
	const char *values;
	const char *headers[HEADERS + 1];
	enum match want;
	const char *reason;
} cases[] = {
	{ "ours", TENANT, OURS, { ID OURS }, YES },
	{ "one of two", TENANT, BOTH, { ID ALSO }, YES },
	{ "theirs", TENANT, BOTH, { ID THEIRS }, NO("tenant-mismatch") },
	{ "none", TENANT, OURS, { ENTITY "Hosted" }, ABSENT("tenant-missing") },
	{ "none may be", TENANT, OURS " pass", { ENTITY "Hosted" }, YES },
	{ "theirs where none may be", TENANT, OURS " pass", { ID THEIRS },
	    NO("tenant-mismatch") },
	{ "twice", TENANT, OURS, { ID OURS, ID OURS }, YES },
	{ "ours and theirs", TENANT, OURS, { ID OURS, ID THEIRS },
	    NO("tenant-conflict") },
	{ "both listed", TENANT, BOTH, { ID OURS, ID ALSO },
	    NO("tenant-conflict") },
	{ "both listed, none may be", TENANT, BOTH " pass",
	    { ID OURS, ID ALSO }, NO("tenant-conflict") },
	{ "no GUID", TENANT, OURS, { ID "ours" }, NO("tenant-mismatch") },
	{ "no GUID where none may be", TENANT, OURS " pass", { ID "" },
	    NO("tenant-mismatch") },
	{ "no GUID beside ours", TENANT, OURS, { ID OURS, ID "ours" },
	    NO("tenant-conflict") },
	{ "a TenantId speaks for nobody", TENANT, OURS,
	    { FROM(OURS, "192.0.2.7") }, ABSENT("tenant-missing") },
	{ "nor against, where none may be", TENANT, OURS " pass",
	    { FROM(OURS, "192.0.2.7") }, YES },
	{ "another's does", TENANT, OURS, { FROM(THEIRS, "192.0.2.7") },
	    NO("tenant-mismatch") },
	{ "where none may be, too", TENANT, OURS " pass",
	    { FROM(THEIRS, "192.0.2.7") }, NO("tenant-mismatch") },
	{ "one that is none", TENANT, OURS, { FROM("ours", "192.0.2.7") },
	    NO("tenant-mismatch") },
	{ "one that is none beside ours", TENANT, OURS,
	    { ID OURS, FROM("ours", "192.0.2.7") }, NO("tenant-conflict") },
	{ "no TenantId", TENANT, OURS " pass", { NO_TENANT },
	    NO("tenant-mismatch") },
	{ "no TenantId beside ours", TENANT, OURS, { ID OURS, NO_TENANT },
	    NO("tenant-mismatch") },
	{ "ours, said twice", TENANT, OURS,
	    { ID OURS, FROM(OURS, "192.0.2.7") }, YES },
	{ "it contradicts itself", TENANT, OURS,
	    { ID OURS, FROM(THEIRS, "192.0.2.7") }, NO("tenant-conflict") },
	{ "even among listed ones", TENANT, BOTH,
	    { ID OURS, FROM(ALSO, "192.0.2.7") }, NO("tenant-conflict") },
	{ "an Ip that is none is not its matter", TENANT, OURS,
	    { ID OURS, FROM(OURS, "?") }, YES },

	{ "hosted", CONDITION_ENTITY, "Hosted", { ENTITY "Hosted" }, YES },
	{ "one of two entities", CONDITION_ENTITY, "Hosted HybridOnPrem",
	    { ENTITY "HybridOnPrem" }, YES },
	{ "another entity", CONDITION_ENTITY, "Hosted HybridOnPrem",
	    { ENTITY "Internet" }, NO("entity-mismatch") },
	{ "each must be listed", CONDITION_ENTITY, "Hosted",
	    { ENTITY "Hosted", ENTITY "Internet" }, NO("entity-mismatch") },
	{ "each is", CONDITION_ENTITY, "Internet Hosted",
	    { ENTITY "Hosted", ENTITY "Internet" }, YES },
	{ "an entity that is none", CONDITION_ENTITY,
	    "Hosted HybridOnPrem Internet", { ENTITY "hybrid" },
	    NO("entity-mismatch") },
	{ "no entity", CONDITION_ENTITY, "Hosted", { ID OURS },
	    ABSENT("entity-mismatch") },
	{ "no entity may be", CONDITION_ENTITY, "Hosted pass", { ID OURS },
	    YES },
	{ "an empty one is one", CONDITION_ENTITY, "Hosted pass", { ENTITY },
	    NO("entity-mismatch") },

	{ "our server", CONDITION_CONNECTING, "1", { FROM(OURS, "192.0.2.7") },
	    YES },
	{ "our other one", CONDITION_CONNECTING, "2 1",
	    { FROM(OURS, "192.0.2.7") }, YES },
	{ "mapped", CONDITION_CONNECTING, "1",
	    { FROM(OURS, "::ffff:192.0.2.7") }, YES },
	{ "somebody", CONDITION_CONNECTING, "1", { FROM(OURS, "203.0.113.7") },
	    NO("relayed-through-tenant") },
	{ "IPv6", CONDITION_CONNECTING, "1", { FROM(OURS, "2001:db8::1") },
	    NO("relayed-through-tenant") },
	{ "our server and somebody", CONDITION_CONNECTING, "1",
	    { FROM(OURS, "192.0.2.7"), FROM(OURS, "203.0.113.7") },
	    NO("relayed-through-tenant") },
	{ "both ours", CONDITION_CONNECTING, "1 2",
	    { FROM(OURS, "192.0.2.7"), FROM(OURS, "203.0.113.7") }, YES },
	{ "in HELO", CONDITION_CONNECTING, "1",
	    { FROM(OURS, "203.0.113.7];Ip=[192.0.2.7") },
	    NO("relayed-through-tenant") },
	{ "no Ip", CONDITION_CONNECTING, "1 pass", { NO_IP },
	    NO("relayed-through-tenant") },
	{ "an Ip that is none", CONDITION_CONNECTING, "1 pass",
	    { FROM(OURS, "192.0.2.7"), FROM(OURS, "192.0.2.07") },
	    NO("relayed-through-tenant") },
	{ "no TenantId is not its matter", CONDITION_CONNECTING, "1",
	    { NO_TENANT }, YES },
	{ "nobody", CONDITION_CONNECTING, "1", { ID OURS },
	    ABSENT("relayed-through-tenant") },
	{ "nobody may be", CONDITION_CONNECTING, "1 pass", { ID OURS }, YES },

	{ "our domain", CONDITION_ORIGINATOR, "example.com",
	    { ORG "Example.COM." }, YES },
	{ "one below", CONDITION_ORIGINATOR, ".example.com",
	    { ORG "a.example.com" }, YES },
	{ "not one below", CONDITION_ORIGINATOR, "example.com",
	    { ORG "a.example.com" }, NO("originator-mismatch") },
	{ "not itself", CONDITION_ORIGINATOR, ".example.com",
	    { ORG "example.com" }, NO("originator-mismatch") },
	{ "U-labels", CONDITION_ORIGINATOR, "xn--bcher-kva.example",
	    { ORG "b\xc3\xbc"
		  "cher.example" },
	    YES },
	{ "two listed ones", CONDITION_ORIGINATOR, "example.com example.net",
	    { ORG "example.com", ORG "example.net" },
	    NO("originator-mismatch") },
	{ "the same twice", CONDITION_ORIGINATOR, "example.com",
	    { ORG "example.com", ORG "EXAMPLE.com" }, YES },
	{ "no domain", CONDITION_ORIGINATOR, "example.com pass", { ORG "?" },
	    NO("originator-mismatch") },
	{ "no domain beside ours", CONDITION_ORIGINATOR, "example.com",
	    { ORG "example.com", ORG "" }, NO("originator-mismatch") },
	{ "no originator", CONDITION_ORIGINATOR, "example.com", { ID OURS },
	    ABSENT("originator-mismatch") },
	{ "no originator may be", CONDITION_ORIGINATOR, "example.com pass",
	    { ID OURS }, YES },

	{ "the secret", CONDITION_HEADERS, "0", { "x-secret: s3cret" }, YES },
	{ "both headers", CONDITION_HEADERS, "0 1",
	    { "X-Other: 1", "X-Secret: s3cret" }, YES },
	{ "one of them", CONDITION_HEADERS, "0 1", { "X-Secret: s3cret" },
	    ABSENT("header-mismatch") },
	{ "one of them, the other wrong", CONDITION_HEADERS, "0 1",
	    { "X-Other: 2" }, NO("header-mismatch") },
	{ "the other way round", CONDITION_HEADERS, "1 0", { "X-Other: 2" },
	    NO("header-mismatch") },
	{ "neither", CONDITION_HEADERS, "0 1", { ID OURS },
	    ABSENT("header-mismatch") },
	{ "a guess", CONDITION_HEADERS, "0", { "X-Secret: guess" },
	    NO("header-mismatch") },
	{ "twice", CONDITION_HEADERS, "0",
	    { "X-Secret: s3cret", "X-Secret: s3cret" }, NO("header-mismatch") },
	{ "and a guess", CONDITION_HEADERS, "0",
	    { "X-Secret: s3cret", "X-Secret: guess" }, NO("header-mismatch") },
	{ "not asked for", CONDITION_HEADERS, "0",
	    { "X-Secret: s3cret", "X-Other: 2" }, YES },
};

static struct rules *
rules_of(size_t i)
{
	struct rules *rules = help_rules();
	struct entry *entry =
	    help_entry(help_policy(rules, "p", "example.com"), "entry");

	help_wanted(rules, "X-Secret", "s3cret");
	help_wanted(rules, "X-Other", "1");
	help_add(entry, CONDITION_SOURCE, "1");
	help_add(entry, cases[i].key, cases[i].values);

	return rules;
}

static enum verdict
verdict_of(enum match match)
{
	switch (match) {
	case MATCH_YES:
		return VERDICT_ACCEPT;
	case MATCH_CONTRADICTED:
		return VERDICT_REJECT;
	case MATCH_ABSENT:
		return VERDICT_DEFER; /* its anchor holds: a near miss */
	case MATCH_OPEN:
	case MATCH_UNKNOWN:
		break;
	}

	return VERDICT_OPEN;
}

static void
check(size_t i, const struct rules *rules, const struct facts *facts)
{
	const struct policy *policy = &rules->policies[0];
	enum match got =
	    condition_match(rules, &policy->entries[0].conditions[1], facts);
	struct decision decision;

	policy_decide_one(rules, facts, policy, &decision);
	if (got != cases[i].want ||
	    decision.verdict != verdict_of(cases[i].want) ||
	    decision.near_miss != (got == MATCH_ABSENT) ||
	    strcmp(reason_text(decision.reason), cases[i].reason) != 0)
		fail_msg("%s: got %s, %s %s, want %s, %s", cases[i].name,
		    match_text(got), verdict_text(decision.verdict),
		    reason_text(decision.reason), match_text(cases[i].want),
		    cases[i].reason);
}

/* The order in which headers stand changes nothing. */
static void
test_conditions(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct rules *rules = rules_of(i);
		struct facts facts = help_facts(rules);
		const char *turned[HEADERS + 1] = { NULL };
		struct evidence *evidence =
		    help_evidence(rules, cases[i].headers);
		size_t count = 0;

		facts.stage = STAGE_HEADERS;
		facts.evidence = evidence;
		check(i, rules, &facts);
		free(evidence);

		while (cases[i].headers[count] != NULL)
			count++;
		for (size_t k = 0; k < count; k++)
			turned[k] = cases[i].headers[count - 1 - k];
		facts.evidence = evidence = help_evidence(rules, turned);
		check(i, rules, &facts);
		free(evidence);
		rules_free(rules);
	}
}

/* Of a message without header, all is absent. */
static void
test_no_header(void **state)
{
	static const char *const none[] = { NULL };

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct rules *rules = rules_of(i);
		struct facts facts = help_facts(rules);
		struct evidence *evidence = help_evidence(rules, none);
		const struct condition *condition =
		    &rules->policies[0].entries[0].conditions[1];

		facts.stage = STAGE_HEADERS;
		facts.evidence = evidence;
		assert_int_equal(condition_match(rules, condition, &facts),
		    condition->absent_passes ? MATCH_YES : MATCH_ABSENT);
		free(evidence);
		rules_free(rules);
	}
}

/* Before the end of the headers nobody knows, whatever was seen so far. */
static void
test_before(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct rules *rules = rules_of(i);
		struct facts facts = help_facts(rules);
		struct evidence *evidence =
		    help_evidence(rules, cases[i].headers);
		struct decision decision;

		facts.evidence = evidence;
		policy_decide_one(
		    rules, &facts, &rules->policies[0], &decision);
		assert_int_equal(decision.verdict, VERDICT_OPEN);
		assert_int_equal(decision.reason, REASON_NONE);
		assert_int_equal(decision.count, 0);
		free(evidence);
		rules_free(rules);
	}
}

/* Behind the bound lies what nobody looked at: a conflict of tenants. */
static void
test_beyond(void **state)
{
	static const struct {
		enum condition_key key;
		const char *values, *field, *reason;
	} beyond[] = {
		{ TENANT, OURS " pass", HEADER_TENANT, "tenant-conflict" },
		{ TENANT, OURS " pass", HEADER_CONNECTING, "tenant-conflict" },
		{ CONDITION_CONNECTING, "1 pass", HEADER_CONNECTING,
		    "relayed-through-tenant" },
		{ CONDITION_ENTITY, "Hosted pass", HEADER_ENTITY,
		    "entity-mismatch" },
		{ CONDITION_ORIGINATOR, "example.com pass", HEADER_ORIGINATOR,
		    "originator-mismatch" },
	};
	static const char *const fields[] = { ID OURS, FROM(OURS, "192.0.2.7"),
		ENTITY "Hosted", ORG "example.com", NULL };
	/* of what goes on too long, the beginning is ours */
	static const char ours[] = "TenantId=" OURS ";Ip=[192.0.2.7];Helo=";
	char value[EVIDENCE_VALUE + 2];

	(void)state;
	memset(value, 'a', sizeof(value) - 1);
	memcpy(value, ours, sizeof(ours) - 1);
	value[sizeof(value) - 1] = '\0';
	for (size_t i = 0; i < NITEMS(beyond); i++) {
		struct rules *rules = help_rules();
		struct entry *entry =
		    help_entry(help_policy(rules, "p", "*"), "entry");
		struct facts facts = help_facts(rules);
		struct evidence *evidence = help_evidence(rules, fields);
		struct decision decision;

		help_add(entry, CONDITION_SOURCE, "1");
		help_add(entry, beyond[i].key, beyond[i].values);
		facts.stage = STAGE_HEADERS;
		facts.evidence = evidence;
		assert_int_equal(entry_match(rules, entry, &facts), MATCH_YES);
		evidence_add(evidence, rules, beyond[i].field, value);
		policy_decide_one(
		    rules, &facts, &rules->policies[0], &decision);
		assert_int_equal(decision.verdict, VERDICT_REJECT);
		assert_string_equal(
		    reason_text(decision.reason), beyond[i].reason);
		free(evidence);
		rules_free(rules);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_no_header),
		cmocka_unit_test(test_before),
		cmocka_unit_test(test_beyond),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("header", tests, NULL, NULL);
}
