/* SPDX-License-Identifier: ISC */
/* name.c - how does a file get a name that nothing else has? */
#include "config.h"

#include "log/name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
are_one(const char *a, const char *b)
{
	struct stat one, other;

	return lstat(a, &one) == 0 && lstat(b, &other) == 0 &&
	    one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* Two steps, where the file system (NFS) or the kernel has no single one. */
static bool
move_in_two(const char *from, const char *to)
{
	if (linkat(AT_FDCWD, from, AT_FDCWD, to, 0) != 0)
		return false;

	return unlink(from) == 0;
}

bool
name_move(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return true;
	if (errno == EEXIST && are_one(from, to))
		return unlink(from) == 0;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	if (move_in_two(from, to))
		return true;

	return errno == EEXIST && are_one(from, to) && unlink(from) == 0;
}
