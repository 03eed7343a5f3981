/* SPDX-License-Identifier: ISC */
/* abandoned.h - what is left of an attempt that was broken off? */
#ifndef POSTERN_POSTERND_ABANDONED_H
#define POSTERN_POSTERND_ABANDONED_H

#include "posternd/session.h"

/*
 * At the end of a connection: at most one record of a client that no policy
 * could have let in.  Never waits: libmilter may hold a lock (its sweep of
 * idle sessions).
 */
void abandoned_record(struct session *session);

#endif
