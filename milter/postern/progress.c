/* SPDX-License-Identifier: ISC */
/* progress.c - how far is it? */
#include "config.h"

#include "postern/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "log/clock.h"

enum {
	BEGIN_MS = 1000, /* what is done sooner needs no bar */
	EACH_MS = 200,
	WIDTH = 40
};

void
progress_begin(struct progress *progress, uint64_t total)
{
	*progress = (struct progress){ .total = total,
		.next_ms = clock_now_ms() + BEGIN_MS,
		.on = total > 0 && isatty(STDERR_FILENO) == 1 };
}

static void
draw(const struct progress *progress, uint64_t done)
{
	static const char full[] = "########################################";
	static const char none[] = "........................................";
	/* a log that grows meanwhile is not done before its end */
	uint64_t part = done < progress->total ? done : progress->total;
	int width =
	    (int)((double)part / (double)progress->total * (double)WIDTH);
	int percent = (int)((double)part / (double)progress->total * 100.0);

	(void)fprintf(stderr, "\r[%.*s%.*s] %3d%%", width, full, WIDTH - width,
	    none, percent);
	(void)fflush(stderr);
}

void
progress_at(struct progress *progress, uint64_t done)
{
	int64_t now_ms;

	if (!progress->on || done == progress->last)
		return;
	progress->last = done;
	now_ms = clock_now_ms();
	if (now_ms < progress->next_ms)
		return;
	progress->next_ms = now_ms + EACH_MS;
	progress->drawn = true;
	draw(progress, done);
}

void
progress_end(struct progress *progress)
{
	if (progress->drawn)
		(void)fprintf(stderr, "\r%*s\r", WIDTH + 8, "");
	progress->drawn = false;
}
