/* SPDX-License-Identifier: ISC */
/* clock.h - what time is it, and how is the next event named? */
#ifndef POSTERN_POSTERND_CLOCK_H
#define POSTERN_POSTERND_CLOCK_H

#include <stdint.h>

#include "base/ulid.h"

/* Microseconds since 1970-01-01 UTC. */
int64_t clock_us(void);
/* Microseconds since this machine came up; no step of the clock changes it. */
int64_t clock_up_us(void);
/* Days since 1970-01-01 UTC. */
int32_t clock_today(void);

/* A new name for an event at time_us. */
void id_new(int64_t time_us, char out[ULID_TEXT]);

#endif
