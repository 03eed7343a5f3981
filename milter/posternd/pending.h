/* SPDX-License-Identifier: ISC */
/*
 * pending.h - who has connected, and has not asked yet?
 *
 * Nobody is waited for: what has come is taken, and a request is done once it
 * is whole.  So whoever says nothing, or half a request, holds up nobody.
 * Threads: the operator's only.
 */
#ifndef POSTERN_POSTERND_PENDING_H
#define POSTERN_POSTERND_PENDING_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum {
	PENDING_MAX = 64
};

struct pending {
	struct asker {
		int fd;
		int64_t until_ms;
		struct buf text; /* what came so far */
	} askers[PENDING_MAX];   /* the oldest first */
	size_t count;
};

/*
 * Takes fd, which does not block; it is closed in its time.  Where there are
 * too many the oldest is told so, and has to leave.
 */
void pending_add(struct pending *pending, int fd, int64_t now_ms);
/* What is to be polled for them; returns how many they are. */
size_t pending_fill(
    const struct pending *pending, struct pollfd fds[PENDING_MAX]);
/* Reads what poll() found there, and answers those who have asked. */
void pending_read(struct pending *pending, const struct pollfd *fds);
/* Ends those whose time is over. */
void pending_tick(struct pending *pending, int64_t now_ms);
/* When is the next one's time over, if it is before until_ms? */
int64_t pending_until(const struct pending *pending, int64_t until_ms);
/* Ends all. */
void pending_done(struct pending *pending);

#endif
