/* SPDX-License-Identifier: ISC */
/*
 * line.h - what does a line of the log say of itself?
 *
 * Of a line without its newline.  Both look into its `event` object only,
 * all of whose texts are our own; what comes from clients stands elsewhere
 * and with its quotes escaped.
 */
#ifndef POSTERN_LOG_LINE_H
#define POSTERN_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ulid.h"

/* The event.id; false, id untouched, where there is none. */
bool log_line_id(const char *line, size_t len, char id[ULID_TEXT]);

/* The event.sequence, from 1; false, untouched, where there is none. */
bool log_line_sequence(const char *line, size_t len, uint64_t *sequence);

/* Does it begin as our lines do?  Of a line that was cut: as far as it goes.
 */
bool log_line_begins(const char *line, size_t len);

#endif
