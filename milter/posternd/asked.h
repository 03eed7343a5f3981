/* SPDX-License-Identifier: ISC */
/* asked.h - what is answered to one who asks on the control socket? */
#ifndef POSTERN_POSTERND_ASKED_H
#define POSTERN_POSTERND_ASKED_H

/*
 * Reads a request from fd, does it, answers, and closes fd; no longer than
 * the work itself and a few seconds for a slow asker.  Whoever can connect
 * may ask for all but open and close, which are for root and the daemon's
 * user.  On the operator's thread only.
 */
void asked_answer(int fd, const char *conf_path);

#endif
