/* SPDX-License-Identifier: ISC */
/* today.c - which day is it? */
#include "config.h"

#include "postern/today.h"

#include <time.h>

#include "base/timetext.h"

int32_t
today(void)
{
	return day_of_time((int64_t)time(NULL) * INT64_C(1000000));
}
