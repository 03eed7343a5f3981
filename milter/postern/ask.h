/* SPDX-License-Identifier: ISC */
/* ask.h - what does the running daemon say? */
#ifndef POSTERN_POSTERN_ASK_H
#define POSTERN_POSTERN_ASK_H

#include "base/buf.h"
#include "control/request.h"
#include "postern/command.h"

/*
 * Asks the daemon whose control socket the configuration at path names (NULL:
 * the default one).  Returns an exit code; with EX_OK the answer is in *out,
 * else it was said why there is none, the daemon's own words included.
 */
int ask(const struct command *command, const char *path,
    const struct request *request, struct buf *out);

/*
 * The same where it is to do something: done is printed once it has, and what
 * it says of it (warnings) goes to standard error.
 */
int ask_to_do(const struct command *command, const char *path,
    const struct request *request, const char *done);

#endif
