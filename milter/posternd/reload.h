/* SPDX-License-Identifier: ISC */
/* reload.h - how does a new generation come into force? */
#ifndef POSTERN_POSTERND_RELOAD_H
#define POSTERN_POSTERND_RELOAD_H

#include <sys/types.h>

#include "base/buf.h"

/*
 * Builds a generation from the configuration at path and puts it in the place
 * of the one in force; sessions that have begun keep theirs.  Adds to words
 * what there is to say of it, errors and warnings, a line each.  Returns
 * EX_OK, or where nothing has changed EX_CONFIG.  Either is on the record.
 * On the reloader's thread only.
 */
int reload(const char *path, uid_t asker, struct buf *words);

#endif
