/* SPDX-License-Identifier: ISC */
/*
 * rules.h - what did the admin decide, in the form that is judged by?
 *
 * Built once from a configuration and its lists, then only read.  A set is a
 * number of the one table of addresses (net/table.h).
 */
#ifndef POSTERN_POLICY_RULES_H
#define POSTERN_POLICY_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/table.h"
#include "policy/domains.h"
#include "policy/facts.h"
#include "policy/guid.h"
#include "policy/needs.h"
#include "policy/patterns.h"

enum mode {
	MODE_ENFORCE,
	MODE_MONITOR
};

/* on_error, audit.on_failure */
enum answer {
	ANSWER_ACCEPT,
	ANSWER_DEFER,
	ANSWER_REJECT
};

const char *mode_text(enum mode mode);

/* The `action` of a policy: what is done where it does not let in. */
enum measure {
	MEASURE_REJECT,
	MEASURE_DEFER,
	MEASURE_QUARANTINE,
	MEASURE_MARK
};

/* "reject", ... */
const char *measure_text(enum measure measure);

enum condition_key {
#define CONDITION(symbol, key, stage, anchor, reason, absent) \
	CONDITION_##symbol,
#include "policy/conditions.def"
#undef CONDITION
	CONDITION_COUNT
};

/* What conditions.def says of a key. */
const char *condition_text(enum condition_key key);
enum stage condition_stage(enum condition_key key);
bool condition_is_anchor(enum condition_key key);

struct condition {
	enum condition_key key;
	/* source, networks, except, connecting: sets */
	uint32_t *sets;
	size_t nsets;
	/* hosts, helo, daemon, certificate, issuer, sender, recipient,
	 * originator */
	struct patterns patterns;
	/* daemon: ports of the listener; asn: numbers */
	uint32_t *numbers;
	size_t nnumbers;
	/* country: two letters each, one behind the other */
	char *countries;
	/* tenant */
	struct guid *tenants;
	size_t ntenants;
	/* entity: bits of enum entity */
	unsigned entities;
	/* headers: places in rules->wanted */
	size_t *wanted;
	size_t nwanted;
	/* tenant_absent, ... = "pass" */
	bool absent_passes;
	/* until: the first day on which it no longer holds */
	int32_t day;
};

struct entry {
	char *name; /* its source if it is one, else "allow[N]" */
	char *note; /* NULL: none */
	struct condition *conditions; /* at most one a key, by key */
	size_t count;
};

/* A header that an entry wants to see with this very value. */
struct wanted_header {
	char *name;
	char *value;
};

struct reply_form {
	unsigned code; /* 550 */
	char *status;  /* "5.7.1" */
	char *text;    /* with its variables */
};

struct policy {
	char *name;
	struct entry *entries;
	size_t count;
	char **always; /* local parts, lower case */
	size_t nalways;
	enum mode mode;
	enum measure measure;
	struct reply_form reply;
	/* Its domains stand in a table.  Its entries are the sources that the
	 * rows name, each once: whom none of them lets in, no row does. */
	bool table;
};

/* A set of the table: a list of an entry, or a source. */
struct set {
	char *name; /* NULL: it is no source */
	/* of a source: names that are in it wherever they stand, but for
	 * addresses in the set `except` (SET_NONE: no exceptions) */
	struct patterns hosts;
	uint32_t except;
};

enum {
	SET_NONE = 0xffffff /* table.h: sets are below 2^24 */
};

struct rules {
	enum mode mode;
	enum answer on_error;
	bool reject_near_miss;
	bool reject_at_connect;
	bool refuse_unlisted;
	bool judge_authenticated;
	bool record_accepted; /* audit.accepted = "all" */
	uint32_t trusted;     /* the set of own hosts */
	uint32_t probes;      /* the set of health checks */
	char **originating;
	size_t noriginating;

	struct policy *policies;
	size_t npolicies;
	/* rows of tables, in `domains` by npolicies + their number; each is
	 * its policy but for its entries */
	struct policy *rows;
	size_t nrows;
	struct domains *domains;
	struct reply_form unlisted_reply;

	struct wanted_header *wanted; /* what the conditions `headers` name */
	size_t nwanted;

	struct set *sets; /* by number */
	size_t nsets;
	struct table *table;

	struct needs needs; /* of all this: needs_of() */

	char version[65]; /* SHA-256 of the configuration and its sources */
};

/* A policy or a row, by the number that `domains` has for it. */
const struct policy *rules_policy(const struct rules *rules, uint32_t number);

struct rules *rules_new(void);
void rules_free(struct rules *rules); /* NULL, half-built: allowed */

#endif
