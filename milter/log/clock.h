/* SPDX-License-Identifier: ISC */
/* clock.h - how long does something take? */
#ifndef POSTERN_LOG_CLOCK_H
#define POSTERN_LOG_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC: no step of the clock makes anyone wait longer. */
int64_t clock_now_ms(void);
/* CLOCK_REALTIME, microseconds since 1970: what records say. */
int64_t clock_wall_us(void);

#endif
