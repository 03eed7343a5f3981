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
 * False where it is no such object, with members of the types that they
 * should have: an answer may hold anything.
 */
bool status_text(
    const char *json, size_t len, int64_t now_us, bool colour, struct buf *out);
/* Is it such an object, and nothing else? */
bool status_is_one(const char *json, size_t len);

/* The object, if it is one, to be released; NULL: it is none. */
struct json_t *status_load(const char *json, size_t len);

#endif
