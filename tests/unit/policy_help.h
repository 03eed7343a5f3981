/* SPDX-License-Identifier: ISC */
/* policy_help.h - how are rules and facts made by hand for a test? */
#ifndef POSTERN_TESTS_UNIT_POLICY_HELP_H
#define POSTERN_TESTS_UNIT_POLICY_HELP_H

#include "policy/decide.h"
#include "policy/evidence.h"

/* Tenants. */
#define OURS "c33c9f88-1eb7-4099-9700-16013fd9e8aa"
#define ALSO "75e027c9-20d5-47d5-b82f-77d7cd041e8f"
#define THEIRS "84df9e7f-e9f6-40af-b435-aaaaaaaaaaaa"

enum {
	HELP_TODAY = 20000
};

/* Sets of the one table; the client of help_facts() is in INSIDE alone. */
enum {
	SET_TRUSTED, /* 127.0.0.0/8 */
	SET_INSIDE,  /* 192.0.2.0/24 */
	SET_OUTSIDE, /* 203.0.113.0/24 */
	SET_HOLE,    /* 192.0.2.66 */
	SET_PROBES,  /* 192.0.2.99, 203.0.113.99 */
	/* 198.51.100.0/24, ".mail.example" and "mx.example.net" */
	SET_NAMED,
	/* the same, but for addresses in SET_HOLE */
	SET_NAMED_HOLE,
	HELP_SETS
};

struct rules *help_rules(void); /* free with rules_free() */
/* domain: NULL for one whose domains stand in a table. */
struct policy *help_policy(
    struct rules *rules, const char *name, const char *domain);
/* A row of its table, without entry; no policy may be added behind it. */
struct policy *help_row(
    struct rules *rules, const struct policy *table, const char *domain);
/* The next number of those that a condition `headers` may want. */
void help_wanted(struct rules *rules, const char *name, const char *value);
struct entry *help_entry(struct policy *policy, const char *name);

/*
 * A condition from text, its values parted by blanks: numbers of sets where
 * the key wants sets, days from HELP_TODAY for until, numbers and names for
 * daemon, numbers of help_wanted() for headers, else as in a configuration.
 * "pass": what is absent may be.  Free with help_condition_done().
 */
struct condition help_condition(enum condition_key key, const char *values);
void help_condition_done(struct condition *condition);
void help_add(struct entry *entry, enum condition_key key, const char *values);

/* "Name: value" each, up to NULL; free with free(). */
struct evidence *help_evidence(
    const struct rules *rules, const char *const *headers);

/* Of 192.0.2.1, at RCPT, nothing else known; not looked up. */
struct facts help_facts(const struct rules *rules);
void help_client(
    const struct rules *rules, const char *address, struct facts *facts);

#endif
