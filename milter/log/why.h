/* SPDX-License-Identifier: ISC */
/* why.h - what went wrong with a file, and what cures it? */
#ifndef POSTERN_LOG_WHY_H
#define POSTERN_LOG_WHY_H

#include <stdbool.h>

#include "base/err.h"

/*
 * "PATH: cannot DOING: REASON; CURE" for an errno, which stays; always returns
 * false.
 * Threads: any.
 */
bool why_failed(
    struct err *err, const char *path, const char *doing, int error);
/* The same for those who only read a log. */
bool why_unread(
    struct err *err, const char *path, const char *doing, int error);

#endif
