/* SPDX-License-Identifier: ISC */
/*
 * rows.h - what is known of a table while it is read?  (inside lists/)
 *
 * rows.c parts its lines, row.c makes of each what is judged by.
 */
#ifndef POSTERN_LISTS_ROWS_H
#define POSTERN_LISTS_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "lists/build.h"

enum {
	ROW_FIELDS = 3 /* domain, sources, tenants */
};

struct reading {
	struct build *build;
	uint32_t number; /* of its policy */
	const char *path;
	unsigned line;
	size_t rows;
	size_t errors;
};

/* Of the line that is read: "\"TEXT\": WHAT; CURE". */
void rows_complain(struct reading *reading, const char *text, const char *what,
    const char *cure);
/* Takes a row; fields are cut up. */
void row_take(struct reading *reading, char *fields[ROW_FIELDS]);

#endif
