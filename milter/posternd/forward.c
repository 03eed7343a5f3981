/* SPDX-License-Identifier: ISC */
/* forward.c - where do records go beside the file? */
#include "config.h"

#include "posternd/forward.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "posternd/force.h"
#include "posternd/forward_text.h"
#include "posternd/say.h"

enum {
	/* A receiver that takes now this and now not is told of so often. */
	SAY_S = 60,
	/* Room for a batch of the log; the kernel gives what it allows. */
	ROOM = 8 << 20
};

struct receiver {
	const char *path; /* NULL: there is none */
	int facility;     /* -1: it is journald */
};

static struct {
	pthread_mutex_t lock; /* guards wanted; never held over I/O */
	struct receiver wanted;
} setting = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Of the writer's thread alone. */
static struct {
	struct receiver receiver;
	int fd;        /* -1: to be made */
	uint64_t lost; /* records since it was last told how many */
	bool told;     /* that they are lost */
	_Atomic int64_t said;
	struct buf text;
} sender = { .fd = -1 };

void
forward_set(const struct conf_audit *audit)
{
	struct receiver wanted = { .path = NULL, .facility = audit->facility };

	if (audit->journald)
		wanted.path = "/run/systemd/journal/socket";
	else if (audit->facility >= 0)
		wanted.path = "/dev/log";

	pthread_mutex_lock(&setting.lock);
	setting.wanted = wanted;
	pthread_mutex_unlock(&setting.lock);
}

static struct receiver
get_wanted(void)
{
	struct receiver wanted;

	pthread_mutex_lock(&setting.lock);
	wanted = setting.wanted;
	pthread_mutex_unlock(&setting.lock);

	return wanted;
}

static void
count_lost(int error)
{
	const char *path = sender.receiver.path;

	sender.lost++;
	if (sender.told || !say_may(&sender.said, SAY_S))
		return;
	sender.told = true;
	if (error == EPROTOTYPE)
		say_warning("%s is a stream socket, and audit.syslog needs a "
			    "datagram socket; set the receiver so, or syslog = "
			    "\"none\"; the records stand in the log only",
		    path);
	else
		say_warning("%s does not take records: %s; they stand in the "
			    "log, and it is told how many it missed",
		    path, strerror(error));
}

static void
tell_lost(void)
{
	if (sender.lost == 0 || (!sender.told && !say_may(&sender.said, SAY_S)))
		return;
	say_notice("%s takes records again; it missed %" PRIu64
		   ", which stand in the log",
	    sender.receiver.path, sender.lost);
	sender.lost = 0;
	sender.told = false;
}

static bool
has_socket(void)
{
	const int room = ROOM;

	if (sender.fd >= 0)
		return true;
	sender.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sender.fd < 0)
		return false;
	/* With less room more is lost, which is told. */
	(void)setsockopt(sender.fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));

	return true;
}

/*
 * By its path each time, never connected: so a receiver that was started anew
 * is found without a word.
 */
static void
send_text(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strcpy(address.sun_path, sender.receiver.path);
	if (has_socket() &&
	    sendto(sender.fd, sender.text.data, sender.text.len,
		MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&address,
		sizeof(address)) >= 0)
		tell_lost();
	else
		count_lost(errno);
}

/* What was lost stays so, whoever the receiver is now. */
static void
change_receiver(const struct receiver *wanted)
{
	if (sender.lost > 0)
		say_notice("%s is no longer sent records; it missed %" PRIu64
			   ", which stand in the log",
		    sender.receiver.path, sender.lost);
	sender.lost = 0;
	sender.told = false;
	sender.said = 0;
	sender.receiver = *wanted;
}

static void
send_line(const char *line, size_t len)
{
	int facility = sender.receiver.facility;

	buf_clear(&sender.text);
	if (facility < 0)
		forward_add_journal(line, len, &sender.text);
	else
		forward_add_syslog(
		    line, len, facility, force_host(), getpid(), &sender.text);
	send_text();
}

void
forward_lines(const char *lines, size_t len)
{
	struct receiver wanted = get_wanted();
	const char *end = lines + len;

	if (wanted.path != sender.receiver.path)
		change_receiver(&wanted);
	sender.receiver = wanted;
	if (wanted.path == NULL)
		return;

	while (lines < end) {
		const char *stop = memchr(lines, '\n', (size_t)(end - lines));

		if (stop == NULL)
			return;
		send_line(lines, (size_t)(stop - lines));
		lines = stop + 1;
	}
}
