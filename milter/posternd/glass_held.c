/* SPDX-License-Identifier: ISC */
/* glass_held.c - is the glass broken at this moment? */
#include "config.h"

#include "posternd/glass_held.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "posternd/clock.h"
#include "posternd/glass.h"

static struct {
	/* guards kept, which the operator's thread alone writes */
	pthread_mutex_t lock;
	struct glass_kept kept;
	/* kept holds; read without the lock, too, so that a session pays
	 * nothing while nothing is open */
	atomic_bool open;
} held = { .lock = PTHREAD_MUTEX_INITIALIZER };

void
glass_hold(const struct glass_kept *kept)
{
	pthread_mutex_lock(&held.lock);
	held.kept = *kept;
	atomic_store(&held.open, true);
	pthread_mutex_unlock(&held.lock);
}

void
glass_let_go(void)
{
	atomic_store(&held.open, false);
}

const struct glass_kept *
glass_held(void)
{
	return atomic_load(&held.open) ? &held.kept : NULL;
}

bool
glass_is_over(const struct glass_kept *kept)
{
	return glass_kept_left_us(kept, clock_us(), clock_up_us()) <= 0;
}

bool
glass_look(struct glass *glass)
{
	bool open;

	if (!atomic_load(&held.open))
		return false;

	/* It ends by the clock, not when the operator's thread gets to it. */
	pthread_mutex_lock(&held.lock);
	open = atomic_load(&held.open) && !glass_is_over(&held.kept);
	if (open && glass != NULL)
		*glass = held.kept.glass;
	pthread_mutex_unlock(&held.lock);

	return open;
}
