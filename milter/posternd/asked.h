/* SPDX-License-Identifier: ISC */
/*
 * asked.h - what is answered to one who asks on the control socket?
 *
 * Each of these closes fd, and waits for a slow asker no longer than a few
 * seconds.
 */
#ifndef POSTERN_POSTERND_ASKED_H
#define POSTERN_POSTERND_ASKED_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Does what text asks for, all that came from fd, and answers; a reload is
 * handed on (reloader.h) and answered when it is over.  Whoever can connect
 * may ask for all but open and close, which are for root and the daemon's
 * user.  On the operator's thread only.
 */
void asked_answer(int fd, const char *text, size_t len);
/* Answers, without waiting, that no request came. */
void asked_refuse(int fd, const char *why);
/* Answers with an exit code and what is to be printed.  Threads: any. */
void asked_reply(int fd, int status, const struct buf *words);

#endif
