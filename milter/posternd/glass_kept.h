/* SPDX-License-Identifier: ISC */
/*
 * glass_kept.h - how is a broken glass written down, and when is it over?
 *
 * The text of PATH.open, a line "word value" each, in this order: `opened`
 * and `until` (UTC), `uptime` (seconds that the machine was up when it was
 * opened), `policy` (where it is one only), `note` (the reason).
 */
#ifndef POSTERN_POSTERND_GLASS_KEPT_H
#define POSTERN_POSTERND_GLASS_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "posternd/glass.h"

enum {
	GLASS_KEPT_TEXT = 1024 /* the longest text has less */
};

struct glass_kept {
	struct glass glass;
	int64_t opened_us; /* UTC */
	uint32_t uptime_s; /* of the machine, then */
};

void glass_kept_text(const struct glass_kept *kept, struct buf *out);
/* Reads just such a text, of any bytes; false with err, kept untouched. */
bool glass_kept_parse(
    const char *text, size_t len, struct glass_kept *kept, struct err *err);

/*
 * After a start: a machine that has been up for less than it had been then
 * was restarted, and time counts from there.  (Up for longer it may have been
 * restarted, too: then more time has passed than is counted, never less.)
 */
void glass_kept_take_up(struct glass_kept *kept, int64_t up_us);

/*
 * How long is it still open?  By the clock or by the time that has passed,
 * whichever says less.  now_us: UTC; up_us: since the machine came up.  0 or
 * less: it is over.
 */
int64_t glass_kept_left_us(
    const struct glass_kept *kept, int64_t now_us, int64_t up_us);

#endif
