/* SPDX-License-Identifier: ISC */
/*
 * forward.h - where do records go beside the file?
 *
 * To syslog (RFC 5424, over the local socket) or to journald (its own
 * protocol), as `audit.syslog` says.  The log's writer hands over what it has
 * written; nothing here waits: what the receiver does not take at once is
 * counted, and told when it takes again.
 */
#ifndef POSTERN_POSTERND_FORWARD_H
#define POSTERN_POSTERND_FORWARD_H

#include <stddef.h>

#include "conf/conf.h"

/* What holds from now on.  Threads: any. */
void forward_set(const struct conf_audit *audit);
/* Whole lines, as they stand in the log.  On the writer's thread only. */
void forward_lines(const char *lines, size_t len);

#endif
