/* SPDX-License-Identifier: ISC */
/*
 * reloader.h - who reads files anew, while others are answered?
 *
 * One thread, as a million networks take seconds: it reloads, and takes over
 * databases that were replaced (fresh.h).  So no two reloads run at once,
 * and neither a session nor `postern open` waits for one.
 */
#ifndef POSTERN_POSTERND_RELOADER_H
#define POSTERN_POSTERND_RELOADER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* Starts it.  conf_path is borrowed until reloader_stop(). */
bool reloader_start(const char *conf_path, struct err *err);

/*
 * A signal asks for a reload.  However many come while one runs, one more
 * follows, and not at once.  Does not wait.  Threads: any.
 */
void reloader_ask(uid_t asker);
/*
 * Somebody asks for a reload of his own, after all that were asked for
 * before; it is answered on fd, which is closed then.  False, fd untouched,
 * where too many wait already.  Does not wait.  Threads: any.
 */
bool reloader_ask_for(uid_t asker, int fd);

/*
 * Ends it once what is under way is done; who waits is told that his is not.
 * Nobody may ask any more.  Without a start it does nothing.
 */
void reloader_stop(void);

#endif
