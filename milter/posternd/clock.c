/* SPDX-License-Identifier: ISC */
/* clock.c - what time is it, and how is the next event named? */
#include "config.h"

#include "posternd/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "base/timetext.h"

int64_t
clock_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */

	return (int64_t)now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
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
