/* SPDX-License-Identifier: ISC */
/* pseudonym.c - what stands in a record in the place of a name? */
#include "config.h"

#include "posternd/pseudonym.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hex.h"
#include "conf/conf.h"
#include "crypto/hmac.h"
#include "log/file.h"
#include "log/why.h"

enum {
	MODE = 0600,
	DIGITS = 2 * HMAC_KEY,
	KEY_LINE = DIGITS + 1 /* with its newline */
};

/* Root works here in a directory that belongs to another, who may have put
 * a link or a FIFO there. */
#define FLAGS (O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

/* Written once, before the first configuration that needs it is in force:
 * force.c's lock is between that and whoever reads it. */
static struct {
	bool loaded;
	uint8_t key[HMAC_KEY];
} pseudonym;

/* The first bytes of the file; -1 with errno. */
static ssize_t
read_start(int fd, char *bytes, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, bytes + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}

	return (ssize_t)len;
}

static bool
read_key(int fd, const char *path, struct err *err)
{
	char text[KEY_LINE + 1]; /* one byte more than it may have */
	struct stat st;
	ssize_t len;
	bool good;

	if (fstat(fd, &st) != 0)
		return why_failed(err, path, "look at it", errno);
	len = S_ISREG(st.st_mode) ? read_start(fd, text, sizeof(text)) : 0;
	if (len < 0)
		return why_failed(err, path, "read it", errno);
	good = (len == DIGITS || (len == KEY_LINE && text[DIGITS] == '\n')) &&
	    hex_parse(text, HMAC_KEY, pseudonym.key);
	explicit_bzero(text, sizeof(text));
	if (!good)
		return err_set(err,
		    "%s: damaged: it is no file of %d hex digits; bring it "
		    "back from a backup, or remove it to get a new key, under "
		    "which the same address has other digits",
		    path, (int)DIGITS);

	return true;
}

/* False with errno. */
static bool
write_key(int fd, uid_t owner, gid_t group)
{
	char text[KEY_LINE + 1];
	ssize_t n;

	hex_text(pseudonym.key, HMAC_KEY, text);
	text[DIGITS] = '\n';
	n = write(fd, text, KEY_LINE);
	explicit_bzero(text, sizeof(text));
	if (n >= 0 && n != KEY_LINE)
		errno = ENOSPC; /* what a short write says of a disk */

	return n == KEY_LINE && fchmod(fd, MODE) == 0 &&
	    (geteuid() != 0 || owner == (uid_t)-1 ||
		fchown(fd, owner, group) == 0) &&
	    fsync(fd) == 0;
}

/* Comes whole under its name, or not at all. */
static bool
make_key(const char *path, const char *part, uid_t owner, gid_t group,
    struct err *err)
{
	bool done;
	int fd;

	if (unlink(part) != 0 && errno != ENOENT) /* of a crash */
		return why_failed(err, part, "remove it", errno);
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | FLAGS, MODE);
	if (fd < 0)
		return why_failed(err, part, "make it", errno);
	hmac_key_new(pseudonym.key);
	done = write_key(fd, owner, group) ||
	    why_failed(err, part, "write it", errno);
	(void)close(fd); /* it was synced */
	if (done && rename(part, path) != 0)
		done = why_failed(err, path, "put it in place", errno);
	if (!done)
		(void)unlink(part); /* why it failed is told */
	else if (!file_sync_directory(path))
		return why_failed(err, path, "sync its directory", errno);

	return done;
}

static bool
read_or_make(const char *path, const char *part, uid_t owner, gid_t group,
    struct err *err)
{
	int fd = open(path, O_RDONLY | FLAGS);
	bool done;

	if (fd < 0 && errno == ENOENT)
		return make_key(path, part, owner, group, err);
	if (fd < 0)
		return why_failed(err, path, "open it", errno);
	done = read_key(fd, path, err);
	(void)close(fd); /* nothing was written to it */

	return done;
}

bool
pseudonym_load(
    const struct conf *conf, uid_t owner, gid_t group, struct err *err)
{
	struct buf path, part;

	if (conf->audit.privacy != PRIVACY_HMAC || pseudonym.loaded)
		return true;
	buf_init(&path);
	buf_init(&part);
	buf_addf(&path, "%s.hmac", conf->audit.path);
	buf_addf(&part, "%s.part", path.data);
	pseudonym.loaded =
	    read_or_make(path.data, part.data, owner, group, err);
	buf_done(&path);
	buf_done(&part);

	return pseudonym.loaded;
}

static void
tag_of(
    const void *owner, const void *bytes, size_t len, uint8_t tag[PRIVACY_TAG])
{
	uint8_t whole[HMAC_BYTES];

	(void)owner;
	hmac_of(pseudonym.key, bytes, len, whole);
	memcpy(tag, whole, PRIVACY_TAG);
}

const struct privacy *
pseudonym_of(const struct conf *conf)
{
	static const struct privacy domain = { PRIVACY_DOMAIN, NULL, NULL };
	static const struct privacy hmac = { PRIVACY_HMAC, tag_of, NULL };

	switch (conf->audit.privacy) {
	case PRIVACY_FULL:
		break;
	case PRIVACY_DOMAIN:
		return &domain;
	case PRIVACY_HMAC:
		return &hmac;
	}

	return NULL;
}
