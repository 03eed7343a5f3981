/* SPDX-License-Identifier: ISC */
/* status.h - how does a person read what the daemon says of itself? */
#ifndef POSTERN_POSTERN_STATUS_H
#define POSTERN_POSTERN_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Adds what json (contract, section 7) says, for a person; now_us: since 1970.
 * False where it is no such object: an answer may hold anything.
 */
bool status_text(
    const char *json, size_t len, int64_t now_us, bool colour, struct buf *out);
/* Is it a JSON object, and nothing else? */
bool status_is_object(const char *json, size_t len);

#endif
