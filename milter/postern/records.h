/* SPDX-License-Identifier: ISC */
/* records.h - which records are asked for?  (log.c and its parts) */
#ifndef POSTERN_POSTERN_RECORDS_H
#define POSTERN_POSTERN_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "log/read.h"

struct log_request {
	const char *conf; /* NULL: the default one */
	const char *file; /* NULL: the configuration's log */
	const char *id;   /* NULL: the last ones, and those to come */
	bool json;
	bool colour;
	int input;  /* descriptor of what standard input held, else -1 */
	char *path; /* to be read */
};

/*
 * Adds a line of the log as it was asked for, in full or in one line.  Returns
 * false, adding nothing, where it is no record.
 */
bool record_add(const struct log_request *request, const char *line, size_t len,
    bool full, struct buf *out);

/* They print what they find and return an exit code. */
int records_show(const struct log_request *request, struct log_reader *reader);
int records_tail(const struct log_request *request, struct log_reader *reader);

#endif
