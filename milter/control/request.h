/* SPDX-License-Identifier: ISC */
/*
 * request.h - what does the command ask of the daemon?
 *
 * The words on the control socket, for both of its ends.  A request is a
 * text: the verb on a line, then a line "key value" for each of its
 * arguments, then the end of what the asker sends.  The answer is a line with
 * an exit code, then what is to be printed: the result where it is 0 (JSON,
 * or Prometheus' text), else the words of the error, a line each.
 */
#ifndef POSTERN_CONTROL_REQUEST_H
#define POSTERN_CONTROL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum verb {
	VERB_STATUS,  /* as JSON (contract, section 7) */
	VERB_METRICS, /* as Prometheus reads it */
	VERB_RELOAD,
	VERB_OPEN,
	VERB_CLOSE
};

enum {
	REQUEST_TEXT = 4096,        /* longest request */
	REQUEST_POLICY = 65,        /* names of policies have 64 characters */
	REQUEST_REASON = 513,       /* bytes of a reason, with terminator */
	REQUEST_SECONDS = 31536000, /* longest that a gate is opened: a year */
};

struct request {
	enum verb verb;
	/* of VERB_OPEN */
	uint32_t seconds;            /* from 1 */
	char policy[REQUEST_POLICY]; /* "": all */
	char reason[REQUEST_REASON]; /* UTF-8, not blank, no control bytes */
};

/*
 * What the operator wrote, taken over; false with err, nothing changed, where
 * it is blank, too long or has what a reason must not have.
 */
bool request_set_policy(
    struct request *request, const char *text, struct err *err);
bool request_set_reason(
    struct request *request, const char *text, struct err *err);

/* Adds it as it goes over the socket. */
void request_text(const struct request *request, struct buf *out);
/*
 * Reads it; false with err for what is none: unknown verb or key, a key
 * twice or missing, a value out of bounds.  text may hold any bytes.
 */
bool request_parse(
    const char *text, size_t len, struct request *request, struct err *err);

#endif
