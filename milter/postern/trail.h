/* SPDX-License-Identifier: ISC */
/* trail.h - which files make up the log that is asked for? */
#ifndef POSTERN_POSTERN_TRAIL_H
#define POSTERN_POSTERN_TRAIL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "log/files.h"
#include "log/stream.h"
#include "postern/texts.h"

struct trail {
	struct log_files files; /* the oldest first */
	uint64_t bytes;         /* of all, as far as known */
	/* The one that is written to: opened before its directory was read,
	 * so that a rotation meanwhile hides no record; NULL: none. */
	struct log_stream *active;
};

/*
 * All files of the log at path.  These return an exit code, and say what is
 * wrong; the trail is to be done with in any case.
 */
int trail_of_log(struct trail *trail, const char *path);
/* The files named, in the order of their first sequences. */
int trail_of_files(struct trail *trail, const struct texts *names);
void trail_done(struct trail *trail);

/* File i, from its beginning, the caller's to close; NULL with err and errno:
 * ENOENT where it was deleted since. */
struct log_stream *trail_open(struct trail *trail, size_t i, struct err *err);

#endif
