/* SPDX-License-Identifier: ISC */
/*
 * glass.h - is the glass broken, and until when?
 *
 * `postern open`: for a time nothing is refused, of one policy or of all
 * (monitor), whoever asked on the record.  It stands in PATH.open beside the
 * audit log, so that it outlives a restart, and closes by itself: at the time
 * of day that it says, or once so much time has passed, whichever comes
 * first, so that no step of the clock keeps a gate open.
 * Threads: glass_look() any, once glass_start() has returned; all else on the
 * operator's thread only (it writes and waits for the log).
 */
#ifndef POSTERN_POSTERND_GLASS_H
#define POSTERN_POSTERND_GLASS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "control/request.h"

struct glass {
	int64_t until_us;            /* UTC */
	char policy[REQUEST_POLICY]; /* "": all */
	char note[REQUEST_REASON];   /* the reason */
};

enum glass_begin {
	GLASS_OPENED,
	GLASS_NO_POLICY, /* with err: the generation in force knows none so */
	GLASS_NOT_OPENED /* with err: it is not safe on disk, or not recorded */
};

enum glass_end {
	GLASS_CLOSED,
	GLASS_NOTHING_OPEN,
	/* With err: it is closed, but that is not on the record, or its file is
	 * still there.  The latter is tried again with each glass_tick(). */
	GLASS_CLOSED_UNSAFELY
};

/*
 * Takes up what PATH.open says; log_path: audit.path.  What is over by now is
 * closed, on the record; what cannot be read is said, set aside, and closed.
 * The log runs.
 */
void glass_start(const char *log_path);

/*
 * Opens, in the place of what is open.  On the record and on disk before it
 * holds; where it is not opened nothing has changed, unless err says so.
 */
enum glass_begin glass_open(
    const struct request *request, uid_t asker, struct err *err);
/* Holds at once, whatever becomes of record and file. */
enum glass_end glass_close(uid_t asker, struct err *err);
/* Closes what is over; called about once a second. */
void glass_tick(void);

/* Is it open at this moment?  Fills *glass (NULL: nobody asks) if so. */
bool glass_look(struct glass *glass);

#endif
