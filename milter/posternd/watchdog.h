/* SPDX-License-Identifier: ISC */
/*
 * watchdog.h - does the milter still answer?
 *
 * sd_watchdog_enabled(3): where systemd sets WATCHDOG_USEC (and WATCHDOG_PID
 * is ours or not set), it wants to hear WATCHDOG=1 in less than that.  It
 * hears it only while libmilter answers a negotiation on our own socket, so
 * that a filter that hangs is started anew.  Where threads run out the same
 * question is asked, systemd or not.
 */
#ifndef POSTERN_POSTERND_WATCHDOG_H
#define POSTERN_POSTERND_WATCHDOG_H

#include <stdbool.h>

/* Reads what systemd wants; fd: the milter's listening socket. */
void watchdog_start(int fd);
/*
 * Called by the main thread at least once a second; never blocks it.  False,
 * having said why: only a new start helps.
 */
bool watchdog_tick(void);

#endif
