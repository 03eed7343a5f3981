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
	SCAN_DEPTH = 10        /* of includes in includes */
};

/* Where a line of the joined text comes from. */
struct scan_line {
	const char *file; /* as the admin named it; owned by the scan */
	unsigned line;
};

struct scan {
	struct buf text;         /* files joined, each line of it in lines[] */
	struct scan_line *lines; /* [0] is line 1 */
	size_t count;
	char **files; /* every file read, in order */
	size_t nfiles;
};

/*
 * Reads path ("-": standard input) and what it includes.  All that is wrong
 * goes to diags.  Returns false where libconfig must not see the text.
 */
bool scan_file(const char *path, struct scan *scan, struct diags *diags);
void scan_done(struct scan *scan);
/* Of a line of the joined text, from 1; the last line for those behind. */
struct scan_line scan_where(const struct scan *scan, unsigned line);

#endif
