/* SPDX-License-Identifier: ISC */
/* why.c - what went wrong with a file, and what cures it? */
#include "config.h"

#include "log/why.h"

#include <errno.h>
#include <locale.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"

struct cure {
	int error;
	const char *cure;
};

static const struct cure cures[] = {
	{ ENOENT, "make its directory, writable for the user of posternd" },
	{ ENOTDIR, "a part of the path is no directory; mend audit.path" },
	{ EACCES, "give its directory and the file to the user of posternd" },
	{ EPERM, "look for attributes (lsattr) and at the file's owner" },
	{ EROFS, "mount the file system writable" },
	{ ELOOP, "it is a symbolic link; name the file itself" },
	{ EISDIR, "it is a directory; name a file" },
	{ ENXIO, "it is no regular file; name one" },
	{ EEXIST, "something else makes files there; stop that" },
	{ ENOSPC, "make room on its file system" },
	{ EDQUOT, "make room, or raise the quota" },
	{ EFBIG, "raise the limit for file sizes (LimitFSIZE, ulimit -f)" },
	{ EMFILE, "raise the limit for open files (LimitNOFILE, ulimit -n)" },
	{ ENFILE, "raise fs.file-max" },
};

/* A reader makes and changes nothing. */
static const struct cure reader_cures[] = {
	{ ENOENT, "name a log that is there (audit.path, or FILE)" },
	{ EACCES, "read it as root, or as a member of the file's group" },
};

static const char *
cure_find(const struct cure *among, size_t count, int error)
{
	for (size_t i = 0; i < count; i++)
		if (among[i].error == error)
			return among[i].cure;

	return NULL;
}

static bool
say_why(struct err *err, const char *path, const char *doing, int error,
    const char *cure)
{
	/* strerror() is not safe with threads, and speaks as the locale does.
	 */
	locale_t english = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	const char *reason = "error";

	if (english != (locale_t)0)
		reason = strerror_l(error, english);
	(void)err_set(err, "%s: cannot %s: %s; %s", path, doing, reason,
	    cure != NULL ? cure
			 : "look at the disk and at the kernel's messages");
	if (english != (locale_t)0)
		freelocale(english);
	errno = error; /* for those who look at it again */

	return false;
}

bool
why_failed(struct err *err, const char *path, const char *doing, int error)
{
	return say_why(
	    err, path, doing, error, cure_find(cures, NITEMS(cures), error));
}

bool
why_unread(struct err *err, const char *path, const char *doing, int error)
{
	const char *cure = cure_find(reader_cures, NITEMS(reader_cures), error);

	return say_why(err, path, doing, error,
	    cure != NULL ? cure : cure_find(cures, NITEMS(cures), error));
}
