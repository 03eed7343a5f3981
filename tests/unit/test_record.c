/* SPDX-License-Identifier: ISC */
/* test_record.c - how is it written down? */
#include "config.h"

#include "policy/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "net/setlist.h"
#include "policy/evidence.h"
#include "policy/reply.h"

/* 2026-11-24T04:00:00.123456Z, by date -u -d ... +%s */
#define TIME_US INT64_C(1795492800123456)
#define ID "01JDE0000000000000000000AB"
#define RULES_VERSION \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

#define IPV6 "2001:db8:1111:2222:3333:4444:5555:6666"

enum {
	LONG = 60000
};

static char outlook[] = "microsoft-outlook";
static char office[] = "office";
static char hybrid[] = "hybrid";
static struct set some_names[] = { { .name = NULL }, { .name = outlook },
	{ .name = NULL }, { .name = office } };

static const struct setlist *
some_sets(void)
{
	static const uint32_t sets[] = { 0, 1, 3 };
	static uint8_t some[NITEMS(sets) * SETLIST_SET + SETLIST_END];

	(void)setlist_pack(sets, NITEMS(sets), some);

	return (const struct setlist *)(const void *)some;
}

static const struct setlist *
no_sets(void)
{
	static uint8_t none[SETLIST_END];

	(void)setlist_pack(NULL, 0, none);

	return (const struct setlist *)(const void *)none;
}

static struct entry entry = { .name = outlook };
static struct policy policy = { .name = hybrid };

static struct decision
make_decision(void)
{
	struct decision decision = { .verdict = VERDICT_REJECT,
		.reason = REASON_SOURCE_NOT_ALLOWED,
		.policy = &policy,
		.count = 1 };

	decision.failing[0] =
	    (struct failing){ &entry, CONDITION_SOURCE, MATCH_CONTRADICTED };

	return decision;
}

static struct facts
make_facts(void)
{
	struct facts facts = { .stage = STAGE_RCPT,
		.sets = some_sets(),
		.port = 40000,
		.name = "host.example",
		.daemon = "guard1.example.com",
		.server_port = 25,
		.helo = "helo.example",
		.sender = "a@b.example",
		.tls_version = "TLSv1.3",
		.tls_cipher = "TLS_AES_256_GCM_SHA384",
		.cert_subject = "mail.protection.outlook.com",
		.cert_issuer = "DigiCert Cloud Services CA-1",
		.queue_id = "4Xyz" };

	assert_true(addr_parse("40.107.22.52", &facts.addr));
	assert_true(addr_parse("192.0.2.25", &facts.server));
	facts.geo = (struct geo){ .asn_state = GEO_FOUND,
		.asn = 8075,
		.organization = "MICROSOFT-CORP",
		.country_state = GEO_FOUND,
		.country = "IE" };

	return facts;
}

static const char *const rcpt = "ceo@contoso.example";

/* The members and their order are those of the contract, section 5. */
static const char whole[] =
    "{\"@timestamp\":\"2026-11-24T04:00:00.123456Z\","
    "\"ecs\":{\"version\":\"8.11.0\"},"
    "\"event\":{\"kind\":\"alert\",\"category\":[\"network\",\"email\"],"
    "\"type\":[\"connection\",\"denied\"],\"action\":\"bypass-rejected\","
    "\"outcome\":\"failure\",\"id\":\"" ID "\","
    "\"reason\":\"source-not-allowed\",\"sequence\":,"
    "\"provider\":\"postern\"},"
    "\"source\":{\"ip\":\"40.107.22.52\",\"port\":40000,"
    "\"domain\":\"host.example\","
    "\"as\":{\"number\":8075,\"organization\":"
    "{\"name\":\"MICROSOFT-CORP\"}},"
    "\"geo\":{\"country_iso_code\":\"IE\"}},"
    "\"destination\":{\"ip\":\"192.0.2.25\",\"port\":25},"
    "\"email\":{\"from\":{\"address\":[\"a@b.example\"]},"
    "\"to\":{\"address\":[\"ceo@contoso.example\"]},"
    "\"message_id\":\"<a\\u0001@b>\"},"
    "\"tls\":{\"version\":\"1.3\",\"version_protocol\":\"tls\","
    "\"cipher\":\"TLS_AES_256_GCM_SHA384\","
    "\"client\":{\"subject\":\"mail.protection.outlook.com\","
    "\"issuer\":\"DigiCert Cloud Services CA-1\"}},"
    "\"rule\":{\"name\":\"hybrid\",\"version\":\"" RULES_VERSION "\"},"
    "\"host\":{\"name\":\"guard1\"},"
    "\"observer\":{\"vendor\":\"Postern\",\"type\":\"milter\","
    "\"version\":\"" PACKAGE_VERSION "\"},"
    "\"postern\":{\"stage\":\"rcpt\",\"sources\":[\"microsoft-outlook\","
    "\"office\"],\"helo\":\"helo.example\","
    "\"daemon\":\"guard1.example.com\",\"queue_id\":\"4Xyz\","
    "\"session\":\"S\",\"mode\":\"enforce\","
    "\"reply\":\"550 5.7.1 no\","
    "\"entries\":[{\"entry\":\"microsoft-outlook\","
    "\"failed\":\"source\"}],";

static void
test_whole(void **state)
{
	struct rules rules = { .sets = some_names, .nsets = 4 };
	struct facts facts = make_facts();
	struct decision decision = make_decision();
	struct evidence *evidence = evidence_new(&rules);
	struct record record = { .action = ACTION_BYPASS_REJECTED,
		.time_us = TIME_US,
		.id = ID,
		.host = "guard1",
		.version = RULES_VERSION,
		.rules = &rules,
		.facts = &facts,
		.decision = &decision,
		.stage = STAGE_RCPT,
		.session = "S",
		.rcpts = &rcpt,
		.nrcpts = 1,
		.reply = "550 5.7.1 no" };
	struct record_line line;

	(void)state;
	evidence_add(evidence, &rules, "Message-Id", " <a\1@b>");
	facts.evidence = evidence;
	record_line_init(&line);
	assert_int_equal(record_write(&record, 0, &line), 1);
	assert_string_equal(buf_text(&line.text), whole);
	assert_memory_equal(
	    line.text.data + line.sequence_at, ",\"provider\"", 11);
	record_line_done(&line);
	free(evidence);
}

/* What is not known is left out; `sources` is always there. */
static void
test_bare(void **state)
{
	struct rules rules = { .sets = some_names, .nsets = 4 };
	/* of a message without Message-ID */
	struct evidence *evidence = evidence_new(&rules);
	struct facts facts = { .sets = no_sets(), .evidence = evidence };
	struct decision decision = { .verdict = VERDICT_REJECT,
		.monitor = true };
	struct record record = { .action = ACTION_PROBE_SEEN,
		.time_us = TIME_US,
		.id = ID,
		.host = "guard1",
		.version = RULES_VERSION,
		.rules = &rules,
		.facts = &facts,
		.decision = &decision,
		.stage = STAGE_CONNECT,
		.session = "S" };
	static const char want[] =
	    "\"sequence\":,\"provider\":\"postern\"},"
	    "\"rule\":{\"version\":\"" RULES_VERSION "\"},"
	    "\"host\":{\"name\":\"guard1\"},\"observer\":{\"vendor\":"
	    "\"Postern\",\"type\":\"milter\",\"version\":\"" PACKAGE_VERSION
	    "\"},\"postern\":{\"stage\":\"connect\",\"sources\":[],"
	    "\"session\":\"S\",\"mode\":\"monitor\",\"entries\":[],";
	struct record_line line;

	(void)state;
	record_line_init(&line);
	assert_int_equal(record_write(&record, 0, &line), 0);
	assert_string_equal(strstr(buf_text(&line.text), "\"sequence\""), want);
	record_line_done(&line);
	free(evidence);
}

/* Where a client comes from: what of it is known. */
static void
test_geo(void **state)
{
	static const struct {
		const char *name;
		struct geo geo;
		const char *want; /* NULL: nothing */
	} tests[] = {
		{ "nothing", { .asn = 1, .country = "DE" }, NULL },
		{ "damaged",
		    { .asn_state = GEO_UNKNOWN,
			.asn = 1,
			.country_state = GEO_UNKNOWN,
			.country = "DE" },
		    NULL },
		{ "a system without a name",
		    { .asn_state = GEO_FOUND, .asn = UINT32_MAX },
		    "\"as\":{\"number\":4294967295}" },
		{ "a country alone",
		    { .country_state = GEO_FOUND, .country = "DE" },
		    "\"geo\":{\"country_iso_code\":\"DE\"}" },
		{ "a name that forges",
		    { .asn_state = GEO_FOUND,
			.asn = 1,
			.organization = "a\"},\n" },
		    "\"as\":{\"number\":1,\"organization\":{\"name\":"
		    "\"a\\\"},\\u000a\"}}" },
	};
	struct rules rules = { .sets = some_names, .nsets = 4 };

	(void)state;
	for (size_t i = 0; i < NITEMS(tests); i++) {
		struct facts facts = { .sets = no_sets(), .geo = tests[i].geo };
		struct record record = { .action = ACTION_PROBE_SEEN,
			.rules = &rules,
			.facts = &facts };
		struct record_line line;
		char want[256];

		(void)snprintf(want, sizeof(want), "},\"source\":{%s},",
		    tests[i].want == NULL ? "" : tests[i].want);
		record_line_init(&line);
		(void)record_write(&record, 0, &line);
		if (tests[i].want == NULL
			? strstr(buf_text(&line.text), "\"source\"") != NULL
			: strstr(buf_text(&line.text), want) == NULL)
			fail_msg("%s: got %s, want %s", tests[i].name,
			    buf_text(&line.text), want);
		record_line_done(&line);
	}
}

/* The table of the contract, section 5. */
static void
test_actions(void **state)
{
	static const struct {
		enum record_action action;
		const char *want;
	} tests[] = {
		{ ACTION_BYPASS_QUARANTINED,
		    "\"kind\":\"alert\",\"category\":[\"network\",\"email\"],"
		    "\"type\":[\"connection\",\"denied\"],"
		    "\"action\":\"bypass-quarantined\","
		    "\"outcome\":\"failure\"" },
		{ ACTION_BYPASS_MARKED,
		    "\"kind\":\"alert\",\"category\":[\"network\",\"email\"],"
		    "\"type\":[\"connection\",\"allowed\"],"
		    "\"action\":\"bypass-marked\","
		    "\"outcome\":\"success\"" },
		{ ACTION_BYPASS_DEFERRED,
		    "\"kind\":\"alert\",\"category\":[\"network\",\"email\"],"
		    "\"type\":[\"connection\",\"denied\"],"
		    "\"action\":\"bypass-deferred\","
		    "\"outcome\":\"unknown\"" },
		{ ACTION_BYPASS_OBSERVED,
		    "\"kind\":\"alert\",\"category\":[\"network\",\"email\"],"
		    "\"type\":[\"connection\",\"allowed\"],"
		    "\"action\":\"bypass-observed\","
		    "\"outcome\":\"success\"" },
	};

	(void)state;
	for (size_t i = 0; i < NITEMS(tests); i++) {
		struct record record = { .action = tests[i].action };
		struct record_line line;

		record_line_init(&line);
		(void)record_write(&record, 0, &line);
		if (strstr(buf_text(&line.text), tests[i].want) == NULL)
			fail_msg("got %s, want %s", buf_text(&line.text),
			    tests[i].want);
		record_line_done(&line);
	}
}

#define OPERATOR(action, outcome)                                         \
	"{\"@timestamp\":\"2026-11-24T04:00:00.123456Z\","                \
	"\"ecs\":{\"version\":\"8.11.0\"},"                               \
	"\"event\":{\"kind\":\"event\",\"category\":[\"configuration\"]," \
	"\"type\":[" action ",\"outcome\":\"" outcome "\","               \
	"\"id\":\"" ID "\",\"sequence\":,\"provider\":\"postern\"},"
#define MACHINE                                                          \
	"\"host\":{\"name\":\"guard1\"},\"observer\":{\"vendor\":"       \
	"\"Postern\",\"type\":\"milter\",\"version\":\"" PACKAGE_VERSION \
	"\"},"
#define ROOT "\"user\":{\"id\":\"0\",\"name\":\"root\"},"

/* Section 5 of the contract; a record's `until` is 2026-11-24T06:00:00Z. */
static const struct {
	const char *name;
	struct record record;
	const char *want;
} operators[] = {
	{ "opened, one policy",
	    { .action = ACTION_OPENED,
		.version = RULES_VERSION,
		.user_id = "0",
		.user_name = "root",
		.note = "filter is \"down\"",
		.policy = "hybrid",
		.until_us = INT64_C(1795500000000000) },
	    OPERATOR("\"change\"],\"action\":\"opened\"",
		"success") "\"rule\":{\"name\":\"hybrid\",\"version\":\"" RULES_VERSION
			   "\"}," ROOT MACHINE
			   "\"postern\":{\"note\":\"filter is \\\"down\\\"\","
			   "\"until\":\"2026-11-24T06:00:00.000000Z\"," },
	{ "closed by a user without a name",
	    { .action = ACTION_CLOSED,
		.version = RULES_VERSION,
		.user_id = "4242" },
	    OPERATOR("\"change\"],\"action\":\"closed\"",
		"success") "\"rule\":{\"version\":\"" RULES_VERSION "\"},"
			   "\"user\":{\"id\":\"4242\"}," MACHINE
			   "\"postern\":{" },
	{ "reloaded",
	    { .action = ACTION_RELOADED,
		.version = RULES_VERSION,
		.user_id = "0",
		.user_name = "root",
		.previous_version = "abcdef" },
	    OPERATOR("\"change\"],\"action\":\"reloaded\"",
		"success") "\"rule\":{\"version\":\"" RULES_VERSION
			   "\"}," ROOT MACHINE
			   "\"postern\":{\"previous_version\":\"abcdef\"," },
	{ "reload-failed",
	    { .action = ACTION_RELOAD_FAILED,
		.version = RULES_VERSION,
		.user_id = "0",
		.user_name = "root",
		.note = "postern.conf:1: no" },
	    OPERATOR("\"info\"],\"action\":\"reload-failed\"",
		"failure") "\"rule\":{\"version\":\"" RULES_VERSION
			   "\"}," ROOT MACHINE
			   "\"postern\":{\"note\":\"postern.conf:1: no\"," },
};

static void
test_operator(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(operators); i++) {
		struct record record = operators[i].record;
		struct record_line line;

		record.time_us = TIME_US;
		record.id = ID;
		record.host = "guard1";
		record_line_init(&line);
		assert_int_equal(record_write(&record, 0, &line), 0);
		if (strcmp(buf_text(&line.text), operators[i].want) != 0)
			fail_msg("%s: got\n%s, want\n%s", operators[i].name,
			    buf_text(&line.text), operators[i].want);
		record_line_done(&line);
	}
}

/* The decision's policy is the rule, whatever else is there. */
static void
test_decided_rule(void **state)
{
	struct rules rules = { .sets = some_names, .nsets = 4 };
	struct facts facts = make_facts();
	struct decision decision = make_decision();
	struct record record = { .action = ACTION_BYPASS_OBSERVED,
		.time_us = TIME_US,
		.rules = &rules,
		.facts = &facts,
		.decision = &decision,
		.policy = "other" };
	struct record_line line;

	(void)state;
	record_line_init(&line);
	(void)record_write(&record, 0, &line);
	assert_non_null(
	    strstr(buf_text(&line.text), "\"rule\":{\"name\":\"hybrid\"}"));
	record_line_done(&line);
}

/* The longest note that an operator can give, as hard to write as can be. */
static void
test_longest_operation(void **state)
{
	char note[513], name[65];
	struct record record = { .action = ACTION_OPENED,
		.time_us = TIME_US,
		.id = ID,
		.version = RULES_VERSION,
		.previous_version = RULES_VERSION,
		.user_id = "0",
		.note = note,
		.policy = name,
		.until_us = TIME_US };
	struct record_line line;

	(void)state;
	memset(note, '"', sizeof(note) - 1);
	note[sizeof(note) - 1] = '\0';
	memset(name, '\\', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	record_line_init(&line);
	(void)record_write(&record, 0, &line);
	assert_true(line.text.len <= RECORD_LINE - RECORD_CHAIN);
	/* the note is whole: twice as many bytes, none cut */
	assert_non_null(
	    strstr(buf_text(&line.text), "\\\"\",\"until\":\"2026-"));
	assert_int_equal(strstr(buf_text(&line.text), "\",\"until\"") -
		strstr(buf_text(&line.text), "\"note\":\""),
	    2 * 512 + 8);
	record_line_done(&line);
}

static void
test_action_text(void **state)
{
	(void)state;
	assert_string_equal(
	    record_action_text(ACTION_BYPASS_REJECTED), "bypass-rejected");
	assert_string_equal(record_action_text(ACTION_OPENED), "opened");
	assert_string_equal(record_action_text(ACTION_RECOVERED), "recovered");
}

/* Counts recipients over as many records as they need. */
static size_t
write_all(const struct record *record, size_t *records)
{
	size_t written = 0;

	*records = 0;
	while (written < record->nrcpts || *records == 0) {
		struct record_line line;
		size_t count;

		record_line_init(&line);
		count = record_write(record, written, &line);
		assert_true(line.text.len <= RECORD_LINE - RECORD_CHAIN);
		assert_null(memchr(line.text.data, '\n', line.text.len));
		assert_true(record->nrcpts == 0 || count > 0);
		written += count;
		(*records)++;
		record_line_done(&line);
	}

	return written;
}

/* Each text as long and as hard to write as can be: 6 bytes a character. */
static void
test_swollen(void **state)
{
	char *bad = mem_new(LONG + 1, 1);
	char name[65], reply[REPLY_LINE];
	struct set names[16];
	uint32_t sets[16];
	uint8_t list[NITEMS(sets) * SETLIST_SET + SETLIST_END];
	struct rules rules = { .sets = names, .nsets = 16 };
	struct facts facts = make_facts();
	struct decision decision = make_decision();
	struct evidence *evidence = evidence_new(&rules);
	const char *rcpts[40];
	char version[] = "SSLv0123456789012345678901234567890123456789"
			 "012345678901234567890123456789";
	struct record record = { .action = ACTION_BYPASS_QUARANTINED,
		.time_us = TIME_US,
		.id = ID,
		.host = bad,
		.version = RULES_VERSION,
		.rules = &rules,
		.facts = &facts,
		.decision = &decision,
		.stage = STAGE_CONNECT,
		.session = ID,
		.rcpts = rcpts,
		.reply = reply };
	size_t records;

	(void)state;
	memset(bad, 0x01, LONG);
	memset(name, '"', 64);
	name[64] = '\0';
	memset(reply, '\\', sizeof(reply) - 1);
	reply[sizeof(reply) - 1] = '\0';
	for (uint32_t i = 0; i < 16; i++) {
		names[i] = (struct set){ .name = name };
		sets[i] = i;
	}
	for (size_t i = 0; i < NITEMS(rcpts); i++)
		rcpts[i] = bad;
	(void)setlist_pack(sets, NITEMS(sets), list);
	facts.sets = (const struct setlist *)(const void *)list;
	facts.name = facts.daemon = facts.helo = facts.sender = bad;
	facts.tls_cipher = facts.cert_subject = facts.cert_issuer = bad;
	facts.queue_id = bad;
	facts.tls_version = version;
	assert_true(addr_parse(IPV6, &facts.addr));
	assert_true(addr_parse(IPV6, &facts.server));
	facts.port = facts.server_port = UINT16_MAX;
	facts.geo.asn = UINT32_MAX;
	memset(facts.geo.organization, 1, GEO_NAME - 1);
	memset(evidence->message_id, 1, EVIDENCE_ID - 1);
	facts.evidence = evidence;
	policy.name = entry.name = name;
	decision.count = FAILING_MAX;
	for (size_t i = 0; i < FAILING_MAX; i++)
		decision.failing[i] = (struct failing){ &entry,
			CONDITION_CERTIFICATE, MATCH_CONTRADICTED };
	decision.reason = REASON_RELAYED_THROUGH_TENANT;
	decision.monitor = true;

	assert_int_equal(write_all(&record, &records), 0);
	record.nrcpts = NITEMS(rcpts);
	assert_int_equal(write_all(&record, &records), NITEMS(rcpts));
	assert_true(records > 1);
	policy.name = hybrid;
	entry.name = outlook;
	free(evidence);
	free(bad);
}

/* Everyday recipients share a record. */
static void
test_many_rcpts(void **state)
{
	struct rules rules = { .sets = some_names, .nsets = 4 };
	struct facts facts = make_facts();
	struct decision decision = make_decision();
	const char *rcpts[100];
	struct record record = { .action = ACTION_BYPASS_ABANDONED,
		.time_us = TIME_US,
		.id = ID,
		.rules = &rules,
		.facts = &facts,
		.decision = &decision,
		.rcpts = rcpts,
		.nrcpts = NITEMS(rcpts) };
	size_t records;

	(void)state;
	for (size_t i = 0; i < NITEMS(rcpts); i++)
		rcpts[i] = "somebody@contoso.example";
	assert_int_equal(write_all(&record, &records), NITEMS(rcpts));
	assert_int_equal(records, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_geo),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_operator),
		cmocka_unit_test(test_decided_rule),
		cmocka_unit_test(test_longest_operation),
		cmocka_unit_test(test_action_text),
		cmocka_unit_test(test_swollen),
		cmocka_unit_test(test_many_rcpts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
