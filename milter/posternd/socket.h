/* SPDX-License-Identifier: ISC */
/*
 * socket.h - where does the MTA find us?
 *
 * The listening socket is made here and handed to libmilter as "fd:N"
 * (Debian's libmilter takes that), as libmilter itself would take a living
 * instance's socket away, leave its own behind and know no group.
 */
#ifndef POSTERN_POSTERND_SOCKET_H
#define POSTERN_POSTERND_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "conf/conf.h"
#include "posternd/account.h"

enum {
	SOCKET_BACKLOG = 1024 /* Postfix takes EAGAIN for "no milter" */
};

struct listener {
	int fd;     /* -1: none */
	char *path; /* of a unix socket that we made; NULL: none */
	dev_t dev;  /* which file that is */
	ino_t ino;
};

/*
 * Makes what conf says.  Returns EX_OK, or with err EX_TEMPFAIL (another
 * instance has it), EX_CONFIG, EX_NOPERM or EX_IOERR.
 */
int socket_open(const struct conf *conf, const struct account *account,
    struct listener *listener, struct err *err);

/* Is the file still there, and ours?  True where there is none. */
bool socket_is_there(const struct listener *listener);

/* Removes the file if it is ours; the descriptor is libmilter's to close. */
void socket_remove(struct listener *listener);

#endif
