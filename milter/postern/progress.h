/* SPDX-License-Identifier: ISC */
/* progress.h - how far is it? */
#ifndef POSTERN_POSTERN_PROGRESS_H
#define POSTERN_POSTERN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	uint64_t total; /* bytes; 0: not known */
	uint64_t last;
	int64_t next_ms; /* clock_now_ms(): when it is drawn */
	bool on;
	bool drawn;
};

/* A bar on standard error, if that is a terminal and it takes longer than a
 * second. */
void progress_begin(struct progress *progress, uint64_t total);
/* So many bytes are done; cheap enough to be called for each line. */
void progress_at(struct progress *progress, uint64_t done);
/* Takes the bar away, until it is drawn again; before anything is printed. */
void progress_end(struct progress *progress);

#endif
