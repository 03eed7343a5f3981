/* SPDX-License-Identifier: ISC */
/*
 * flood.h - does an attempt get a record of its own?
 *
 * Above `flood` records a minute from one /24 or /48, above `flood_total` in
 * all, and while the disk has less than `reserve` free, one record with a count
 * stands for many (contract, section 5, Floods).  Memory is bounded: a network
 * is counted from its first record of a minute on, and of those there are no
 * more than FLOOD_NETWORKS; what comes from others then folds over all.
 * Minutes are those of CLOCK_BOOTTIME.  Threads: any.
 */
#ifndef POSTERN_POSTERND_FLOOD_H
#define POSTERN_POSTERND_FLOOD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ulid.h"
#include "conf/conf.h"
#include "net/addr.h"
#include "policy/record.h"

enum fold {
	FOLD_NONE,  /* records of its own, under the id it has */
	FOLD_FIRST, /* they stand for those to come, too, under that id */
	FOLD_MORE,  /* counted; no record; id is that of the first */
	FOLD_LOST   /* the same, but the first could not be written */
};

/* What was decided for an attempt. */
struct folding {
	enum fold fold;
	uint64_t count; /* of FOLD_FIRST: attempts that it stands for so far */
};

/* What holds from now on; what is counted stays so. */
void flood_set(const struct conf_audit *audit);

/*
 * Counts an attempt that would leave so many records of this action under one
 * id.  id becomes that of the first where it folds.  A refusal waits until
 * the first is written, so that no sender is given an id that is not there;
 * no longer than LOG_WAIT_MS.  After FOLD_FIRST flood_write() must follow.
 */
struct folding flood_fold(enum record_action action, const struct addr *addr,
    uint64_t records, char id[ULID_TEXT]);
/* As audit_write(), of what flood_fold() was asked for: the record itself, or
 * that which stands for many, or none where there is one. */
bool flood_write(
    const struct record *record, const struct folding *folding, bool wait);

/* Does `accepted` go uncounted on disk, for want of room there? */
bool flood_is_short(void);

/* To be called each second, by one thread: writes the counts that are due,
 * looks how much of the disk is free. */
void flood_tick(void);
/* At a clean stop, behind the last flood_tick(): writes all that has grown
 * since it was written.  What comes then folds no more. */
void flood_end(void);

#endif
