/* SPDX-License-Identifier: ISC */
/* records.h - which records are asked for?  (log.c and its parts) */
#ifndef POSTERN_POSTERN_RECORDS_H
#define POSTERN_POSTERN_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "crypto/sign.h"
#include "log/chain.h"
#include "postern/command.h"
#include "postern/texts.h"

struct log_request {
	const char *conf;     /* NULL: the default one */
	struct texts files;   /* none: the configuration's log */
	char *path;           /* that; NULL: files are named */
	int64_t keep_us;      /* of the configuration; 0: none was asked */
	int64_t seal_us;      /* as keep_us */
	const char *id;       /* show */
	const char *key_text; /* verify; NULL: not given */
	const char *head_text;
	char key[SIGN_PUBLIC_TEXT]; /* of these; "" and 0: not given */
	struct chain_head head;
	bool json;
	bool colour;
};

/*
 * Adds a line of the log as it was asked for, in full or in one line.  Returns
 * false, adding nothing, where it is no record.
 */
bool record_add(const struct log_request *request, const char *line, size_t len,
    bool full, struct buf *out);

/* Reads --key and --head; an exit code. */
int proof_options(const struct command *command, struct log_request *request);

/* They print what they find and return an exit code. */
int records_show(struct log_request *request);
int records_tail(struct log_request *request);
int records_verify(struct log_request *request);
int records_key(struct log_request *request);

#endif
