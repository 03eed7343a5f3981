/* SPDX-License-Identifier: ISC */
/*
 * local.h - how is a unix socket made that takes nobody else's place?
 */
#ifndef POSTERN_POSTERND_LOCAL_H
#define POSTERN_POSTERND_LOCAL_H

#include <sys/types.h>

#include "base/err.h"

struct listener;

struct local {
	const char *key; /* "socket", "control": it, and KEY_group, in words */
	const char *path;
	mode_t mode;
	uid_t uid; /* (uid_t)-1: as it is made */
	gid_t gid;
};

/*
 * Returns EX_OK, or with err EX_TEMPFAIL (another process has the place),
 * EX_CONFIG, EX_NOPERM or EX_IOERR; where listener->path is set by then,
 * socket_remove() removes what was made.
 */
int local_open(
    const struct local *local, struct listener *listener, struct err *err);

#endif
