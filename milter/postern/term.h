/* SPDX-License-Identifier: ISC */
/*
 * term.h - how does it look to a person?
 *
 * Colours only on a terminal that wants them; columns that stand straight;
 * nothing from outside that a terminal would obey.
 */
#ifndef POSTERN_POSTERN_TERM_H
#define POSTERN_POSTERN_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum ink {
	INK_NONE,
	INK_GOOD,
	INK_BAD,
	INK_WARN,
	INK_FAINT,
	INK_STRONG
};

/* Is standard output a terminal, and NO_COLOR (no-color.org) not set? */
bool term_has_colour(void);

/* Adds text as it is, in that colour where there are colours. */
void term_add(struct buf *out, bool colour, enum ink ink, const char *text);
/*
 * Adds text from outside: controls, bidi marks, the quote and the backslash
 * as in JSON (\uXXXX, \", \\), what is no UTF-8 as \ufffd; at most max bytes,
 * then "...".
 */
void term_add_outside(
    struct buf *out, const char *bytes, size_t len, size_t max);

/* Rows of cells; the last cell of a row is never padded. */
struct grid {
	struct cell *cells;
	size_t count;
	size_t room;
	size_t columns;
};

void grid_init(struct grid *grid, size_t columns);
void grid_done(struct grid *grid);
/* The next cell, row by row.  The text is copied and must be clean. */
void grid_add(struct grid *grid, enum ink ink, const char *text);
void grid_text(
    const struct grid *grid, bool colour, const char *indent, struct buf *out);

#endif
