/* SPDX-License-Identifier: ISC */
/* local.c - how is a unix socket made that takes nobody else's place? */
#include "config.h"

#include "posternd/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "posternd/socket.h"

enum {
	TRIES = 50, /* of 100 ms each: another instance is starting */
};

static int
failed(struct err *err, const struct local *local, const char *what)
{
	int reason = errno;

	err_set(err, "%s: %s: cannot %s: %s", local->key, local->path, what,
	    strerror(reason));

	return reason == EACCES || reason == EPERM ? EX_NOPERM : EX_IOERR;
}

static bool
set_address(const char *path, struct sockaddr_un *address)
{
	size_t len = strlen(path);

	if (len >= sizeof(address->sun_path))
		return false;
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, path, len);

	return true;
}

static int
make_socket(int flags)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
}

/* Does somebody listen there?  Only "refused" says that nobody does. */
static bool
is_served(const struct sockaddr_un *address)
{
	int fd = make_socket(SOCK_NONBLOCK);
	bool served = true;

	if (fd < 0)
		return true;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) !=
		0 &&
	    (errno == ECONNREFUSED || errno == ENOENT))
		served = false;
	(void)close(fd); /* nothing was written */

	return served;
}

/* Removes what a killed instance left. */
static int
clear_place(const struct local *local, const struct sockaddr_un *address,
    struct err *err)
{
	struct stat there;

	if (lstat(local->path, &there) != 0)
		return errno == ENOENT ? EX_OK
				       : failed(err, local, "look at it");
	if (!S_ISSOCK(there.st_mode)) {
		err_set(err,
		    "%s: %s is there and is no socket; remove it or set "
		    "another `%s`",
		    local->key, local->path, local->key);
		return EX_TEMPFAIL;
	}
	if (is_served(address)) {
		err_set(err,
		    "%s: %s: another process serves it; stop that one or set "
		    "another `%s`",
		    local->key, local->path, local->key);
		return EX_TEMPFAIL;
	}
	if (unlink(local->path) != 0 && errno != ENOENT)
		return failed(err, local, "remove the stale socket");

	return EX_OK;
}

/*
 * From the probe to listen() only one instance may be at work in a
 * directory: it is locked itself, so that no lock file stays behind.
 */
static int
lock_directory(const struct local *local, int *lock, struct err *err)
{
	const char *path = local->path;
	const char *slash = strrchr(path, '/');
	size_t len =
	    slash == NULL || slash == path ? 1 : (size_t)(slash - path);
	char *directory = mem_text_len(slash == NULL ? "." : path, len);
	int status = EX_OK;

	*lock = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*lock < 0) {
		status = failed(err, local,
		    "open its directory (make it first; it is not made here)");
		goto done;
	}
	for (int i = 0; flock(*lock, LOCK_EX | LOCK_NB) != 0; i++) {
		const struct timespec nap = { .tv_nsec = 100000000 };

		if (errno == EWOULDBLOCK && i < TRIES) {
			(void)nanosleep(&nap, NULL);
			continue;
		}
		err_set(err,
		    "%s: %s: another instance is starting in this directory; "
		    "try again",
		    local->key, directory);
		status = EX_TEMPFAIL;
		break;
	}

done:
	free(directory);

	return status;
}

/* Mode comes from the umask as the file is made: it is never wider. */
static bool
bind_with_mode(
    int fd, const struct local *local, const struct sockaddr_un *address)
{
	mode_t before = umask((mode_t)~local->mode & 0777);
	bool bound =
	    bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;

	(void)umask(before);

	return bound;
}

/*
 * Owner and group go by a descriptor of the file itself: as root, in a
 * directory that may be someone else's, a name could be exchanged.
 */
static bool
own_file(const struct local *local, struct listener *listener)
{
	int file = open(local->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat made;
	bool owned = false;

	if (file < 0)
		return false;
	errno = EPERM; /* if it is not what we have just made */
	if (fstat(file, &made) == 0 && S_ISSOCK(made.st_mode) &&
	    made.st_uid == geteuid() && made.st_nlink == 1) {
		listener->dev = made.st_dev;
		listener->ino = made.st_ino;
		listener->path = mem_text(local->path);
		owned = fchownat(file, "", local->uid, local->gid,
			    AT_EMPTY_PATH) == 0;
	}
	(void)close(file); /* nothing was written */

	return owned;
}

static int
make_listener(const struct local *local, const struct sockaddr_un *address,
    struct listener *listener, struct err *err)
{
	int fd = make_socket(0);
	int status;

	if (fd < 0)
		return failed(err, local, "make a socket");
	if (!bind_with_mode(fd, local, address))
		status = failed(err, local, "make it");
	else if (!own_file(local, listener))
		status = failed(err, local,
		    "give it to the group that is set for it (be in that "
		    "group, or start as root)");
	else if (listen(fd, SOCKET_BACKLOG) != 0)
		status = failed(err, local, "listen");
	else {
		listener->fd = fd;
		return EX_OK;
	}
	(void)close(fd); /* the caller removes the file */

	return status;
}

int
local_open(
    const struct local *local, struct listener *listener, struct err *err)
{
	struct sockaddr_un address;
	int lock = -1;
	int status;

	if (!set_address(local->path, &address)) {
		err_set(err,
		    "%s: %s is longer than the %zu bytes that the system "
		    "takes; set a shorter `%s`",
		    local->key, local->path, sizeof(address.sun_path) - 1,
		    local->key);
		return EX_CONFIG;
	}
	status = lock_directory(local, &lock, err);
	if (status == EX_OK)
		status = clear_place(local, &address, err);
	if (status == EX_OK)
		status = make_listener(local, &address, listener, err);
	if (lock >= 0)
		(void)close(lock); /* which unlocks it */

	return status;
}
