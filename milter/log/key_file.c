/* SPDX-License-Identifier: ISC */
/* key_file.c - where do the secret keys stand, and how do they go? */
#include "config.h"

#include "log/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hex.h"
#include "log/keys.h"
#include "log/why.h"

enum {
	MODE = 0600
};

/* Not blocking: somebody may have put a FIFO there. */
#define FLAGS (O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

static char *
name_of(const struct keys *keys, const char *suffix, struct buf *name)
{
	buf_init(name);
	buf_addf(name, "%s%s", keys->key_path, suffix);

	return name->data;
}

/*
 * Overwrites the secrets where they lie, as far as the file system lets one
 * (one that copies on write keeps the old block until it is used again).  A
 * file that is larger, or has another name, is none of ours.
 */
static bool
overwrite(int fd)
{
	static const char zeros[KEY_FILE_BYTES];
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	if (!S_ISREG(st.st_mode) || st.st_size > KEY_FILE_BYTES ||
	    st.st_nlink > 1)
		return true;

	return lseek(fd, 0, SEEK_SET) == 0 &&
	    file_write_all(fd, zeros, (size_t)st.st_size) && fsync(fd) == 0;
}

static bool
clean(const struct keys *keys, const char *suffix, struct err *err)
{
	struct buf name;
	const char *path = name_of(keys, suffix, &name);
	int fd = open(path, O_WRONLY | FLAGS);
	bool there = fd >= 0 || errno != ENOENT;
	/* A symbolic link or FIFO was not made here. */
	bool done = fd >= 0 ? overwrite(fd)
			    : !there || errno == ELOOP || errno == ENXIO;

	if (!done)
		(void)why_failed(err, path, "overwrite it", errno);
	if (fd >= 0)
		(void)close(fd); /* it was synced */
	if (there && done && unlink(path) != 0)
		done = why_failed(err, path, "remove it", errno);
	buf_done(&name);

	return done;
}

bool
key_file_clean(const struct keys *keys, struct err *err)
{
	return clean(keys, ".part", err) && clean(keys, ".old", err);
}

static bool
fill(int fd, const struct keys *keys)
{
	char secret[KEY_FILE_SECRET];
	char text[KEY_FILE_BYTES];
	int n;
	bool done;

	hex_text(keys->current.secret, SIGN_SECRET, secret);
	n = snprintf(
	    text, sizeof(text), "%" PRIu64 " %s\n", keys->number, secret);
	if (keys->has_next) {
		hex_text(keys->next.secret, SIGN_SECRET, secret);
		n += snprintf(text + n, sizeof(text) - (size_t)n,
		    "%" PRIu64 " %s\n", keys->number + 1, secret);
	}
	done = fchmod(fd, MODE) == 0 &&
	    (geteuid() != 0 || keys->owner == (uid_t)-1 ||
		fchown(fd, keys->owner, keys->group) == 0) &&
	    file_write_all(fd, text, (size_t)n) && fsync(fd) == 0;
	explicit_bzero(text, sizeof(text));
	explicit_bzero(secret, sizeof(secret));

	return done;
}

static bool
make_part(const struct keys *keys, const char *part, struct err *err)
{
	int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | FLAGS, MODE);
	bool done;

	if (fd < 0)
		return why_failed(err, part, "make it", errno);
	done = fill(fd, keys) || why_failed(err, part, "write it", errno);
	(void)close(fd); /* it was synced */

	return done;
}

/*
 * The old file gets a second name before it loses its own: found by that after
 * a crash, it is overwritten then.  Where there are no such names (link()
 * fails) it is reached through old only, and a crash leaves it to the disk.
 */
static bool
move(const struct keys *keys, const char *part, int old, bool *saved,
    struct err *err)
{
	struct buf name;
	bool named = link(keys->key_path, name_of(keys, ".old", &name)) == 0;

	buf_done(&name);
	if (rename(part, keys->key_path) != 0)
		return why_failed(err, keys->key_path, "replace it", errno);
	if (!file_sync_directory(keys->key_path))
		return why_failed(
		    err, keys->key_path, "sync its directory", errno);

	*saved = true;
	if (!named && old >= 0 && !overwrite(old))
		return why_failed(
		    err, keys->key_path, "overwrite the old key", errno);

	return clean(keys, ".old", err);
}

bool
key_file_save(const struct keys *keys, bool *saved, struct err *err)
{
	struct buf name;
	const char *part = name_of(keys, ".part", &name);
	int old;
	bool done;

	*saved = false;
	done = key_file_clean(keys, err) && make_part(keys, part, err);
	old = open(keys->key_path, O_WRONLY | FLAGS);
	done = done && move(keys, part, old, saved, err);
	if (old >= 0)
		(void)close(old); /* it was synced */
	/* Nothing of the new key stays where it could not be put in force. */
	if (!done && !*saved)
		(void)clean(keys, ".part", NULL);
	buf_done(&name);

	return done;
}
