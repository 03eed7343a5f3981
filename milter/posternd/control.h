/* SPDX-License-Identifier: ISC */
/*
 * control.h - where does the operator find us?
 *
 * The control socket: a unix socket of root and the daemon's user, and of
 * control_group where that is set.
 */
#ifndef POSTERN_POSTERND_CONTROL_H
#define POSTERN_POSTERND_CONTROL_H

#include <sys/types.h>

#include "base/err.h"
#include "conf/conf.h"
#include "posternd/account.h"
#include "posternd/local.h"
#include "posternd/socket.h"

struct control {
	char *path;
	struct local local; /* as what it is made, and made again */
	struct listener listener;
	struct err said; /* of keeping it there; empty: all is well */
};

/*
 * Makes it; started as root, before another user is become.  Returns EX_OK or
 * an error as local_open().  Where the configuration does not name it and its
 * place cannot be used, that is said and EX_OK: the daemon goes on without,
 * listener.fd -1 and path NULL.
 */
int control_open(const struct conf *conf, const struct account *account,
    struct control *control, struct err *err);

/*
 * Makes it again where somebody removed or replaced its file; says once that
 * it cannot.
 */
void control_keep(struct control *control);

/* The next one who asks, or -1: nobody does. */
int control_accept(struct control *control);

/* Closes it and removes its file, if that is ours. */
void control_close(struct control *control);

#endif
