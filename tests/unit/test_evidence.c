/* SPDX-License-Identifier: ISC */
/* test_evidence.c - what does a header say of where a message comes from? */
#include "config.h"

#include "policy_help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

enum {
	HEADERS = 4
};

#define ID "X-MS-Exchange-CrossTenant-Id: "
#define ENTITY "X-MS-Exchange-CrossTenant-FromEntityHeader: "
#define CONNECTING \
	"X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp: "
#define ORG "X-OriginatorOrg: "

/* up to its HELO */
#define CLIENT "TenantId=" OURS ";Ip=[192.0.2.1];Helo="
#define CLIENT_LEN (sizeof(CLIENT) - 1)

#define FROM(text) CONNECTING "TenantId=" text

/* want: see describe() */
static const struct {
	const char *name;
	const char *headers[HEADERS + 1];
	const char *want;
} cases[] = {
	{ "nothing", { NULL }, "" },
	{ "other headers",
	    { "Subject: " OURS, "X-MS-Exchange-CrossTenant-AuthAs: Hosted",
		"X-MS-Exchange-CrossTenant-Network-Message-Id: " OURS,
		"Id: " OURS },
	    "" },
	/* data/headers 12 and 13 have them so */
	{ "a mailbox of Exchange Online",
	    { "X-OriginatorOrg: synopsys.com",
		"X-MS-Exchange-CrossTenant-AuthAs: Internal",
		"X-MS-Exchange-CrossTenant-fromentityheader: Hosted",
		"X-MS-Exchange-CrossTenant-id: " OURS },
	    " tenant stamped " OURS " entity 1 originator synopsys.com" },
	{ "relayed by the own server",
	    { "X-OriginatorOrg: foss.st.com", ID ALSO,
		FROM(ALSO) ";Ip=[164.130.1.59];Helo=[smtpO365.st.com]",
		ENTITY "HybridOnPrem" },
	    " tenant stamped " ALSO " entity 2 connecting 164.130.1.59"
	    " originator foss.st.com" },

	{ "names in any case",
	    { "X-ms-exchange-crosstenant-ID: " OURS,
		"x-ms-EXCHANGE-crosstenant-fromEntityHeader: Internet",
		"x-originatororg: example.com" },
	    " tenant stamped " OURS " entity 4 originator example.com" },
	{ "blanks before the colon",
	    { "X-MS-Exchange-CrossTenant-Id : " OURS,
		"X-OriginatorOrg \t : example.com" },
	    " tenant stamped broken originator broken" },
	{ "a longer name is another one",
	    { "X-MS-Exchange-CrossTenant-Id-Original: " OURS,
		"X-OriginatorOrg-: example.com" },
	    "" },
	{ "a shorter one, too",
	    { "X-MS-Exchange-CrossTenant-I: " OURS,
		"X-OriginatorOr: example.com" },
	    "" },
	{ "blanks within are another one",
	    { "X-OriginatorOrg x: example.com", " X-OriginatorOrg: a.example" },
	    "" },

	{ "folded at once", { "X-MS-Exchange-CrossTenant-Id:\n " OURS },
	    " tenant stamped " OURS },
	{ "folded with a tab",
	    { "X-MS-Exchange-CrossTenant-Id:\r\n\t" OURS "\r\n" },
	    " tenant stamped " OURS },
	{ "a line of blanks", { ID "\n \n\t " OURS " \t\n " },
	    " tenant stamped " OURS },
	{ "folded within", { ID "c33c9f88-1eb7-\n 4099-9700-16013fd9e8aa" },
	    " tenant stamped broken" },
	{ "LF is no fold without a blank",
	    { ID "c33c9f88-1eb7-\n4099-9700-16013fd9e8aa" },
	    " tenant stamped broken" },
	{ "CR is none", { ID "c33c9f88-1eb7-\r4099-9700-16013fd9e8aa" },
	    " tenant stamped broken" },
	{ "CR LF neither", { ID "c33c9f88-1eb7-\r\n4099-9700-16013fd9e8aa" },
	    " tenant stamped broken" },

	{ "the same twice",
	    { ID OURS, ID "C33C9F88-1EB7-4099-9700-16013FD9E8AA" },
	    " tenant stamped " OURS },
	{ "two tenants", { ID OURS, ID THEIRS },
	    " tenant stamped " OURS " differ" },
	{ "the other way round", { ID THEIRS, ID OURS },
	    " tenant stamped " THEIRS " differ" },
	{ "the second of three", { ID OURS, ID THEIRS, ID OURS },
	    " tenant stamped " OURS " differ" },
	{ "no tenant", { ID "contoso" }, " tenant stamped broken" },
	{ "an empty one", { ID }, " tenant stamped broken" },
	{ "nothing but blanks", { ID "\n \t " }, " tenant stamped broken" },
	{ "in braces", { ID "{" OURS "}" }, " tenant stamped broken" },
	{ "one, and what is none", { ID OURS, ID "contoso" },
	    " tenant stamped " OURS " broken" },
	{ "what is none, and one", { ID "contoso", ID OURS },
	    " tenant stamped " OURS " broken" },
	{ "two in a field", { ID OURS " " OURS }, " tenant stamped broken" },
	{ "with a comment", { ID OURS " (ours)" }, " tenant stamped broken" },

	{ "the TenantId is evidence, too",
	    { FROM(OURS) ";Ip=[192.0.2.1];Helo=[a]" },
	    " tenant " OURS " connecting 192.0.2.1" },
	{ "the same", { ID OURS, FROM(OURS) ";Ip=[192.0.2.1];Helo=[a]" },
	    " tenant stamped " OURS " connecting 192.0.2.1" },
	{ "another", { ID OURS, FROM(THEIRS) ";Ip=[192.0.2.1];Helo=[a]" },
	    " tenant stamped " OURS " differ connecting 192.0.2.1" },
	{ "another one first", { FROM(THEIRS) ";Ip=[192.0.2.1]", ID OURS },
	    " tenant stamped " THEIRS " differ connecting 192.0.2.1" },
	{ "folds and blanks",
	    { CONNECTING "TenantId = " OURS " ;\r\n\t Ip =\t[192.0.2.1] ;\n "
			 "Helo=[a.example]" },
	    " tenant " OURS " connecting 192.0.2.1" },
	{ "keys in any case", { CONNECTING "TENANTID=" OURS ";iP=[192.0.2.1]" },
	    " tenant " OURS " connecting 192.0.2.1" },
	{ "in another order",
	    { CONNECTING "Helo=[a];Ip=[192.0.2.1];TenantId=" OURS },
	    " tenant " OURS " connecting 192.0.2.1" },
	{ "a semicolon behind", { FROM(OURS) ";Ip=[192.0.2.1];" },
	    " tenant " OURS " connecting 192.0.2.1" },
	{ "no TenantId", { CONNECTING "Ip=[192.0.2.1];Helo=[a]" },
	    " tenant lacking connecting 192.0.2.1" },
	{ "no TenantId beside ours", { ID OURS, CONNECTING "Ip=[192.0.2.1]" },
	    " tenant stamped " OURS " lacking connecting 192.0.2.1" },
	{ "an empty TenantId", { CONNECTING "TenantId=;Ip=[192.0.2.1]" },
	    " tenant broken connecting 192.0.2.1" },
	{ "a key without a value", { CONNECTING "TenantId;Ip=[192.0.2.1]" },
	    " tenant broken connecting 192.0.2.1" },
	{ "a TenantId that is none", { FROM("ours") ";Ip=[192.0.2.1]" },
	    " tenant broken connecting 192.0.2.1" },
	{ "no Ip", { FROM(OURS) ";Helo=[a]" },
	    " tenant " OURS " connecting broken" },
	{ "an empty one", { FROM(OURS) ";Ip=;Helo=[a]" },
	    " tenant " OURS " connecting broken" },
	{ "empty brackets", { FROM(OURS) ";Ip=[];Helo=[a]" },
	    " tenant " OURS " connecting broken" },
	{ "without brackets", { FROM(OURS) ";Ip=192.0.2.1;Helo=[a]" },
	    " tenant " OURS " connecting broken" },
	{ "half of them", { FROM(OURS) ";Ip=[192.0.2.11;Helo=[a]" },
	    " tenant " OURS " connecting broken" },
	{ "the other half", { FROM(OURS) ";Ip=1192.0.2.1];Helo=[a]" },
	    " tenant " OURS " connecting broken" },
	{ "a bracket alone", { FROM(OURS) ";Ip=[;Helo=[a]" },
	    " tenant " OURS " connecting broken" },
	{ "no address", { FROM(OURS) ";Ip=[010.0.0.1];Helo=[a]" },
	    " tenant " OURS " connecting broken" },
	{ "nothing at all", { CONNECTING },
	    " tenant lacking connecting broken" },
	{ "IPv6", { FROM(OURS) ";Ip=[2001:db8:0:0::1];Helo=[a]" },
	    " tenant " OURS " connecting 2001:db8::1" },
	{ "mapped IPv6", { FROM(OURS) ";Ip=[::ffff:192.0.2.1]" },
	    " tenant " OURS " connecting 192.0.2.1" },
	{ "a zone", { FROM(OURS) ";Ip=[fe80::1%6]" },
	    " tenant " OURS " connecting broken" },
	{ "two fields",
	    { FROM(OURS) ";Ip=[192.0.2.1]", FROM(OURS) ";Ip=[192.0.2.2]" },
	    " tenant " OURS " connecting 192.0.2.1 192.0.2.2" },
	{ "the same twice",
	    { FROM(OURS) ";Ip=[192.0.2.1]", FROM(OURS) ";Ip=[192.0.2.1]" },
	    " tenant " OURS " connecting 192.0.2.1" },
	{ "one that is broken",
	    { FROM(OURS) ";Ip=[192.0.2.1]", FROM(OURS) ";Ip=[a]" },
	    " tenant " OURS " connecting 192.0.2.1 broken" },
	/* HELO is what the client says */
	{ "a TenantId in HELO",
	    { FROM(THEIRS) ";Ip=[192.0.2.1];Helo=[a;TenantId=" OURS "]" },
	    " tenant " THEIRS " broken connecting 192.0.2.1 broken" },
	{ "a whole one",
	    { FROM(THEIRS) ";Ip=[192.0.2.1];Helo=[a;TenantId=" OURS ";b]" },
	    " tenant " THEIRS " differ broken connecting 192.0.2.1 broken" },
	{ "an Ip in HELO",
	    { FROM(OURS) ";Ip=[192.0.2.1];Helo=[a;Ip=[10.0.0.1];b]" },
	    " tenant " OURS " broken connecting 192.0.2.1 10.0.0.1 broken" },
	{ "a HELO in front",
	    { CONNECTING "Helo=[;TenantId=" OURS
			 ";Ip=[10.0.0.1];];TenantId=" THEIRS
			 ";Ip=[192.0.2.1]" },
	    " tenant " OURS
	    " differ broken connecting 10.0.0.1 192.0.2.1 broken" },
	{ "each of the entities",
	    { ENTITY "Hosted", ENTITY "HybridOnPrem", ENTITY "Internet" },
	    " entity 7" },
	{ "a list's two", { ENTITY "Hosted", ENTITY "Internet" }, " entity 5" },
	{ "another", { ENTITY "Hostedx" }, " entity 8" },
	{ "two in one", { ENTITY "Hosted Internet" }, " entity 8" },
	{ "an empty one", { ENTITY }, " entity 8" },

	{ "U-labels",
	    { ORG "B\xc3\xbc"
		  "cher.Example." },
	    " originator xn--bcher-kva.example" },
	{ "the same as A-label and U-label",
	    { ORG "b\xc3\xbc"
		  "cher.example",
		ORG "XN--BCHER-KVA.example." },
	    " originator xn--bcher-kva.example" },
	{ "two originators", { ORG "a.example", ORG "b.example" },
	    " originator a.example differ" },
	{ "no domain", { ORG "a example" }, " originator broken" },
	{ "a mail address", { ORG "a@b.example" }, " originator broken" },
	{ "no UTF-8", { ORG "\xff\xfe.example" }, " originator broken" },
	{ "an empty one", { ORG }, " originator broken" },
	{ "one that is none beside ours", { ORG "a.example", ORG "?" },
	    " originator a.example broken" },
};

static void
describe_tenant(const struct tenant_evidence *tenant, struct buf *out)
{
	char text[GUID_TEXT];

	if (!tenant->stamped && !tenant->given && !tenant->broken &&
	    !tenant->lacking && !tenant->beyond)
		return;
	buf_addf(out, " tenant%s%s%s%s%s%s%s",
	    tenant->stamped ? " stamped" : "", tenant->given ? " " : "",
	    tenant->given ? guid_text(&tenant->first, text) : "",
	    tenant->differ ? " differ" : "", tenant->broken ? " broken" : "",
	    tenant->lacking ? " lacking" : "", tenant->beyond ? " beyond" : "");
}

static void
describe_connecting(
    const struct connecting_evidence *connecting, struct buf *out)
{
	char text[ADDR_TEXT];

	if (!connecting->stamped)
		return;
	buf_add_text(out, " connecting");
	for (size_t i = 0; i < connecting->count; i++)
		buf_addf(out, " %s", addr_text(&connecting->addrs[i], text));
	buf_addf(out, "%s%s", connecting->broken ? " broken" : "",
	    connecting->beyond ? " beyond" : "");
}

static void
describe(const struct evidence *evidence, struct buf *out)
{
	const struct originator_evidence *originator = &evidence->originator;

	describe_tenant(&evidence->tenant, out);
	if (evidence->entities != 0)
		buf_addf(out, " entity %u", evidence->entities);
	describe_connecting(&evidence->connecting, out);
	if (originator->given || originator->broken)
		buf_addf(out, " originator%s%s%s%s",
		    originator->given ? " " : "", originator->first,
		    originator->differ ? " differ" : "",
		    originator->broken ? " broken" : "");
}

static void
check(const char *name, const struct evidence *evidence, const char *want)
{
	struct buf got;

	buf_init(&got);
	describe(evidence, &got);
	if (strcmp(buf_text(&got), want) != 0)
		fail_msg(
		    "%s: got \"%s\", want \"%s\"", name, buf_text(&got), want);
	buf_done(&got);
}

static void
test_headers(void **state)
{
	struct rules *rules = help_rules();

	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct evidence *evidence =
		    help_evidence(rules, cases[i].headers);

		check(cases[i].name, evidence, cases[i].want);
		evidence_clear(evidence);
		check("cleared", evidence, "");
		free(evidence);
	}
	rules_free(rules);
}

/* text, and so many times c, and end; free with free() */
static char *
padded(const char *text, size_t count, char c, const char *end)
{
	char *made = mem_new(strlen(text) + count + strlen(end) + 1, 1);

	memcpy(made, text, strlen(text));
	memset(made + strlen(text), c, count);
	memcpy(made + strlen(text) + count, end, strlen(end));

	return made;
}

/* A KiB is looked at; blanks at the ends are none of it. */
static void
test_bound(void **state)
{
	static const struct {
		const char *name, *field, *text;
		size_t count; /* of the characters that follow */
		char c;
		const char *end, *want;
	} bounds[] = {
		{ "blanks behind", HEADER_TENANT, OURS, 5000, ' ', "",
		    " tenant stamped " OURS },
		{ "blanks in front", HEADER_TENANT, "", 5000, '\t', OURS,
		    " tenant stamped " OURS },
		{ "more, behind blanks", HEADER_TENANT, OURS, 5000, ' ', ".",
		    " tenant stamped beyond" },
		{ "up to the bound", HEADER_TENANT, OURS,
		    EVIDENCE_VALUE - 36 - 1, ' ', ".",
		    " tenant stamped broken" },
		{ "one further", HEADER_TENANT, OURS, EVIDENCE_VALUE - 36, ' ',
		    ".", " tenant stamped beyond" },
		{ "a long one", HEADER_TENANT, OURS, 90000, 'a', "",
		    " tenant stamped beyond" },
		{ "one less", HEADER_CONNECTING, CLIENT,
		    EVIDENCE_VALUE - CLIENT_LEN - 1, 'a', "",
		    " tenant " OURS " connecting 192.0.2.1" },
		{ "all of it", HEADER_CONNECTING, CLIENT,
		    EVIDENCE_VALUE - CLIENT_LEN, 'a', "",
		    " tenant " OURS " connecting 192.0.2.1" },
		{ "one more", HEADER_CONNECTING, CLIENT,
		    EVIDENCE_VALUE - CLIENT_LEN + 1, 'a', "",
		    " tenant " OURS " beyond connecting 192.0.2.1 beyond" },
		{ "an Ip behind it", HEADER_CONNECTING,
		    "TenantId=" OURS ";Helo=", 2000, 'a', ";Ip=[192.0.2.1]",
		    " tenant " OURS " beyond connecting broken beyond" },
		{ "an entity", HEADER_ENTITY, "Hosted", 2000, ' ', "x",
		    " entity 8" },
		{ "an originator", HEADER_ORIGINATOR, "a.example", 2000, ' ',
		    "x", " originator broken" },
		{ "a long originator", HEADER_ORIGINATOR, "", 255, 'a', "",
		    " originator broken" },
	};
	struct rules *rules = help_rules();

	(void)state;
	for (size_t i = 0; i < NITEMS(bounds); i++) {
		struct evidence *evidence = evidence_new(rules);
		char *value = padded(bounds[i].text, bounds[i].count,
		    bounds[i].c, bounds[i].end);

		evidence_add(evidence, rules, bounds[i].field, value);
		check(bounds[i].name, evidence, bounds[i].want);
		free(value);
		free(evidence);
	}
	rules_free(rules);
}

/* However many headers there are, and however often they come. */
static void
test_many(void **state)
{
	struct rules *rules = help_rules();
	struct evidence *evidence = evidence_new(rules);

	(void)state;
	for (unsigned i = 0; i < 2 * EVIDENCE_ADDRS + 2; i++) {
		char value[128];

		(void)snprintf(value, sizeof(value),
		    "TenantId=" OURS ";Ip=[192.0.2.%u]", i / 2);
		evidence_add(evidence, rules, HEADER_CONNECTING, value);
		evidence_add(evidence, rules, HEADER_TENANT, OURS);
		evidence_add(evidence, rules, "Received", value);
		if (evidence->connecting.beyond != (i / 2 >= EVIDENCE_ADDRS))
			fail_msg("%u addresses: beyond %d", i / 2 + 1,
			    evidence->connecting.beyond);
	}
	assert_int_equal(evidence->connecting.count, EVIDENCE_ADDRS);
	assert_false(evidence->connecting.broken);
	assert_false(evidence->tenant.beyond);
	for (unsigned i = 0; i < 1000; i++)
		evidence_add(evidence, rules, HEADER_TENANT, OURS);
	assert_false(evidence->tenant.differ);
	evidence_add(evidence, rules, HEADER_TENANT, THEIRS);
	assert_true(evidence->tenant.differ);
	free(evidence);
	rules_free(rules);
}

/* What the rules want to see exactly once. */
static void
test_wanted(void **state)
{
	static const struct {
		const char *name;
		const char *headers[HEADERS + 1];
		unsigned count;
		bool equal; /* the first */
	} wants[] = {
		{ "not there", { "X-Filtered: 1", "X-Secret-2: s3cret" }, 0,
		    false },
		{ "once", { "x-secret: s3cret" }, 1, true },
		{ "folded, blanks around it", { "X-Secret:\r\n\t s3cret \t" },
		    1, true },
		{ "a blank before the colon", { "X-Secret : s3cret" }, 1,
		    false },
		{ "twice", { "X-Secret: s3cret", "X-Secret: s3cret" }, 2,
		    true },
		{ "three times",
		    { "X-Secret: s3cret", "X-Secret: s3cret",
			"X-Secret: s3cret" },
		    2, true },
		{ "another value", { "X-Secret: guess" }, 1, false },
		{ "another one first",
		    { "X-Secret: guess", "X-Secret: s3cret" }, 2, false },
		{ "another case", { "X-Secret: S3cret" }, 1, false },
		{ "the beginning", { "X-Secret: s3cre" }, 1, false },
		{ "more", { "X-Secret: s3cret!" }, 1, false },
		{ "empty", { "X-Secret:" }, 1, false },
		{ "folded within", { "X-Secret: s3\n cret" }, 1, false },
	};
	struct rules *rules = help_rules();

	(void)state;
	help_wanted(rules, "X-Other", "1");
	help_wanted(rules, "X-Secret", "s3cret");
	for (size_t i = 0; i < NITEMS(wants); i++) {
		struct evidence *evidence =
		    help_evidence(rules, wants[i].headers);

		assert_int_equal(evidence->nwanted, 2);
		assert_int_equal(evidence->wanted[0].count, 0);
		if (evidence->wanted[1].count != wants[i].count ||
		    (wants[i].count > 0 &&
			evidence->wanted[1].equal != wants[i].equal))
			fail_msg("%s: got %u %d", wants[i].name,
			    evidence->wanted[1].count,
			    evidence->wanted[1].equal);
		evidence_clear(evidence);
		assert_int_equal(evidence->nwanted, 2);
		assert_int_equal(evidence->wanted[1].count, 0);
		free(evidence);
	}
	rules_free(rules);
}

/* A value as long as can be wanted, and one that goes on behind that. */
static void
test_wanted_bound(void **state)
{
	struct rules *rules = help_rules();
	char *value = padded("", EVIDENCE_VALUE, 's', "");
	char *longer = padded("", EVIDENCE_VALUE, 's', "s");
	struct evidence *evidence;

	(void)state;
	help_wanted(rules, "X-Secret", value);
	evidence = evidence_new(rules);
	evidence_add(evidence, rules, "X-Secret", value);
	assert_true(evidence->wanted[0].equal);
	evidence_clear(evidence);
	evidence_add(evidence, rules, "X-Secret", longer);
	assert_int_equal(evidence->wanted[0].count, 1);
	assert_false(evidence->wanted[0].equal);
	free(evidence);
	free(value);
	free(longer);
	rules_free(rules);
}

/* What the record and X-Postern want to know. */
static void
test_message(void **state)
{
	static const char *const headers[] = { "Message-Id:",
		"message-ID: <a@b>", "Message-ID: <c@d>", "X-Postern: bypass",
		"x-POSTERN : x", "X-Postern-2: y", NULL };
	struct rules *rules = help_rules();
	struct evidence *evidence = help_evidence(rules, headers);
	char *value = padded("<", 5000, 'a', ">");

	(void)state;
	assert_string_equal(evidence->message_id, "<a@b>");
	assert_int_equal(evidence->marks, 2);
	evidence_clear(evidence);
	assert_int_equal(evidence->marks, 0);
	evidence_add(evidence, rules, "Message-ID", value);
	assert_int_equal(strlen(evidence->message_id), EVIDENCE_ID - 1);
	assert_memory_equal(evidence->message_id, value, EVIDENCE_ID - 1);
	free(value);
	free(evidence);
	rules_free(rules);
}

/* A header may be wanted that is evidence as well. */
static void
test_both(void **state)
{
	static const char *const headers[] = { ID OURS, NULL };
	struct rules *rules = help_rules();
	struct evidence *evidence;

	(void)state;
	help_wanted(rules, "x-ms-exchange-crosstenant-id", OURS);
	evidence = help_evidence(rules, headers);
	assert_true(evidence->wanted[0].equal);
	assert_true(evidence->tenant.stamped);
	free(evidence);
	rules_free(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_wanted_bound),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_both),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
