/* SPDX-License-Identifier: ISC */
/* name.h - how does a file get a name that nothing else has? */
#ifndef POSTERN_LOG_NAME_H
#define POSTERN_LOG_NAME_H

#include <stdbool.h>

/*
 * Renames from to to, which never takes the place of another file; if both
 * are the same one, a crash having left it both names, from goes.  Not yet
 * on disk: file_sync_directory().  False with errno (EEXIST).
 */
bool name_move(const char *from, const char *to);

#endif
