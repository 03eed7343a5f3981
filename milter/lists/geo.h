/* SPDX-License-Identifier: ISC */
/*
 * geo.h - which network and which country does an address belong to?
 *
 * A database file (MaxMind DB), worked on as a sealed copy in memory, so that
 * whatever is done to the file while it is in use neither ends the daemon nor
 * misleads it.  A copy is put in use once a child process has read every
 * record of it, for libmaxminddb does not survive every hostile one.
 * Threads: any may look up; one makes bases, refreshes and inherits.
 */
#ifndef POSTERN_LISTS_GEO_H
#define POSTERN_LISTS_GEO_H

#include <stdbool.h>

#include "base/err.h"
#include "net/addr.h"
#include "policy/facts.h"

struct geo_base;

/* What a database is asked for. */
enum geo_kind {
	GEO_ASN,
	GEO_COUNTRY,
	GEO_KINDS
};

enum geo_change {
	GEO_SAME,   /* the file has not changed, or is gone */
	GEO_TAKEN,  /* a new one is in use */
	GEO_REFUSED /* with err, told once: the new one is damaged, or cannot
		     * be read; the old one stays */
};

/*
 * The database at path; NULL with err where none can be read there.  Where it
 * is damaged, or no record in it says what it is asked for, *damaged is true,
 * err says how, and every answer is GEO_UNKNOWN until a good one comes.  Free
 * with geo_base_free(); NULL is allowed.
 */
struct geo_base *geo_base_new(
    enum geo_kind kind, const char *path, bool *damaged, struct err *err);
void geo_base_free(struct geo_base *base);

/*
 * Has the file changed?  Then the new one is taken over, at the second look
 * that finds it so: one that is still being written is left alone.  May take
 * seconds.
 */
enum geo_change geo_base_refresh(struct geo_base *base, struct err *err);
/* Where base is damaged and good is of the same path and kind and is not: as
 * good. */
void geo_base_inherit(struct geo_base *base, struct geo_base *good);

/* What they, each of its kind, say of addr; NULL: no such database. */
void geo_find(struct geo_base *asn, struct geo_base *country,
    const struct addr *addr, struct geo *geo);

#endif
