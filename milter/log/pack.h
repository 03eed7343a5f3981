/* SPDX-License-Identifier: ISC */
/* pack.h - how is a rotated file compressed? */
#ifndef POSTERN_LOG_PACK_H
#define POSTERN_LOG_PACK_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"

/*
 * Makes PATH.gz (RFC 1952) of path, with its owner, mode and time, and
 * removes path once that is whole on disk.  A half PATH.gz.part of a crash is
 * written over.  Gives up, path untouched, once *stop is set.  False with err.
 */
bool pack_file(const char *path, const atomic_bool *stop, struct err *err);

#endif
