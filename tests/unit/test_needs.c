/* SPDX-License-Identifier: ISC */
/* test_needs.c - what must the MTA tell, and when? */
#include "config.h"

#include "policy/needs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy_help.h"

/* A condition of an entry beside its source; CONDITION_COUNT: the end. */
struct wanted {
	enum condition_key key;
	const char *values;
};

/* Up to two entries of a policy, and another one. */
struct play {
	const char *source;
	struct wanted first[3];
	const char *other; /* NULL: none */
	struct wanted second[3];
	bool another; /* policy: by address */
	bool row;     /* a table's, with the second entry */
	enum measure measure;
	bool accepted, refuse_unlisted, judge;
};

#define ONE(set, ...) .source = set, .first = { __VA_ARGS__ }
#define TWO(set, ...) .other = set, .second = { __VA_ARGS__ }
#define HELO CONDITION_HELO, "a.example"
#define SENDER CONDITION_SENDER, "a.example"
#define RCPT CONDITION_RECIPIENT, "a.example"
#define END CONDITION_COUNT, NULL

static const struct {
	const char *name;
	struct play play;
	const char *want; /* what is needed, by first letters: see text_of() */
} cases[] = {
	{ "addresses", { ONE("1", { END }) }, "L" },
	{ "logins judged", { ONE("1", { END }), .judge = true }, "" },
	{ "a HELO", { ONE("1", { HELO }, { END }) }, "ML" },
	{ "TLS", { ONE("1", { CONDITION_TLS, "" }, { END }) }, "ML" },
	{ "a sender", { ONE("1", { SENDER }, { END }) }, "ML" },
	{ "a certificate",
	    { ONE("1", { CONDITION_CERTIFICATE, "a.example" }, { END }) },
	    "MLC" },
	{ "an issuer", { ONE("1", { CONDITION_ISSUER, "A CA" }, { END }) },
	    "MLC" },
	{ "a recipient", { ONE("1", { RCPT }, { END }) }, "L" },
	{ "sender and recipient", { ONE("1", { SENDER }, { RCPT }, { END }) },
	    "L" },
	{ "a day that may end",
	    { ONE("1", { SENDER }, { CONDITION_UNTIL, "1" }, { END }) }, "L" },
	{ "an address, or a sender",
	    { ONE("1", { END }), TWO("2", { SENDER }, { END }) }, "ML" },
	{ "a recipient, or a sender",
	    { ONE("1", { RCPT }, { END }), TWO("2", { SENDER }, { END }) },
	    "ML" },
	{ "a sender, another policy by address",
	    { ONE("1", { SENDER }, { END }), .another = true }, "ML" },
	{ "a recipient, another policy by address",
	    { ONE("1", { RCPT }, { END }), .another = true }, "L" },
	{ "all that is let in is recorded",
	    { ONE("1", { SENDER }, { END }), .accepted = true }, "EL" },
	{ "unlisted refused",
	    { ONE("1", { SENDER }, { END }), .refuse_unlisted = true }, "L" },
	{ "names", { ONE("1", { CONDITION_HOSTS, "a.example" }, { END }) },
	    "LN" },
	{ "a source with names", { ONE("5", { END }) }, "LN" },
	{ "a listener's name",
	    { ONE("1", { CONDITION_DAEMON, "in" }, { END }) }, "LD" },
	{ "its port", { ONE("1", { CONDITION_DAEMON, "25" }, { END }) }, "LP" },
	{ "both", { ONE("1", { CONDITION_DAEMON, "in 25" }, { END }) }, "LDP" },
	{ "a tenant", { ONE("1", { CONDITION_TENANT, OURS }, { END }) },
	    "EHL" },
	{ "an entity", { ONE("1", { CONDITION_ENTITY, "Hosted" }, { END }) },
	    "EHL" },
	{ "who connects", { ONE("1", { CONDITION_CONNECTING, "1" }, { END }) },
	    "EHL" },
	{ "an originator",
	    { ONE("1", { CONDITION_ORIGINATOR, "a.example" }, { END }) },
	    "EHL" },
	{ "headers", { ONE("1", { CONDITION_HEADERS, "0" }, { END }) }, "EHL" },
	{ "headers that may be absent",
	    { ONE("1", { CONDITION_TENANT, OURS " pass" }, { END }) }, "EHL" },
	{ "a tenant, or a sender",
	    { ONE("1", { CONDITION_TENANT, OURS }, { END }),
		TWO("2", { SENDER }, { END }) },
	    "MEHL" },
	{ "a system", { ONE("1", { CONDITION_ASN, "64500" }, { END }) }, "L" },
	{ "a country", { ONE("1", { CONDITION_COUNTRY, "DE" }, { END }) },
	    "L" },
	{ "deferred", { ONE("1", { END }), .measure = MEASURE_DEFER }, "L" },
	{ "quarantined", { ONE("1", { END }), .measure = MEASURE_QUARANTINE },
	    "EQL" },
	/* marks that are there are to be removed */
	{ "marked", { ONE("1", { END }), .measure = MEASURE_MARK }, "EHKL" },
	{ "a row", { ONE("1", { END }), TWO("1", { END }), .row = true }, "L" },
	{ "a row's tenant",
	    { ONE("1", { END }), TWO("1", { CONDITION_TENANT, OURS }, { END }),
		.row = true },
	    "EHL" },
	{ "a row's names",
	    { ONE("1", { END }), TWO("5", { END }), .row = true }, "LN" },
	{ "a sender, but for the rows of a table",
	    { ONE("1", { SENDER }, { END }), TWO("1", { END }), .row = true },
	    "L" },
};

static void
add_entry(
    struct policy *policy, const char *source, const struct wanted *wanted)
{
	struct entry *entry = help_entry(policy, "entry");

	help_add(entry, CONDITION_SOURCE, source);
	for (; wanted->key != CONDITION_COUNT; wanted++)
		help_add(entry, wanted->key, wanted->values);
}

static struct rules *
rules_of(const struct play *play)
{
	static const struct wanted nothing = { END };
	struct rules *rules = help_rules();
	struct policy *policy =
	    help_policy(rules, "p", play->row ? NULL : "example.com");

	policy->measure = play->measure;
	rules->record_accepted = play->accepted;
	rules->refuse_unlisted = play->refuse_unlisted;
	rules->judge_authenticated = play->judge;
	add_entry(policy, play->source, play->first);
	if (play->other != NULL)
		add_entry(
		    play->row ? help_row(rules, policy, "a.example") : policy,
		    play->other, play->second);
	if (play->another)
		add_entry(
		    help_policy(rules, "q", "other.example"), "1", &nothing);

	return rules;
}

enum {
	NEEDS = 11
};

static const char *
text_of(const struct needs *needs, char out[NEEDS])
{
	(void)snprintf(out, NEEDS, "%s%s%s%s%s%s%s%s%s%s",
	    needs->answer_at_mail ? "M" : "", needs->end_of_headers ? "E" : "",
	    needs->headers ? "H" : "", needs->quarantine ? "Q" : "",
	    needs->mark ? "K" : "", needs->login ? "L" : "",
	    needs->names ? "N" : "", needs->daemon_name ? "D" : "",
	    needs->daemon_port ? "P" : "", needs->certificates ? "C" : "");

	return out;
}

static void
test_needs(void **state)
{
	(void)state;
	for (size_t i = 0; i < NITEMS(cases); i++) {
		struct rules *rules = rules_of(&cases[i].play);
		struct needs needs = needs_of(rules);
		char got[NEEDS];

		if (strcmp(text_of(&needs, got), cases[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", cases[i].name,
			    got, cases[i].want);
		rules_free(rules);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_needs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests_name("needs", tests, NULL, NULL);
}
