/* SPDX-License-Identifier: ISC */
/* seal_age.h - when was what is to go sealed? */
#ifndef POSTERN_LOG_SEAL_AGE_H
#define POSTERN_LOG_SEAL_AGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * The time of the last seal in PATH.seals that stands before the record of
 * that sequence, microseconds since 1970; 0: there is none.  False with err:
 * the file cannot be read.
 */
bool seal_age_before(
    const char *log_path, uint64_t sequence, int64_t *time_us, struct err *err);

#endif
