/* SPDX-License-Identifier: ISC */
/*
 * scan.h - is this text what it looks like, before libconfig reads it?
 *
 * libconfig 1.5 joins strings that lack a comma, lets an unclosed comment
 * swallow the rest, wraps integers, cuts strings at \x00 and ends the
 * process on @include of a directory.  So the text is scanned here first:
 * each of these is an error with line and cure.  Includes are taken in here
 * (one text, with a map of its lines), so libconfig opens no file.
 */
#ifndef POSTERN_CONF_SCAN_H
#define POSTERN_CONF_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"

enum {
	SCAN_BYTES = 64 << 20, /* of all files together */
	SCAN_DEPTH = 10,       /* of includes in includes */
	SCAN_BRACKETS = 32, /* one in another; libconfig's stack has an end */
	SCAN_ERRORS = 100   /* then the text is something else altogether */
};

/* Where a line of the joined text comes from. */
struct scan_line {
	const char *file; /* as the admin named it; owned by the scan */
	unsigned line;
};

struct scan {
	struct buf text;         /* for libconfig: joined, without comments */
	struct buf bytes;        /* of every file as it was read, in order */
	struct scan_line *lines; /* of text; [0] is line 1 */
	size_t count;
	size_t room;
	char **files; /* every file read, in order; at least one */
	size_t nfiles;
	size_t files_room;
};

/*
 * Reads path ("-": standard input) and what it includes.  All that is wrong
 * goes to diags.  Returns false where libconfig must not see the text; what
 * it may see is free of the traps even if diags has errors.  The scan is to
 * be freed in either case.
 */
bool scan_file(const char *path, struct scan *scan, struct diags *diags);
void scan_done(struct scan *scan);
/* Of a line of the joined text, from 1; the last line for those behind. */
struct scan_line scan_where(const struct scan *scan, unsigned line);

#endif
