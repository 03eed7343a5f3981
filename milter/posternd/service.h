/* SPDX-License-Identifier: ISC */
/* service.h - how long does it serve, and how does it end? */
#ifndef POSTERN_POSTERND_SERVICE_H
#define POSTERN_POSTERND_SERVICE_H

#include "posternd/control.h"
#include "posternd/socket.h"

/* What it works with; borrowed for the call. */
struct service {
	struct listener *listener;
	struct control *control;
	const char *conf_path; /* what a reload reads */
	uid_t asker;           /* who started us */
	const char *greeting;
};

/*
 * Serves until told to stop: libmilter in a thread of its own, the operator's
 * beside it, this one reading signals.  The log is started, the user changed.
 * Writes the records `started` and `stopped`.  Returns the exit code.
 */
int service_run(const struct service *service);

#endif
