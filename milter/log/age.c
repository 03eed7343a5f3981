/* SPDX-License-Identifier: ISC */
/* age.c - how many rotated files are too old? */
#include "config.h"

#include "log/age.h"

#include <stdint.h>
#include <stdlib.h>

#include "log/clock.h"
#include "log/ends.h"
#include "log/seal_age.h"

/* Does the next file begin long enough ago?  By the clock alone. */
static bool
is_old(const struct first *next, int64_t keep_us)
{
	return next->sequence > 0 && clock_wall_us() - next->time_us > keep_us;
}

/*
 * Of that time from one file's beginning to the next one's, what counts.  A
 * file is not so old, so the clock was wrong on one side of such a step, or
 * nothing ran; where files may be as old as they like it cannot be told.
 */
static int64_t
counted(int64_t step_us, const struct log_keeping *keeping)
{
	bool is_limited =
	    keeping->rotate_us > 0 && keeping->rotate_us <= keeping->keep_us;

	if (step_us < 0 || (is_limited && step_us > keeping->keep_us))
		return 0;

	return step_us;
}

/*
 * How many files, of the oldest, are too old: by the clock, and by the steps
 * that count from the beginning of the next file until now.  The last one
 * never is: nothing follows it.
 */
static bool
count_old(const struct log_files *files, const struct log_keeping *keeping,
    size_t *count, struct err *err)
{
	int64_t later_us = clock_wall_us();
	int64_t age_us = 0;

	*count = 0;
	for (size_t i = files->count; i-- > 1 && *count == 0;) {
		struct first next;

		if (!ends_first_at(files->items[i].path, &next, err))
			return false;
		if (next.sequence == 0)
			continue;
		age_us += counted(later_us - next.time_us, keeping);
		later_us = next.time_us;
		if (age_us > keeping->keep_us &&
		    is_old(&next, keeping->keep_us))
			*count = i;
	}

	return true;
}

/* Most often the oldest is young enough, and no other need be read. */
static bool
is_young(const struct first *next, int64_t keep_us)
{
	return next->sequence == 0 ||
	    llabs(clock_wall_us() - next->time_us) <= keep_us;
}

/*
 * A seal says when it was made, and nobody can make it say otherwise: verify
 * holds against it what is gone.  A clock that was ahead for a while has made
 * seals that are younger than what follows them; what they seal stays until
 * they are old, too.
 */
static bool
leave_sealed(const char *path, const struct log_files *files, int64_t keep_us,
    size_t *count, struct err *err)
{
	for (; *count > 0; (*count)--) {
		struct first next;
		int64_t sealed_us;

		if (!ends_first_at(files->items[*count].path, &next, err) ||
		    !seal_age_before(path, next.sequence, &sealed_us, err))
			return false;
		if (clock_wall_us() - sealed_us > keep_us)
			break;
	}

	return true;
}

bool
age_count_old(const char *path, const struct log_files *files,
    const struct log_keeping *keeping, size_t *count, struct err *err)
{
	struct first next;

	*count = 0;
	if (files->count < 2)
		return true;
	if (!ends_first_at(files->items[1].path, &next, err))
		return false;

	if (is_young(&next, keeping->keep_us))
		return true;

	return count_old(files, keeping, count, err) &&
	    leave_sealed(path, files, keeping->keep_us, count, err);
}
