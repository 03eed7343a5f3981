/* SPDX-License-Identifier: ISC */
/*
 * counters.h - how many were there since the start?
 *
 * Records are counted as they are made, written or not, so that counters and
 * log cannot disagree.  Threads: any.
 */
#ifndef POSTERN_POSTERND_COUNTERS_H
#define POSTERN_POSTERND_COUNTERS_H

#include <stdint.h>

#include "policy/record.h"

void counters_add_record(enum record_action action);
uint64_t counters_records(enum record_action action);

/* A client has connected to the MTA; it has gone. */
void counters_begin_session(void);
void counters_end_session(void);
uint64_t counters_sessions(void); /* in all */
uint64_t counters_open_sessions(void);

#endif
