/* SPDX-License-Identifier: ISC */
/* fresh.h - has a database that is in force been replaced? */
#ifndef POSTERN_POSTERND_FRESH_H
#define POSTERN_POSTERND_FRESH_H

/*
 * Looks; a new one is taken over, and said.  To be called every second: at
 * the second look that finds a file changed it is in use, which keeps the
 * contract's five seconds.  On the reloader's thread only.
 */
void fresh_tick(void);

#endif
