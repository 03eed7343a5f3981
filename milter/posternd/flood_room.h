/* SPDX-License-Identifier: ISC */
/* flood_room.h - is there room for what may fold?  Threads: any. */
#ifndef POSTERN_POSTERND_FLOOD_ROOM_H
#define POSTERN_POSTERND_FLOOD_ROOM_H

#include <stdbool.h>
#include <stdint.h>

/* So many bytes are to be free where the log is; 0: that is no matter.  path
 * is always the same. */
void room_set(const char *path, uint64_t reserve);
/* Looks, and says what has changed. */
void room_look(void);
bool room_is_short(void);

#endif
