/* SPDX-License-Identifier: ISC */
/*
 * line.h - what does a line of the log say of itself?
 *
 * Of a line without its newline.  Nearly all stands in its `event` object, all
 * of whose texts are our own; what comes from clients stands elsewhere and with
 * its quotes escaped.
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

/* Is its event.action this one? */
bool log_line_is(const char *line, size_t len, const char *action);

/* The time at its beginning, microseconds since 1970; false, untouched, where
 * there is none. */
bool log_line_time(const char *line, size_t len, int64_t *time_us);

/* The text of a member of event, borrowed; false, untouched, where there is
 * none. */
bool log_line_text(const char *line, size_t len, const char *member,
    const char **text, size_t *text_len);

/* The same of source.ip. */
bool log_line_address(
    const char *line, size_t len, const char **text, size_t *text_len);

/* Does it begin as our lines do?  Of a line that was cut: as far as it goes.
 */
bool log_line_begins(const char *line, size_t len);

#endif
