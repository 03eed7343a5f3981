/* SPDX-License-Identifier: ISC */
/*
 * geo_parts.h - what does a database go through before it is in use?
 *
 * Inside the room only: file -> sealed copy -> a child that walks it.
 */
#ifndef POSTERN_LISTS_GEO_PARTS_H
#define POSTERN_LISTS_GEO_PARTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include <maxminddb.h>

#include "base/err.h"
#include "crypto/digest.h"
#include "lists/geo.h"
#include "net/addr.h"
#include "policy/facts.h"

/* Which bytes stand in a file: all zeros are those of no file. */
struct geo_stamp {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec written, changed;
};

/* Of the file at path; false where there is none. */
bool geo_stamp_take(const char *path, struct geo_stamp *stamp);
bool geo_stamp_equal(const struct geo_stamp *a, const struct geo_stamp *b);

/* The bytes of a file in memory that nobody can change. */
struct geo_copy {
	int fd;
	struct geo_stamp stamp; /* of the file */
	char digest[DIGEST_TEXT];
};

enum geo_copied {
	GEO_COPIED,
	GEO_UNREADABLE, /* with err, which names the file */
	GEO_MOVING      /* it was written to meanwhile; err says so */
};

/* What is copied is closed with geo_copy_done(). */
enum geo_copied geo_copy_make(
    const char *path, struct geo_copy *copy, struct err *err);
void geo_copy_done(struct geo_copy *copy);

/* Opens the database in it; a status of libmaxminddb. */
int geo_copy_open(const struct geo_copy *copy, MMDB_s *mmdb);

enum geo_checked {
	GEO_SOUND,
	GEO_DAMAGED,  /* err says how */
	GEO_UNCHECKED /* err says why: no process, no time; try again */
};

/* Has a child process read all of it, as one of that kind. */
enum geo_checked geo_check(
    const struct geo_copy *copy, enum geo_kind kind, struct err *err);

/*
 * Of the child: no more than it needs, to read copy and to write to out.  It
 * dies with the thread that made it.
 */
void geo_confine(const struct geo_copy *copy, int out);

/* What is wrong with a database; goes through a pipe. */
enum geo_flaw {
	GEO_FLAWLESS,
	GEO_FLAW_OPEN,   /* libmaxminddb does not take it: status */
	GEO_FLAW_TREE,   /* a circle, too deep, or a way to nowhere */
	GEO_FLAW_RECORD, /* a record of it cannot be read */
	GEO_FLAW_SILENT  /* no record says what it is asked for */
};

/* Reads all that a lookup of any address could. */
enum geo_flaw geo_walk(const MMDB_s *mmdb, enum geo_kind kind);

/* What a record says; GEO_UNKNOWN: it cannot be read. */
enum geo_state geo_record(
    enum geo_kind kind, MMDB_entry_s *entry, struct geo *geo);
/* The same of the record of addr, which is of either family. */
enum geo_state geo_look(const MMDB_s *mmdb, enum geo_kind kind,
    const struct addr *addr, struct geo *geo);

#endif
