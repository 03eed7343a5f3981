/* SPDX-License-Identifier: ISC */
/*
 * eml.h - which headers does a message have?
 *
 * A header field on the command line, or a message as a file: the block up to
 * the first empty line, or to a line that is no field, where the body begins
 * for Postfix and Sendmail too.  Lines end in LF or CRLF.  Nothing that it
 * holds is trusted, and its size does not matter.
 */
#ifndef POSTERN_POSTERN_EML_H
#define POSTERN_POSTERN_EML_H

#include <stdbool.h>

#include "base/err.h"
#include "postern/seen.h"

/* Is it "Name: value", with no line break but in a fold?  Else false. */
bool eml_is_field(const char *text);
/* Adds such a field. */
void eml_add_field(struct seen *seen, const char *text);

/*
 * Adds the fields of the message at path ("-": standard input), in their
 * order.  EX_OK, or with err EX_NOINPUT where it cannot be read, EX_DATAERR
 * where it is no message.
 */
int eml_read(struct seen *seen, const char *path, struct err *err);

#endif
