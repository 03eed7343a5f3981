/* SPDX-License-Identifier: ISC */
/* notify.c - what does systemd want to hear, and what does it hand over? */
#include "config.h"

#include "posternd/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "posternd/say.h"

enum {
	FIRST_FD = 3 /* SD_LISTEN_FDS_START */
};

/*
 * Open from the first word on, READY=1: where descriptors run out later, the
 * watchdog is still heard.
 */
static atomic_int sender = -1;

/* A path, or "@name" in the abstract namespace; 0: neither, or too long. */
static socklen_t
notify_address(const char *text, struct sockaddr_un *address)
{
	size_t len = strlen(text);

	if ((text[0] != '/' && text[0] != '@') || len < 2 ||
	    len >= sizeof(address->sun_path))
		return 0;
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, text, len);
	if (text[0] == '@')
		address->sun_path[0] = '\0';

	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

/* The socket to send from, or -1 with errno. */
static int
get_sender(void)
{
	/* A supervisor that does not read must not hold us up. */
	const struct timeval most = { .tv_sec = 1 };
	int none = -1;
	int fd = atomic_load(&sender);

	if (fd >= 0)
		return fd;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	/* Without it we would wait longer, and no more. */
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most));
	if (atomic_compare_exchange_strong(&sender, &none, fd))
		return fd;
	(void)close(fd); /* another thread was first */

	return none;
}

void
notify_send(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address;
	socklen_t len;
	int fd;

	if (path == NULL)
		return;
	len = notify_address(path, &address);
	if (len == 0) {
		say_warning("NOTIFY_SOCKET is no path; not telling %s", state);
		return;
	}
	fd = get_sender();
	if (fd < 0 ||
	    sendto(fd, state, strlen(state), MSG_NOSIGNAL,
		(const struct sockaddr *)&address, len) < 0)
		say_warning("cannot tell systemd %.*s: %s; going on",
		    (int)strcspn(state, "\n"), state, strerror(errno));
}

void
notify_reloading(void)
{
	char state[64];
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	(void)snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	notify_send(state);
}

static bool
check_listening(int fd, struct err *err)
{
	int listening = 0;
	socklen_t len = sizeof(listening);

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) != 0 ||
	    listening == 0)
		return err_set(err,
		    "socket: what systemd handed over is no listening stream "
		    "socket; set ListenStream= in postern.socket");

	return true;
}

uint32_t
notify_count_sockets(void)
{
	const char *pid_text = getenv("LISTEN_PID");
	const char *count_text = getenv("LISTEN_FDS");
	uint32_t pid, count;

	if (pid_text == NULL || count_text == NULL ||
	    !str_to_u32(pid_text, 1, UINT32_MAX, &pid, NULL) ||
	    !str_to_u32(count_text, 0, UINT32_MAX, &count, NULL) ||
	    pid != (uint32_t)getpid())
		return 0;

	return count;
}

int
notify_socket(struct err *err)
{
	uint32_t count = notify_count_sockets();

	if (count == 0) {
		err_set(err,
		    "socket: \"systemd\" needs a socket that systemd hands "
		    "over; start it through postern.socket, or set `socket` "
		    "to unix:PATH");
		return -1;
	}
	if (count != 1) {
		err_set(err,
		    "socket: systemd handed %lu sockets over; leave one "
		    "ListenStream= in postern.socket",
		    (unsigned long)count);
		return -1;
	}
	if (!check_listening(FIRST_FD, err))
		return -1;

	/* Children, which we have none of, are not to inherit it. */
	(void)fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC);
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");

	return FIRST_FD;
}
