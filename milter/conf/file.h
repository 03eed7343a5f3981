/* SPDX-License-Identifier: ISC */
/* file.h - what are the bytes of this file? */
#ifndef POSTERN_CONF_FILE_H
#define POSTERN_CONF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Which file it is, whatever it is called. */
struct file_id {
	dev_t device;
	ino_t inode;
};

/*
 * Adds all of a regular file ("-": standard input) to out, at most limit
 * bytes.  Returns false with err, out untouched, for all else; never waits
 * for a FIFO or a device.
 */
bool file_read(const char *path, size_t limit, struct buf *out,
    struct file_id *id, struct err *err);

#endif
