/* SPDX-License-Identifier: ISC */
/* policy_help.h - how are rules and facts made by hand for a test? */
#ifndef POSTERN_TESTS_UNIT_POLICY_HELP_H
#define POSTERN_TESTS_UNIT_POLICY_HELP_H

#include "policy/decide.h"

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
struct policy *help_policy(
    struct rules *rules, const char *name, const char *domain);
struct entry *help_entry(struct policy *policy, const char *name);

/*
 * A condition from text, its values parted by blanks: numbers of sets where
 * the key wants sets, days from HELP_TODAY for until, numbers and names for
 * daemon, else patterns.  Free with help_condition_done().
 */
struct condition help_condition(enum condition_key key, const char *values);
void help_condition_done(struct condition *condition);
void help_add(struct entry *entry, enum condition_key key, const char *values);

/* Of 192.0.2.1, at RCPT, nothing else known; not looked up. */
struct facts help_facts(const struct rules *rules);
void help_client(
    const struct rules *rules, const char *address, struct facts *facts);

#endif
