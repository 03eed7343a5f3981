/* SPDX-License-Identifier: ISC */
/*
 * operator.h - who does what the operator asks?
 *
 * One thread: it answers on the control socket and does what is due from
 * time to time (metrics, the glass that closes by itself, a control socket
 * that somebody removed).  So nothing that an operator asks for holds up a
 * session.  Reloads, which may take long, have a thread beside it
 * (reloader.h): open and close hold at once even then.
 */
#ifndef POSTERN_POSTERND_OPERATOR_H
#define POSTERN_POSTERND_OPERATOR_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "posternd/control.h"

/*
 * Starts both.  control and conf_path, what a reload reads, are borrowed until
 * operator_stop().
 */
bool operator_start(
    struct control *control, const char *conf_path, struct err *err);

/*
 * A signal asks for a reload.  Does not wait; however many come while one
 * runs, one more follows.  Threads: any.
 */
void operator_ask_reload(uid_t asker);

/*
 * Ends both, waiting for what is under way; who waits for a reload that has
 * not begun is told that there is none.
 */
void operator_stop(void);

#endif
