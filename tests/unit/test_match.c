/* SPDX-License-Identifier: ISC */
/* test_match.c - does a condition, an entry, a policy hold? */
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

/* What is known; the rest is as in help_facts(). */
struct known {
	const char *client;
	enum name_state name_state;
	const char *name;
	const char *daemon;
	uint16_t port;
	const char *helo, *tls, *cert, *issuer, *sender, *recipient;
	enum geo_state asn_state, country_state;
	uint32_t asn;
	char country[3];
	const char *header;
};

#define NAMED(text) .name_state = NAME_VERIFIED, .name = (text)
#define NO_NAME .name_state = NAME_NONE
#define TEMP .name_state = NAME_NOT_LOOKED_UP
#define SYSTEM(number) .asn_state = GEO_FOUND, .asn = (number)
#define LAND(text) .country_state = GEO_FOUND, .country = text

/* Sets: 1 is 192.0.2.0/24, 2 is 203.0.113.0/24; 5 and 6 have hosts. */
static const struct {
	const char *name;
	enum condition_key key;
	const char *values;
	struct known known;
	enum match want;
} cases[] = {
	{ "in the source", CONDITION_SOURCE, "1", { .client = "192.0.2.255" },
	    MATCH_YES },
	{ "outside", CONDITION_SOURCE, "1", { .client = "192.0.3.0" },
	    MATCH_CONTRADICTED },
	{ "mapped", CONDITION_SOURCE, "1", { .client = "::ffff:192.0.2.1" },
	    MATCH_YES },
	{ "in the second", CONDITION_SOURCE, "2 1", { .client = "192.0.2.1" },
	    MATCH_YES },
	{ "in none", CONDITION_SOURCE, "1 2", { .client = "198.18.0.1" },
	    MATCH_CONTRADICTED },
	{ "no address", CONDITION_SOURCE, "1", { 0 }, MATCH_CONTRADICTED },
	{ "source by address, no name looked up", CONDITION_SOURCE, "5",
	    { .client = "198.51.100.1", TEMP }, MATCH_YES },
	{ "source by address, no name", CONDITION_SOURCE, "5",
	    { .client = "198.51.100.1", NO_NAME }, MATCH_YES },
	{ "source by name", CONDITION_SOURCE, "5",
	    { .client = "192.0.2.1", NAMED("a.mail.example") }, MATCH_YES },
	{ "source by name, no address", CONDITION_SOURCE, "5",
	    { NAMED("mx.example.net") }, MATCH_YES },
	{ "another name", CONDITION_SOURCE, "5",
	    { .client = "192.0.2.1", NAMED("mail.example") },
	    MATCH_CONTRADICTED },
	{ "forged or none", CONDITION_SOURCE, "5",
	    { .client = "192.0.2.1", NO_NAME }, MATCH_CONTRADICTED },
	{ "not looked up", CONDITION_SOURCE, "5",
	    { .client = "192.0.2.1", TEMP }, MATCH_ABSENT },
	{ "settled by another source", CONDITION_SOURCE, "5 1",
	    { .client = "192.0.2.1", TEMP }, MATCH_YES },
	{ "settled, the other way round", CONDITION_SOURCE, "1 5",
	    { .client = "192.0.2.1", TEMP }, MATCH_YES },
	{ "not settled by another", CONDITION_SOURCE, "5 2",
	    { .client = "192.0.2.1", TEMP }, MATCH_ABSENT },
	{ "nor the other way round", CONDITION_SOURCE, "2 5",
	    { .client = "192.0.2.1", TEMP }, MATCH_ABSENT },
	{ "except wins over the name", CONDITION_SOURCE, "6",
	    { .client = "192.0.2.66", NAMED("a.mail.example") },
	    MATCH_CONTRADICTED },
	{ "except settles what was not looked up", CONDITION_SOURCE, "6",
	    { .client = "192.0.2.66", TEMP }, MATCH_CONTRADICTED },
	{ "beside the exception", CONDITION_SOURCE, "6",
	    { .client = "192.0.2.67", NAMED("a.mail.example") }, MATCH_YES },

	{ "in the network", CONDITION_NETWORKS, "1", { .client = "192.0.2.0" },
	    MATCH_YES },
	{ "in neither", CONDITION_NETWORKS, "1 2", { .client = "10.0.0.1" },
	    MATCH_CONTRADICTED },
	{ "no address is in no network", CONDITION_NETWORKS, "1", { 0 },
	    MATCH_CONTRADICTED },
	{ "excepted", CONDITION_EXCEPT, "3", { .client = "192.0.2.66" },
	    MATCH_CONTRADICTED },
	{ "not excepted", CONDITION_EXCEPT, "3", { .client = "192.0.2.65" },
	    MATCH_YES },
	{ "excepted by the second", CONDITION_EXCEPT, "2 3",
	    { .client = "192.0.2.66" }, MATCH_CONTRADICTED },
	{ "no address is excepted nowhere", CONDITION_EXCEPT, "3", { 0 },
	    MATCH_YES },

	{ "name", CONDITION_HOSTS, "mx.example.net",
	    { NAMED("MX.example.net.") }, MATCH_YES },
	{ "suffix", CONDITION_HOSTS, ".example.net",
	    { NAMED("mx.example.net") }, MATCH_YES },
	{ "another", CONDITION_HOSTS, ".example.net",
	    { NAMED("mx.badexample.net") }, MATCH_CONTRADICTED },
	{ "name of no use", CONDITION_HOSTS, ".example.net",
	    { NAMED("[192.0.2.1]") }, MATCH_CONTRADICTED },
	{ "no name", CONDITION_HOSTS, ".example.net", { NO_NAME },
	    MATCH_CONTRADICTED },
	{ "name not looked up", CONDITION_HOSTS, ".example.net", { TEMP },
	    MATCH_ABSENT },

	{ "system", CONDITION_ASN, "AS64500", { SYSTEM(64500) }, MATCH_YES },
	{ "one of two", CONDITION_ASN, "8075 64500", { SYSTEM(64500) },
	    MATCH_YES },
	{ "another system", CONDITION_ASN, "8075", { SYSTEM(64500) },
	    MATCH_CONTRADICTED },
	{ "the largest", CONDITION_ASN, "4294967295", { SYSTEM(UINT32_MAX) },
	    MATCH_YES },
	{ "no system found", CONDITION_ASN, "64500", { .asn = 64500 },
	    MATCH_CONTRADICTED },
	{ "a damaged database", CONDITION_ASN, "64500",
	    { .asn_state = GEO_UNKNOWN, .asn = 64500 }, MATCH_UNKNOWN },
	{ "a country does not help", CONDITION_ASN, "64500",
	    { .asn_state = GEO_UNKNOWN, LAND("DE") }, MATCH_UNKNOWN },
	{ "country", CONDITION_COUNTRY, "de", { LAND("DE") }, MATCH_YES },
	{ "the second country", CONDITION_COUNTRY, "FR DE", { LAND("DE") },
	    MATCH_YES },
	{ "another country", CONDITION_COUNTRY, "FR DE", { LAND("ED") },
	    MATCH_CONTRADICTED },
	{ "across two", CONDITION_COUNTRY, "FR DE", { LAND("RD") },
	    MATCH_CONTRADICTED },
	{ "no country found", CONDITION_COUNTRY, "DE", { .country = "DE" },
	    MATCH_CONTRADICTED },
	{ "no countries to be known", CONDITION_COUNTRY, "DE",
	    { .country_state = GEO_UNKNOWN, .country = "DE" }, MATCH_UNKNOWN },

	{ "listener", CONDITION_DAEMON, "inside 2525", { .daemon = "inside" },
	    MATCH_YES },
	{ "port", CONDITION_DAEMON, "inside 2525", { .port = 2525 },
	    MATCH_YES },
	{ "neither", CONDITION_DAEMON, "inside 2525",
	    { .daemon = "outside", .port = 25 }, MATCH_CONTRADICTED },
	{ "a part", CONDITION_DAEMON, "inside", { .daemon = "insider" },
	    MATCH_CONTRADICTED },
	{ "no suffix", CONDITION_DAEMON, "example.net",
	    { .daemon = "mx.example.net" }, MATCH_CONTRADICTED },
	{ "no listener told", CONDITION_DAEMON, "inside 2525", { 0 },
	    MATCH_CONTRADICTED },

	{ "HELO", CONDITION_HELO, ".example.net", { .helo = "a.Example.Net" },
	    MATCH_YES },
	{ "another HELO", CONDITION_HELO, "example.net",
	    { .helo = "a.example.net" }, MATCH_CONTRADICTED },
	{ "HELO literal", CONDITION_HELO, ".example.net",
	    { .helo = "[192.0.2.1]" }, MATCH_CONTRADICTED },
	{ "no HELO", CONDITION_HELO, "example.net", { 0 }, MATCH_CONTRADICTED },

	{ "encrypted", CONDITION_TLS, "", { .tls = "TLSv1.3" }, MATCH_YES },
	{ "plain text", CONDITION_TLS, "", { 0 }, MATCH_ABSENT },

	{ "certificate", CONDITION_CERTIFICATE, "a.example mail.example",
	    { .cert = "Mail.EXAMPLE" }, MATCH_YES },
	{ "another certificate", CONDITION_CERTIFICATE, "mail.example",
	    { .cert = "a.mail.example" }, MATCH_CONTRADICTED },
	{ "no certificate", CONDITION_CERTIFICATE, "mail.example",
	    { .tls = "TLSv1.3" }, MATCH_ABSENT },
	{ "issuer", CONDITION_ISSUER, "Example",
	    { .cert = "any", .issuer = "example" }, MATCH_YES },
	{ "another issuer", CONDITION_ISSUER, "Example",
	    { .cert = "Example", .issuer = "Forger" }, MATCH_CONTRADICTED },
	{ "no issuer", CONDITION_ISSUER, "Example", { .cert = "Example" },
	    MATCH_ABSENT },

	{ "sender", CONDITION_SENDER, "example.org",
	    { .sender = "a@example.org" }, MATCH_YES },
	{ "another sender", CONDITION_SENDER, "b@example.org",
	    { .sender = "a@example.org" }, MATCH_CONTRADICTED },
	{ "null sender", CONDITION_SENDER, "<>", { .sender = "" }, MATCH_YES },
	{ "null sender is no domain", CONDITION_SENDER, "example.org",
	    { .sender = "" }, MATCH_CONTRADICTED },
	{ "no sender told", CONDITION_SENDER, "<>", { 0 }, MATCH_CONTRADICTED },

	{ "recipient", CONDITION_RECIPIENT, "a@example.com",
	    { .recipient = "<A@example.com>" }, MATCH_YES },
	{ "another recipient", CONDITION_RECIPIENT, "a@example.com",
	    { .recipient = "<b@example.com>" }, MATCH_CONTRADICTED },
	{ "recipient that cannot be told", CONDITION_RECIPIENT, "example.com",
	    { .recipient = "<a@[192.0.2.1]>" }, MATCH_CONTRADICTED },
	{ "no recipient yet", CONDITION_RECIPIENT, "a@example.com", { 0 },
	    MATCH_OPEN },

	/* more of these in test_header.c */
	{ "tenant", CONDITION_TENANT, OURS,
	    { .header = HEADER_TENANT ":" OURS }, MATCH_YES },
	{ "another tenant", CONDITION_TENANT, OURS,
	    { .header = HEADER_TENANT ":" THEIRS }, MATCH_CONTRADICTED },
	{ "no tenant", CONDITION_TENANT, OURS, { 0 }, MATCH_ABSENT },
	{ "entity", CONDITION_ENTITY, "Hosted",
	    { .header = HEADER_ENTITY ":Hosted" }, MATCH_YES },
	{ "another entity", CONDITION_ENTITY, "Hosted",
	    { .header = HEADER_ENTITY ":Internet" }, MATCH_CONTRADICTED },
	{ "connecting", CONDITION_CONNECTING, "1",
	    { .header = HEADER_CONNECTING ":TenantId=" OURS ";Ip=[192.0.2.1]" },
	    MATCH_YES },
	{ "somebody connecting", CONDITION_CONNECTING, "2",
	    { .header = HEADER_CONNECTING ":TenantId=" OURS ";Ip=[192.0.2.1]" },
	    MATCH_CONTRADICTED },
	{ "originator", CONDITION_ORIGINATOR, "example.com",
	    { .header = HEADER_ORIGINATOR ":example.com" }, MATCH_YES },
	{ "another originator", CONDITION_ORIGINATOR, "example.com",
	    { .header = HEADER_ORIGINATOR ":example.net" },
	    MATCH_CONTRADICTED },
	{ "header", CONDITION_HEADERS, "0", { .header = "X-Secret:s3cret" },
	    MATCH_YES },
	{ "another header", CONDITION_HEADERS, "0",
	    { .header = "X-Secret:guess" }, MATCH_CONTRADICTED },

	{ "the day before", CONDITION_UNTIL, "1", { 0 }, MATCH_YES },
	{ "on the day", CONDITION_UNTIL, "0", { 0 }, MATCH_CONTRADICTED },
	{ "after it", CONDITION_UNTIL, "-1", { 0 }, MATCH_CONTRADICTED },
};

static struct facts
facts_of(const struct rules *rules, const struct known *known,
    struct recipient *recipient)
{
	struct facts facts = help_facts(rules);

	help_client(rules, known->client, &facts);
	facts.name_state = known->name_state;
	facts.name = known->name;
	facts.daemon = known->daemon;
	facts.server_port = known->port;
	facts.helo = known->helo;
	facts.tls_version = known->tls;
	facts.cert_subject = known->cert;
	facts.cert_issuer = known->issuer;
	facts.sender = known->sender;
	facts.geo.asn_state = known->asn_state;
	facts.geo.asn = known->asn;
	facts.geo.country_state = known->country_state;
	memcpy(facts.geo.country, known->country, sizeof(known->country));
	if (known->recipient != NULL) {
		recipient_parse(known->recipient, recipient);
		facts.recipient = recipient;
	}

	return facts;
}

static struct rules *
make_rules(void)
{
	struct rules *rules = help_rules();

	help_wanted(rules, "X-Secret", "s3cret");

	return rules;
}

static struct evidence *
evidence_of(const struct rules *rules, const struct known *known)
{
	const char *headers[] = { known->header, NULL };

	return help_evidence(rules, headers);
}

static void
test_conditions(void **state)
{
	struct rules *rules = make_rules();

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct condition condition =
		    help_condition(cases[i].key, cases[i].values);
		struct evidence *evidence = evidence_of(rules, &cases[i].known);
		struct recipient recipient;
		struct facts facts =
		    facts_of(rules, &cases[i].known, &recipient);
		enum match got;

		facts.stage = STAGE_HEADERS;
		facts.evidence = evidence;
		got = condition_match(rules, &condition, &facts);
		help_condition_done(&condition);
		free(evidence);
		if (got != cases[i].want)
			fail_msg("%s: got %s, want %s", cases[i].name,
			    match_text(got), match_text(cases[i].want));
	}
	rules_free(rules);
}

/* The table of the contract: from which stage is it known? is it an anchor? */
static const struct {
	enum condition_key key;
	enum stage from;
	bool anchor;
} known_from[] = {
	{ CONDITION_SOURCE, STAGE_CONNECT, true },
	{ CONDITION_NETWORKS, STAGE_CONNECT, true },
	{ CONDITION_EXCEPT, STAGE_CONNECT, false },
	{ CONDITION_HOSTS, STAGE_CONNECT, true },
	{ CONDITION_ASN, STAGE_CONNECT, true },
	{ CONDITION_COUNTRY, STAGE_CONNECT, false },
	{ CONDITION_DAEMON, STAGE_CONNECT, false },
	{ CONDITION_HELO, STAGE_HELO, false },
	{ CONDITION_TLS, STAGE_MAIL, false },
	{ CONDITION_CERTIFICATE, STAGE_MAIL, true },
	{ CONDITION_ISSUER, STAGE_MAIL, false },
	{ CONDITION_SENDER, STAGE_MAIL, false },
	{ CONDITION_RECIPIENT, STAGE_RCPT, false },
	{ CONDITION_TENANT, STAGE_HEADERS, false },
	{ CONDITION_ENTITY, STAGE_HEADERS, false },
	{ CONDITION_CONNECTING, STAGE_HEADERS, false },
	{ CONDITION_ORIGINATOR, STAGE_HEADERS, false },
	{ CONDITION_HEADERS, STAGE_HEADERS, false },
	{ CONDITION_UNTIL, STAGE_CONNECT, false },
};

/*
 * Before its stage each case above is open, whatever an earlier message
 * left in the facts; from there on it says one thing and keeps to it.
 */
static void
check_stages(const struct rules *rules, size_t i, enum stage from)
{
	struct condition condition =
	    help_condition(cases[i].key, cases[i].values);
	struct evidence *evidence = evidence_of(rules, &cases[i].known);
	struct recipient recipient;
	struct facts facts = facts_of(rules, &cases[i].known, &recipient);

	facts.evidence = evidence;
	for (enum stage stage = STAGE_CONNECT; stage <= STAGE_HEADERS;
	     stage++) {
		enum match want = stage < from ? MATCH_OPEN : cases[i].want;
		enum match got;

		facts.stage = stage;
		got = condition_match(rules, &condition, &facts);
		if (got != want)
			fail_msg("%s at %s: got %d, want %d", cases[i].name,
			    stage_text(stage), (int)got, (int)want);
	}
	free(evidence);
	help_condition_done(&condition);
}

static void
test_stages(void **state)
{
	struct rules *rules = make_rules();

	(void)state;
	assert_int_equal(NITEMS(known_from), CONDITION_COUNT);
	for (size_t i = 0; i < NITEMS(known_from); i++)
		assert_int_equal(condition_is_anchor(known_from[i].key),
		    known_from[i].anchor);
	for (size_t i = 0; i < NITEMS(cases); i++) {
		assert_int_equal(known_from[cases[i].key].key, cases[i].key);
		check_stages(rules, i, known_from[cases[i].key].from);
	}
	rules_free(rules);
}

/* Each key has a case for everything that it can say. */
static void
test_all_said(void **state)
{
	(void)state;
	for (enum condition_key key = 0; key < CONDITION_COUNT; key++) {
		bool said[MATCH_UNKNOWN + 1] = { false };

		for (size_t i = 0; i < NITEMS(cases); i++)
			if (cases[i].key == key)
				said[cases[i].want] = true;
		if (!said[MATCH_YES])
			fail_msg("%s: no yes", condition_text(key));
		if (said[MATCH_CONTRADICTED] == (key == CONDITION_TLS))
			fail_msg("%s: contradicted", condition_text(key));
	}
}

/* Section 5 of the contract: what a refusal for want of it is called. */
static const struct {
	enum condition_key key;
	const char *contradicted, *absent; /* NULL: cannot be */
} reasons[] = {
	{ CONDITION_SOURCE, "source-not-allowed", "source-not-allowed" },
	{ CONDITION_NETWORKS, "source-not-allowed", NULL },
	{ CONDITION_EXCEPT, "source-not-allowed", NULL },
	{ CONDITION_HOSTS, "source-not-allowed", "source-not-allowed" },
	{ CONDITION_ASN, "source-not-allowed", NULL },
	{ CONDITION_COUNTRY, "source-not-allowed", NULL },
	{ CONDITION_DAEMON, "source-not-allowed", NULL },
	{ CONDITION_HELO, "helo-mismatch", NULL },
	{ CONDITION_TLS, NULL, "tls-missing" },
	{ CONDITION_CERTIFICATE, "certificate-mismatch",
	    "certificate-missing" },
	{ CONDITION_ISSUER, "certificate-mismatch", "certificate-missing" },
	{ CONDITION_SENDER, "sender-mismatch", NULL },
	{ CONDITION_RECIPIENT, "recipient-mismatch", NULL },
	{ CONDITION_TENANT, "tenant-mismatch", "tenant-missing" },
	{ CONDITION_ENTITY, "entity-mismatch", "entity-mismatch" },
	{ CONDITION_CONNECTING, "relayed-through-tenant",
	    "relayed-through-tenant" },
	{ CONDITION_ORIGINATOR, "originator-mismatch", "originator-mismatch" },
	{ CONDITION_HEADERS, "header-mismatch", "header-mismatch" },
	{ CONDITION_UNTIL, "expired", NULL },
};

static void
check_reason(enum condition_key key, enum match match, const char *want)
{
	const char *got = reason_text(condition_reason(key, match));

	if (want != NULL && strcmp(got, want) != 0)
		fail_msg("%s %s: got %s, want %s", condition_text(key),
		    match_text(match), got, want);
}

static void
test_reasons(void **state)
{
	(void)state;
	assert_int_equal(NITEMS(reasons), CONDITION_COUNT);
	for (size_t i = 0; i < NITEMS(reasons); i++) {
		check_reason(reasons[i].key, MATCH_CONTRADICTED,
		    reasons[i].contradicted);
		check_reason(reasons[i].key, MATCH_ABSENT, reasons[i].absent);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_stages),
		cmocka_unit_test(test_all_said),
		cmocka_unit_test(test_reasons),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
