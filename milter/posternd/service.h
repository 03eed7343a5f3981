/* SPDX-License-Identifier: ISC */
/* service.h - how long does it serve, and how does it end? */
#ifndef POSTERN_POSTERND_SERVICE_H
#define POSTERN_POSTERND_SERVICE_H

#include "posternd/socket.h"

/*
 * Serves until told to stop: libmilter in a thread of its own, this one
 * reading signals.  The log is started, the user changed.  Writes the
 * records `started` and `stopped`; asker: who started us.  Returns the exit
 * code.
 */
int service_run(struct listener *listener, uid_t asker, const char *greeting);

#endif
