/* SPDX-License-Identifier: ISC */
/*
 * reply.h - what is the sender told?
 *
 * Variables: %{id} %{client} %{rcpt} %{domain} %{policy}.  What they bring in
 * is printable ASCII, cut to REPLY_VALUE bytes; a lone % stands for itself.
 */
#ifndef POSTERN_POLICY_REPLY_H
#define POSTERN_POLICY_REPLY_H

#include <stdbool.h>

#include "base/err.h"
#include "policy/rules.h"

enum {
	/* RFC 5321 4.5.3.1.5: 512 octets a line, less "550-5.7.1 " and CRLF */
	REPLY_TEXT = 500,
	REPLY_VALUE = 64,
	REPLY_LINE = REPLY_TEXT + 16 /* "550 5.7.1 text" */
};

#define REPLY_DEFAULT \
	"Direct delivery is refused; use the MX of %{domain} (ref %{id})"

struct reply_values {
	const char *id;
	const char *client; /* NULL: no address */
	const char *rcpt;
	const char *domain;
	const char *policy; /* NULL: none */
};

/*
 * Held against the rules when the configuration is read: code class 5 (of a
 * deferral 4, never 421), status RFC 3463 of the same class, text printable
 * ASCII, known variables, and short enough whatever they hold.
 */
bool reply_check_code(unsigned code, unsigned class, struct err *err);
bool reply_check_status(const char *status, unsigned class, struct err *err);
bool reply_check_text(const char *text, struct err *err);

/* The text with its variables, single %; at most REPLY_TEXT bytes. */
void reply_text(const struct reply_form *form,
    const struct reply_values *values, char out[REPLY_TEXT]);

#endif
