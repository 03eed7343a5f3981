/* SPDX-License-Identifier: ISC */
/* view.h - how does a person read a record? */
#ifndef POSTERN_POSTERN_VIEW_H
#define POSTERN_POSTERN_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct view;

/* A line of the log, or NULL where it is no record (no JSON object). */
struct view *view_new(const char *line, size_t len);
void view_free(struct view *view); /* NULL is allowed */

/* Everything that stands in it, a line each: "event.action  accepted". */
void view_full(const struct view *view, bool colour, struct buf *out);
/* One line: time, action, client, from, to, policy, reason, reference. */
void view_line(const struct view *view, bool colour, struct buf *out);

#endif
