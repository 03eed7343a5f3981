/* SPDX-License-Identifier: ISC */
/*
 * channel.h - how do bytes get over the control socket?
 *
 * Whole and in time, or not at all: neither end can be kept waiting for ever
 * by the other.  Threads: one a descriptor.
 */
#ifndef POSTERN_CONTROL_CHANNEL_H
#define POSTERN_CONTROL_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "control/request.h"

enum {
	CHANNEL_ANSWER = 16 * 1024 * 1024 /* longest answer that is read */
};

/* How long is an answer waited for? */
struct patience {
	int answer_ms;      /* for all of it; -1: as long as it takes */
	int silent_ms;      /* without a byte, after which it is told */
	void (*tell)(void); /* that we wait, once; NULL: nobody is told */
};

/*
 * Reads until the other end has sent all (it shuts down its side), no more
 * than max bytes and no longer than wait_ms in all; -1: as long as it takes.
 * False with err.
 */
bool channel_read(
    int fd, size_t max, int wait_ms, struct buf *out, struct err *err);
/*
 * Writes it all, no longer than wait_ms in all; false with err.  No SIGPIPE
 * comes of it.
 */
bool channel_write(
    int fd, const char *bytes, size_t len, int wait_ms, struct err *err);

/*
 * For the command: sends request to the daemon whose control socket is path
 * and reads its answer, as patiently as is said.  Returns the exit code that
 * the daemon gave, err empty and what is to be printed in *out; or, with err,
 * EX_UNAVAILABLE where no daemon answers, or none of this version, EX_NOPERM
 * where we may not ask, EX_IOERR.
 */
int channel_ask(const char *path, const struct request *request,
    const struct patience *patience, struct buf *out, struct err *err);

#endif
