/* SPDX-License-Identifier: ISC */
/* flood_line.h - how is a record written again, with another count? */
#ifndef POSTERN_POSTERND_FLOOD_LINE_H
#define POSTERN_POSTERND_FLOOD_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "policy/record.h"

struct flood_line {
	enum record_action action;
	uint64_t count; /* that it was written with */
	size_t sequence_at;
	struct buf before; /* the count */
	struct buf after;
};

void flood_line_init(struct flood_line *line);
void flood_line_done(struct flood_line *line);

/* Keeps the first line of a record, which has a count. */
void flood_line_keep(struct flood_line *line, const struct record *record);
/* The same, as of that time, with that count. */
void flood_line_write(const struct flood_line *line, int64_t time_us,
    uint64_t count, struct record_line *out);

#endif
