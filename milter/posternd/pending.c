/* SPDX-License-Identifier: ISC */
/* pending.c - who has connected, and has not asked yet? */
#include "config.h"

#include "posternd/pending.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/request.h"
#include "posternd/asked.h"

enum {
	WAIT_MS = 2000 /* the command sends at once */
};

/* What has become of one who asks? */
enum progress {
	PROGRESS_MORE,  /* there is more to come */
	PROGRESS_WHOLE, /* it is all there */
	PROGRESS_LONG,  /* more than any request has */
	PROGRESS_LOST   /* the other end is gone */
};

static enum progress
take(struct asker *asker)
{
	char chunk[REQUEST_TEXT + 1];

	for (;;) {
		ssize_t got =
		    recv(asker->fd, chunk, sizeof(chunk), MSG_DONTWAIT);

		if (got == 0)
			return PROGRESS_WHOLE;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN ? PROGRESS_MORE : PROGRESS_LOST;
		buf_add(&asker->text, chunk, (size_t)got);
		if (asker->text.len > REQUEST_TEXT)
			return PROGRESS_LONG;
	}
}

/* fd -1: it is not there any more, see forget_ended() */
static void
leave(struct asker *asker)
{
	buf_done(&asker->text);
	asker->fd = -1;
}

static void
refuse(struct asker *asker, const char *why)
{
	asked_refuse(asker->fd, why);
	leave(asker);
}

static void
read_one(struct asker *asker)
{
	switch (take(asker)) {
	case PROGRESS_MORE:
		return;
	case PROGRESS_WHOLE:
		asked_answer(
		    asker->fd, buf_text(&asker->text), asker->text.len);
		break;
	case PROGRESS_LONG:
		asked_refuse(asker->fd, "no request is as long");
		break;
	case PROGRESS_LOST:
		(void)close(asker->fd); /* nobody is there to miss it */
		break;
	}
	leave(asker);
}

static void
forget_ended(struct pending *pending)
{
	size_t kept = 0;

	for (size_t i = 0; i < pending->count; i++)
		if (pending->askers[i].fd >= 0)
			pending->askers[kept++] = pending->askers[i];
	pending->count = kept;
}

void
pending_add(struct pending *pending, int fd, int64_t now_ms)
{
	struct asker *asker;

	if (pending->count == PENDING_MAX) {
		refuse(&pending->askers[0], "others want to ask as well");
		forget_ended(pending);
	}
	asker = &pending->askers[pending->count++];
	asker->fd = fd;
	asker->until_ms = now_ms + WAIT_MS;
	buf_init(&asker->text);
}

size_t
pending_fill(const struct pending *pending, struct pollfd fds[PENDING_MAX])
{
	for (size_t i = 0; i < pending->count; i++)
		fds[i] = (struct pollfd){
			.fd = pending->askers[i].fd,
			.events = POLLIN,
		};

	return pending->count;
}

void
pending_read(struct pending *pending, const struct pollfd *fds)
{
	for (size_t i = 0; i < pending->count; i++)
		if (fds[i].revents != 0)
			read_one(&pending->askers[i]);
	forget_ended(pending);
}

void
pending_tick(struct pending *pending, int64_t now_ms)
{
	for (size_t i = 0; i < pending->count; i++)
		if (pending->askers[i].until_ms <= now_ms)
			refuse(
			    &pending->askers[i], "the request took too long");
	forget_ended(pending);
}

int64_t
pending_until(const struct pending *pending, int64_t until_ms)
{
	/* the oldest one's time is over first */
	return pending->count > 0 && pending->askers[0].until_ms < until_ms
	    ? pending->askers[0].until_ms
	    : until_ms;
}

void
pending_done(struct pending *pending)
{
	for (size_t i = 0; i < pending->count; i++)
		refuse(&pending->askers[i], "posternd is stopping");
	pending->count = 0;
}
