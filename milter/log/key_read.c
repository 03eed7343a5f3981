/* SPDX-License-Identifier: ISC */
/* key_read.c - which secret keys stand in PATH.key? */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "log/key_file.h"
#include "log/keys.h"
#include "log/why.h"

/* "NUMBER SECRET\n"; moves *at behind it. */
static bool
take_line(const char **at, uint64_t *number, struct sign_key *key)
{
	const char *text = *at;
	uint64_t found = 0;
	size_t digits = 0;

	while (digits < 15 && text[digits] >= '0' && text[digits] <= '9')
		found = found * 10 + (uint64_t)(text[digits++] - '0');
	if (digits == 0 || text[0] == '0' || text[digits] != ' ')
		return false;
	text += digits + 1;
	if (strlen(text) < KEY_FILE_SECRET ||
	    text[KEY_FILE_SECRET - 1] != '\n' ||
	    !hex_parse(text, SIGN_SECRET, key->secret))
		return false;

	sign_key_complete(key);
	*number = found;
	*at = text + KEY_FILE_SECRET;
	return true;
}

static bool
take_lines(const char *text, struct keys *keys)
{
	uint64_t after;

	if (!take_line(&text, &keys->number, &keys->current))
		return false;
	keys->has_next = *text != '\0';
	if (!keys->has_next)
		return true;

	return take_line(&text, &after, &keys->next) &&
	    after == keys->number + 1 && *text == '\0';
}

/* A key that others may have read, or keep, cannot prove anything. */
static bool
is_private(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return why_failed(err, path, "look at it", errno);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%s: not a regular file; name one", path);
	if ((st.st_mode & 077) != 0)
		return err_set(err,
		    "%s: others may read the key (mode %04o); chmod 0600 it",
		    path, (unsigned)st.st_mode & 07777);
	if (st.st_nlink > 1)
		return err_set(err,
		    "%s: the file has a second name, from which its key could "
		    "not be erased; remove that",
		    path);

	return true;
}

static bool
read_lines(int fd, struct keys *keys, struct err *err)
{
	char text[KEY_FILE_BYTES + 1];
	ssize_t n;
	bool good;

	if (!is_private(fd, keys->key_path, err))
		return false;
	n = pread(fd, text, KEY_FILE_BYTES, 0);
	if (n < 0)
		return why_failed(err, keys->key_path, "read it", errno);
	text[n] = '\0';
	good = strlen(text) == (size_t)n && take_lines(text, keys);
	explicit_bzero(text, sizeof(text));
	if (!good)
		return err_set(err,
		    "%s: it is damaged; bring it back as it was last, or move "
		    "the whole log away, " KEYS_ANEW,
		    keys->key_path);

	return true;
}

enum key_file
key_file_read(struct keys *keys, struct err *err)
{
	int fd = open(keys->key_path,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool good;

	if (fd < 0 && errno == ENOENT)
		return KEY_FILE_NONE;
	if (fd < 0) {
		(void)why_failed(err, keys->key_path, "open it", errno);
		return KEY_FILE_BAD;
	}
	good = read_lines(fd, keys, err);
	(void)close(fd); /* nothing was written to it */

	return good ? KEY_FILE_READ : KEY_FILE_BAD;
}
