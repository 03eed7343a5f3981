/* SPDX-License-Identifier: ISC */
/*
 * notify.h - what does systemd want to hear, and what does it hand over?
 *
 * Its documented protocols, sd_notify(3) and sd_listen_fds(3); without
 * systemd nothing happens.
 */
#ifndef POSTERN_POSTERND_NOTIFY_H
#define POSTERN_POSTERND_NOTIFY_H

#include <stdint.h>

#include "base/err.h"

/* "READY=1", "STOPPING=1"; waits no longer than a second.  Threads: any. */
void notify_send(const char *state);
/* A reload has begun; it ends with the next "READY=1". */
void notify_reloading(void);

/* How many sockets were handed over to this process. */
uint32_t notify_count_sockets(void);
/* The one listening socket that was handed over, or -1 with err. */
int notify_socket(struct err *err);

#endif
