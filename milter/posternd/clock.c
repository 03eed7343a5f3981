/* SPDX-License-Identifier: ISC */
/* clock.c - what time is it, and how is the next event named? */
#include "config.h"

#include "posternd/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "base/timetext.h"

static int64_t
read_us(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now); /* cannot fail */

	return (int64_t)now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

int64_t
clock_us(void)
{
	return read_us(CLOCK_REALTIME);
}

int64_t
clock_up_us(void)
{
	return read_us(CLOCK_BOOTTIME);
}

int32_t
clock_today(void)
{
	return day_of_time(clock_us());
}

void
id_new(int64_t time_us, char out[ULID_TEXT])
{
	uint8_t random[ULID_RANDOM];

	/* So few bytes come whole once the kernel has its seed. */
	while (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		if (errno != EINTR)
			abort();
	ulid_text(time_us, random, out);
}
