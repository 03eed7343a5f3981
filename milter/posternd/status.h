/* SPDX-License-Identifier: ISC */
/*
 * status.h - how is the daemon?
 *
 * Both texts say the same: what is in force, what is open, and counters.
 */
#ifndef POSTERN_POSTERND_STATUS_H
#define POSTERN_POSTERND_STATUS_H

#include "base/buf.h"

/* The object of section 7 of the contract, and a newline. */
void status_json(struct buf *out);
/* Prometheus' text format 0.0.4: HELP, TYPE and samples of every metric. */
void status_prometheus(struct buf *out);

/*
 * Writes the latter to the file that `metrics` in force names, if any: by
 * rename, readable for all.  What fails is said, once for as long as it is
 * the same.  On the operator's thread only.
 */
void status_write_metrics(void);

#endif
