/* SPDX-License-Identifier: ISC */
/*
 * sealer.h - when is the chain sealed, and how?
 *
 * Belongs to the writer's thread once that runs.  What fails is tried again
 * after a minute; records go on meanwhile.
 */
#ifndef POSTERN_LOG_SEALER_H
#define POSTERN_LOG_SEALER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "log/keys.h"
#include "log/log.h"

struct sealer {
	struct keys keys;
	char *path;        /* of the log */
	bool ready;        /* keys are loaded; else nothing can be sealed */
	struct err why;    /* not ready at a start: why; empty: nobody asked */
	int64_t sealed_ms; /* when the last seal was made; clock_now_ms() */
	int64_t retry_ms;  /* after a failure not before */
	struct buf kept;   /* line of a seal that is in the log, but not yet
			      in PATH.seals */
};

/*
 * Loads the keys, or makes them, where interval_ms asks for seals (else in the
 * first sealer_mend() that does); what a crash left undone is done in any
 * case.  The next seal is due an interval after the last one (the first after
 * PATH.seals was made), at once where that is past.  Damaged keys are left
 * alone: nothing is sealed, `why` says it.  made: seals that are known to be
 * made; where PATH.seals has fewer it is an older one.
 */
void sealer_init(struct sealer *sealer, const struct file *file,
    int64_t interval_ms, uint64_t made);
void sealer_done(struct sealer *sealer);

/*
 * Does what stands in the way of the next seal, where it can: loads the keys
 * if interval_ms asks for seals, puts the last one into PATH.seals.  False with
 * err: it failed (again).
 */
bool sealer_mend(struct sealer *sealer, int64_t interval_ms, int64_t now_ms,
    struct err *err);
/* Does a seal stand in the log that is not in PATH.seals?  The file it is in
 * has to keep its name: it is looked for there after a crash. */
bool sealer_is_busy(const struct sealer *sealer);
/* Number of the last seal that is known. */
uint64_t sealer_made(const struct sealer *sealer);
/* May a seal be made?  interval_ms 0, or without keys: never. */
bool sealer_can(
    const struct sealer *sealer, int64_t interval_ms, int64_t now_ms);
/* And is it time? */
bool sealer_is_due(
    const struct sealer *sealer, int64_t interval_ms, int64_t now_ms);

/* Puts on disk what a seal needs, before its record.  False with err. */
bool sealer_prepare(struct sealer *sealer, int64_t now_ms, struct err *err);
/* Adds the record that seals *head to out, and moves *head to it. */
void sealer_add(struct sealer *sealer, const struct log_news *news,
    struct chain_head *head, struct buf *out);
/*
 * The line at line is on disk: the key is erased, the next seal is due an
 * interval from now.  Not called where it could not be written: the same seal
 * is tried again.
 */
bool sealer_keep(struct sealer *sealer, const char *line, size_t len,
    int64_t now_ms, struct err *err);

#endif
