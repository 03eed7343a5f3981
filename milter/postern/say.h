/* SPDX-License-Identifier: ISC */
/* say.h - what is the admin told? */
#ifndef POSTERN_POSTERN_SAY_H
#define POSTERN_POSTERN_SAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "postern/command.h"

enum {
	SAY_SHOWN = 64 /* bytes of an argument that a message shows */
};

/* "postern: ..." and a newline to standard error. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* As say(), with the name of the command before and where to find help
 * behind.  Returns EX_USAGE. */
int say_usage(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Errors and warnings of the admin's files, to standard error. */
void say_diags(const struct diags *diags);

/* Adds word quoted, and which of words may have been meant. */
void add_unknown(
    struct buf *out, const char *word, const char *const *words, size_t count);

/* Writes out to standard output at once; false where it went nowhere. */
bool print(const struct buf *out);
/* status, or EX_IOERR (said) where out could not be printed. */
int print_result(const struct buf *out, int status);

/* Why is there no configuration: EX_NOINPUT if path cannot be read, else
 * EX_CONFIG. */
int conf_status(const char *path);

#endif
