/* SPDX-License-Identifier: ISC */
/*
 * diag.h - what is wrong in the admin's files?
 *
 * A list of errors and warnings, each with file and line.  All are
 * collected, then printed at once, the same by posternd -t and postern check.
 */
#ifndef POSTERN_BASE_DIAG_H
#define POSTERN_BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct diag {
	const char *file; /* as the admin named it */
	unsigned line;    /* from 1; 0: the file as a whole */
	bool warning;
	const char *message;
};

struct diags {
	struct diag *items; /* in the order in which they were found */
	size_t count;
	size_t room;
	size_t errors;
	size_t warnings;
	size_t *slots; /* the place + 1 of an item by its hash, 0: free */
	size_t nslots; /* a power of two, at least twice count */
};

void diags_init(struct diags *diags);
void diags_done(struct diags *diags);

/* Adds one; the same one again (file, line, message) is not added twice. */
void diags_error(struct diags *diags, const char *file, unsigned line,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
void diags_warning(struct diags *diags, const char *file, unsigned line,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * The list as lines "FILE:LINE: message" and "FILE:LINE: warning: message"
 * ("FILE: ..." where there is no line), those of one file by line.
 */
void diags_text(const struct diags *diags, struct buf *out);
/* {"errors":[{"file","line","message"}],"warnings":[...]} and a newline. */
void diags_json(const struct diags *diags, struct buf *out);

#endif
