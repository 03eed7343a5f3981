/* SPDX-License-Identifier: ISC */
/* socket.c - where does the MTA find us? */
#include "config.h"

#include "posternd/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "posternd/local.h"
#include "posternd/notify.h"

enum {
	PORT = 8,
	HOST = 64
};

/* The text behind prefix, or NULL where it does not begin so. */
static const char *
behind(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

/* "8894@127.0.0.1", "8894@[::1]", "8894": conf/ has held it to its form. */
static void
split_port(const char *text, char port[PORT], char host[HOST])
{
	size_t digits = strcspn(text, "@");
	const char *at = text + digits;
	size_t len;

	(void)snprintf(port, PORT, "%.*s", (int)digits, text);
	if (*at == '@')
		at++;
	if (*at == '[')
		at++;
	len = strcspn(at, "]");
	(void)snprintf(host, HOST, "%.*s", (int)len, at);
}

static bool
set_options(int fd, int family)
{
	const int on = 1;

	/* A restart must not wait for the sessions of the one before. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
		return false;

	/* "inet6" is what it says, so that "inet" may stand beside it. */
	return family != AF_INET6 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0;
}

static int
inet_failed(int fd, const char *what, struct err *err)
{
	int reason = errno;

	if (fd >= 0)
		(void)close(fd); /* nothing was written */
	if (reason == EADDRINUSE) {
		err_set(err,
		    "socket: %s: another process listens there; stop that "
		    "one or set another `socket`",
		    what);
		return EX_TEMPFAIL;
	}
	err_set(err, "socket: %s: cannot listen: %s", what, strerror(reason));

	return reason == EACCES ? EX_NOPERM : EX_IOERR;
}

static int
listen_on(const char *what, const struct addrinfo *found,
    struct listener *listener, struct err *err)
{
	int fd =
	    socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);

	if (fd < 0 || !set_options(fd, found->ai_family) ||
	    bind(fd, found->ai_addr, found->ai_addrlen) != 0 ||
	    listen(fd, SOCKET_BACKLOG) != 0)
		return inet_failed(fd, what, err);
	listener->fd = fd;

	return EX_OK;
}

/* text: what stands behind "inet:" or "inet6:"; what: all of it. */
static int
open_inet(const char *what, const char *text, int family,
    struct listener *listener, struct err *err)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_family = family,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *found;
	char port[PORT], host[HOST];
	int status;

	split_port(text, port, host);
	/* No node is the loopback address. */
	if (getaddrinfo(strcmp(host, "localhost") != 0 ? host : NULL, port,
		&hints, &found) != 0) {
		err_set(err,
		    "socket: %s is no address and port; write "
		    "inet:8894@127.0.0.1 or inet6:8894@[::1]",
		    what);
		return EX_CONFIG;
	}
	status = listen_on(what, found, listener, err);
	freeaddrinfo(found);

	return status;
}

static int
open_local(const struct conf *conf, const char *path,
    const struct account *account, struct listener *listener, struct err *err)
{
	struct local local = {
		.key = "socket",
		.path = path,
		.mode = (mode_t)conf->socket_mode,
		.uid = account->uid,
		.gid = account->gid,
	};

	if (conf->socket_group != NULL &&
	    !account_find_group(
		"socket_group", conf->socket_group, &local.gid, err))
		return EX_CONFIG;

	return local_open(&local, listener, err);
}

int
socket_open(const struct conf *conf, const struct account *account,
    struct listener *listener, struct err *err)
{
	const char *text = conf->socket;
	const char *rest;

	listener->fd = -1;
	listener->path = NULL;
	if (strcmp(text, "systemd") != 0 && notify_count_sockets() > 0) {
		err_set(err,
		    "socket: systemd hands one over, but the configuration "
		    "names %s; set socket = \"systemd\", or disable "
		    "postern.socket",
		    text);
		return EX_CONFIG;
	}
	if ((rest = behind(text, "unix:")) != NULL)
		return open_local(conf, rest, account, listener, err);
	if ((rest = behind(text, "inet6:")) != NULL)
		return open_inet(text, rest, AF_INET6, listener, err);
	if ((rest = behind(text, "inet:")) != NULL)
		return open_inet(text, rest, AF_INET, listener, err);

	listener->fd = notify_socket(err);

	return listener->fd < 0 ? EX_CONFIG : EX_OK;
}

bool
socket_is_there(const struct listener *listener)
{
	struct stat there;

	if (listener->path == NULL)
		return true;
	if (lstat(listener->path, &there) != 0)
		return errno != ENOENT && errno != ENOTDIR;

	return there.st_dev == listener->dev && there.st_ino == listener->ino;
}

void
socket_remove(struct listener *listener)
{
	if (listener->path != NULL && socket_is_there(listener))
		/* What stays is removed by the next start. */
		(void)unlink(listener->path);
	free(listener->path);
	listener->path = NULL;
}
