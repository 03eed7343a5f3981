/* SPDX-License-Identifier: ISC */
/*
 * generation.h - which configuration and lists are in force?
 *
 * A configuration with all that it names, built whole, then never changed.
 * Sessions hold a reference each; the last one to let go frees it.
 */
#ifndef POSTERN_LISTS_GENERATION_H
#define POSTERN_LISTS_GENERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"
#include "conf/conf.h"
#include "policy/facts.h"
#include "policy/rules.h"

struct databases;

/* A source as it is in force. */
struct source {
	char *name;
	uint32_t set;
	bool shared;
	char *title;      /* NULL: none */
	char *date;       /* "2026-05-06"; NULL: its list has none */
	int32_t day;      /* the same; 0 where there is none */
	char *origin;     /* NULL: not told */
	char *file;       /* where its list was read from, for people */
	unsigned max_age; /* days; 0: none given */
	bool wants_date;  /* without one it is stale */
	double addresses;
	size_t networks; /* fewest that say it */
};

/* Is it older than max_age on that day, or without a date though one counts? */
bool source_is_stale(const struct source *source, int32_t today);

struct generation;

/*
 * Builds it all from the configuration at path: every error and warning of
 * section 3 goes to diags.  Returns NULL if there was an error.  today:
 * days since 1970-01-01 UTC, for `until` and max_age.  Reads files; opens no
 * socket, looks up no user.
 */
struct generation *generation_load(
    const char *path, int32_t today, struct diags *diags);

struct generation *generation_ref(struct generation *generation);
void generation_unref(struct generation *generation); /* NULL is allowed */

const struct rules *generation_rules(const struct generation *generation);
const struct conf *generation_conf(const struct generation *generation);

/*
 * Sources that a policy uses, then those of `sources` that none uses, in the
 * order of their sets.
 */
size_t generation_count(const struct generation *generation);
const struct source *generation_source(
    const struct generation *generation, size_t i);

/* What its databases say of addr.  Threads: any. */
void generation_geo(const struct generation *generation,
    const struct addr *addr, struct geo *geo);
/* They alone may change while it is in force (databases.h). */
const struct databases *generation_databases(
    const struct generation *generation);

/*
 * One line for people, of a configuration without errors: "postern.conf:
 * fine: 2 policies, 3 sources, 64 networks".  posternd -t and postern check
 * print the same.
 */
void generation_summary(
    const struct generation *generation, size_t warnings, struct buf *out);

/*
 * For `postern sources`: every source that the configuration could name, its
 * own and those in `rules`, used or not, by name.  As generation_load().
 */
struct generation *generation_load_all(
    const char *path, int32_t today, struct diags *diags);

#endif
