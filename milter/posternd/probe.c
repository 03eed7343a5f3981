/* SPDX-License-Identifier: ISC */
/* probe.c - does the milter answer a negotiation on its own socket? */
#include "config.h"

#include "posternd/probe.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The milter protocol, version 6: each packet a length and a command. */
enum {
	LENGTH = 4,
	NEGOTIATE = 'O',
	MOST_ANSWER = 65536 /* its lists of macros take some hundred bytes */
};

/* Version, and all actions and steps that there are: an MTA of today. */
static const unsigned char ask[] = { 0, 0, 0, 13, NEGOTIATE, 0, 0, 0, 6, 0, 0,
	1, 0xff, 0, 0x1f, 0xff, 0xff };
static const unsigned char leave[] = { 0, 0, 0, 1, 'Q' };

bool
probe_init(struct probe *probe, int listener)
{
	memset(probe, 0, sizeof(*probe));
	probe->fd = -1;
	probe->address_len = sizeof(probe->address);

	/* That of "any host" is as good: Linux takes it for the loopback. */
	return getsockname(listener, (struct sockaddr *)&probe->address,
		   &probe->address_len) == 0;
}

void
probe_end(struct probe *probe)
{
	if (probe->fd >= 0)
		(void)close(probe->fd); /* there is nothing to lose */
	probe->fd = -1;
	probe->sent = false;
	probe->got = 0;
}

/* What is the milter's fault, and what is not? */
static enum probe_state
state_of(int reason)
{
	switch (reason) {
	case EAGAIN: /* connect(): the backlog is full */
	case EINPROGRESS:
	case EINTR:
		return PROBE_WAITING;
	case ECONNREFUSED:
	case ECONNRESET:
	case EPIPE:
	case ETIMEDOUT:
		return PROBE_REFUSED;
	default:
		return PROBE_CANNOT_ASK;
	}
}

static enum probe_state
failed(struct probe *probe)
{
	int reason = errno;
	enum probe_state state = state_of(reason);

	if (state != PROBE_WAITING)
		probe_end(probe);
	errno = reason;

	return state;
}

static bool
open_one(struct probe *probe)
{
	int reason;

	probe->fd = socket(probe->address.ss_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (probe->fd < 0)
		return false;
	if (connect(probe->fd, (const struct sockaddr *)&probe->address,
		probe->address_len) == 0 ||
	    errno == EINPROGRESS)
		return true;
	reason = errno;
	probe_end(probe);
	errno = reason;

	return false;
}

/* Bytes of the whole answer, once its length is there; else 0. */
static size_t
answer_len(const struct probe *probe)
{
	const unsigned char *head = probe->head;

	if (probe->got < LENGTH)
		return 0;

	return LENGTH +
	    ((size_t)head[0] << 24 | (size_t)head[1] << 16 |
		(size_t)head[2] << 8 | (size_t)head[3]);
}

/* How many bytes come; the first ones are kept. */
static ssize_t
take(struct probe *probe)
{
	unsigned char rest[512];
	size_t had = probe->got;
	ssize_t len;

	len = recv(probe->fd, rest, sizeof(rest), MSG_DONTWAIT);
	if (len <= 0)
		return len;
	for (size_t i = 0; i < (size_t)len && had + i < sizeof(probe->head);
	     i++)
		probe->head[had + i] = rest[i];
	probe->got += (size_t)len;

	return len;
}

/*
 * All of it is read: what stays unread when we leave would make libmilter
 * log an error.
 */
static enum probe_state
read_answer(struct probe *probe)
{
	size_t len;
	ssize_t came;

	do {
		came = take(probe);
		if (came < 0)
			return failed(probe);
		len = answer_len(probe);
	} while (came > 0 && (len == 0 || probe->got < len) &&
	    probe->got <= MOST_ANSWER);

	if (came == 0 || len <= LENGTH || probe->got != len ||
	    probe->head[LENGTH] != NEGOTIATE) {
		probe_end(probe);
		return PROBE_REFUSED;
	}
	/* Else libmilter takes it for one that broke off. */
	(void)send(probe->fd, leave, sizeof(leave), MSG_NOSIGNAL);
	probe_end(probe);

	return PROBE_ANSWERED;
}

enum probe_state
probe_look(struct probe *probe)
{
	ssize_t len;

	if (probe->fd < 0 && !open_one(probe))
		return failed(probe);
	if (!probe->sent) {
		len = send(probe->fd, ask, sizeof(ask), MSG_NOSIGNAL);
		if (len < 0)
			return failed(probe);
		probe->sent = true; /* so few bytes go whole */
	}

	return read_answer(probe);
}
