/* SPDX-License-Identifier: ISC */
/*
 * forward_text.h - what is a receiver sent of a record?
 *
 * The whole line, and beside it what a filter asks for: sequence, hash, action,
 * id, reason and the address, none of which a client writes.
 */
#ifndef POSTERN_POSTERND_FORWARD_TEXT_H
#define POSTERN_POSTERND_FORWARD_TEXT_H

#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"

/* Adds a message of RFC 5424; line is without its newline. */
void forward_add_syslog(const char *line, size_t len, int facility,
    const char *host, pid_t pid, struct buf *out);
/* Adds an entry in journald's native protocol. */
void forward_add_journal(const char *line, size_t len, struct buf *out);

#endif
