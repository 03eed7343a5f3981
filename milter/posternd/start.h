/* SPDX-License-Identifier: ISC */
/* start.h - in which order does it come up? */
#ifndef POSTERN_POSTERND_START_H
#define POSTERN_POSTERND_START_H

struct generation;

/*
 * With the rights it was started with: log and its lock, sockets.  Then it
 * becomes `user`, starts its threads and serves.  Takes generation over, which
 * was read from conf_path; returns the exit code.
 */
int start(struct generation *generation, const char *conf_path);

#endif
