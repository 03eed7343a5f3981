/* SPDX-License-Identifier: ISC */
/* flood_room.c - is there room for what may fold? */
#include "config.h"

#include "posternd/flood_room.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/mem.h"
#include "posternd/say.h"

static struct {
	pthread_mutex_t lock; /* guards folder and reserve */
	char *folder;         /* of the log; set once, NULL before */
	uint64_t reserve;
	atomic_bool is_short;
} room = { .lock = PTHREAD_MUTEX_INITIALIZER };

static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL || slash == path
	    ? mem_text("/")
	    : mem_text_len(path, (size_t)(slash - path));
}

void
room_set(const char *path, uint64_t reserve)
{
	(void)pthread_mutex_lock(&room.lock);
	if (room.folder == NULL)
		room.folder = folder_of(path);
	room.reserve = reserve;
	(void)pthread_mutex_unlock(&room.lock);
	room_look();
}

static void
say(const char *folder, uint64_t reserve, bool is_short)
{
	if (is_short)
		say_warning("%s has less than %" PRIu64
			    " bytes free (audit.reserve); make room; records "
			    "that may fold do until then",
		    folder, reserve);
	else
		say_notice(
		    "%s has room again; records fold only in floods", folder);
}

void
room_look(void)
{
	struct statvfs disk;
	const char *folder;
	uint64_t reserve;
	bool is_short;

	(void)pthread_mutex_lock(&room.lock);
	folder = room.folder;
	reserve = room.reserve;
	(void)pthread_mutex_unlock(&room.lock);
	if (folder == NULL)
		return;
	if (reserve == 0)
		is_short = false;
	else if (statvfs(folder, &disk) == 0)
		is_short = (uint64_t)disk.f_bavail * disk.f_frsize < reserve;
	else
		return; /* the log says what is wrong; nothing new is known */
	if (atomic_exchange(&room.is_short, is_short) != is_short)
		say(folder, reserve, is_short);
}

bool
room_is_short(void)
{
	return atomic_load(&room.is_short);
}
