/* SPDX-License-Identifier: ISC */
/* today.h - which day is it? */
#ifndef POSTERN_POSTERN_TODAY_H
#define POSTERN_POSTERN_TODAY_H

#include <stdint.h>

/* Days since 1970-01-01 UTC. */
int32_t today(void);

#endif
