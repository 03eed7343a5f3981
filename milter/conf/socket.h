/* SPDX-License-Identifier: ISC */
/* socket.h - is this a place where a milter can listen? */
#ifndef POSTERN_CONF_SOCKET_H
#define POSTERN_CONF_SOCKET_H

#include <stdbool.h>

#include "base/err.h"

enum {
	SOCKET_PATH = 107 /* sun_path of unix(7), less its terminator */
};

/*
 * "unix:/path", "inet:PORT@HOST", "inet6:PORT@HOST" or "systemd".  HOST is a
 * name or an address, an IPv6 one in [ ].  Looks up nothing.
 */
bool socket_check(const char *text, struct err *err);
/* The path of a unix socket: from / on, and no longer than the kernel takes. */
bool socket_check_path(const char *path, struct err *err);

#endif
