/* SPDX-License-Identifier: ISC */
/* aside.h - where does a torn or foreign end go? */
#ifndef POSTERN_LOG_ASIDE_H
#define POSTERN_LOG_ASIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "log/file.h"

/*
 * Copies what stands in file from on into PATH.torn.SEQUENCE (one that is
 * there already is left alone: ".2" and so on is added), then cuts the file
 * there.  False with err: nothing was cut.
 */
bool file_set_aside(
    struct file *file, int64_t from, uint64_t sequence, struct err *err);

#endif
