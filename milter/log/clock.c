/* SPDX-License-Identifier: ISC */
/* clock.c - how long does something take? */
#include "config.h"

#include "log/clock.h"

#include <time.h>

int64_t
clock_now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_wall_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */

	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
