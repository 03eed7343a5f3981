/* SPDX-License-Identifier: ISC */
/* asked.c - what is answered to one who asks on the control socket? */
#include "config.h"

#include "posternd/asked.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "control/channel.h"
#include "control/request.h"
#include "posternd/glass.h"
#include "posternd/reloader.h"
#include "posternd/status.h"

enum {
	WAIT_MS = 2000, /* the command reads at once */
	NO = 1,         /* a negative answer (contract, section 7) */
	LATER = -1      /* no exit code: another thread answers */
};

static void
add_error(struct buf *words, const struct err *err)
{
	buf_addf(words, "%s\n", err->text);
}

static int
open_glass(const struct request *request, uid_t asker, struct buf *words)
{
	struct err err;

	switch (glass_open(request, asker, &err)) {
	case GLASS_OPENED:
		return EX_OK;
	case GLASS_NO_POLICY:
		add_error(words, &err);
		return EX_NOINPUT; /* as `postern sources NAME` */
	case GLASS_NOT_OPENED:
		break;
	}
	add_error(words, &err);

	return EX_IOERR;
}

static int
close_glass(uid_t asker, struct buf *words)
{
	struct err err;

	switch (glass_close(asker, &err)) {
	case GLASS_CLOSED:
		return EX_OK;
	case GLASS_NOTHING_OPEN:
		buf_add_text(words, "nothing is open\n");
		return NO;
	case GLASS_CLOSED_UNSAFELY:
		break;
	}
	add_error(words, &err);

	return EX_IOERR;
}

/* May whoever is asking break the glass? */
static bool
may_open(uid_t asker, struct buf *words)
{
	if (asker == 0 || asker == geteuid())
		return true;
	buf_addf(words,
	    "open and close are for root and the daemon's user (uid %lu), you "
	    "are uid %lu; become one of them\n",
	    (unsigned long)geteuid(), (unsigned long)asker);

	return false;
}

static int
hand_on(int fd, uid_t asker, struct buf *words)
{
	if (reloader_ask_for(asker, fd))
		return LATER;
	buf_add_text(
	    words, "too many wait for a reload already; try again later\n");

	return EX_UNAVAILABLE;
}

static int
serve(const struct request *request, uid_t asker, int fd, struct buf *words)
{
	switch (request->verb) {
	case VERB_STATUS:
		status_json(words);
		return EX_OK;
	case VERB_METRICS:
		status_prometheus(words);
		return EX_OK;
	case VERB_RELOAD:
		return hand_on(fd, asker, words);
	case VERB_OPEN:
		return may_open(asker, words)
		    ? open_glass(request, asker, words)
		    : EX_NOPERM;
	case VERB_CLOSE:
		return may_open(asker, words) ? close_glass(asker, words)
					      : EX_NOPERM;
	}

	return EX_USAGE;
}

/* Who is at the other end, as the kernel knows it. */
static bool
find_asker(int fd, uid_t *asker)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0)
		return false;
	*asker = who.uid;

	return true;
}

static int
parse_and_serve(int fd, const char *text, size_t len, struct buf *words)
{
	struct request request;
	struct err err;
	uid_t asker;

	if (!find_asker(fd, &asker)) {
		buf_add_text(words, "cannot tell who is asking\n");
		return EX_NOPERM;
	}
	if (request_parse(text, len, &request, &err))
		return serve(&request, asker, fd, words);
	add_error(words, &err);

	return EX_USAGE;
}

static void
reply(int fd, int status, const struct buf *words, int wait_ms)
{
	struct buf answer;

	buf_init(&answer);
	buf_addf(&answer, "%d\n", status);
	buf_add(&answer, buf_text(words), words->len);
	/* An asker who does not wait for the answer is not missed. */
	(void)channel_write(fd, answer.data, answer.len, wait_ms, NULL);
	(void)close(fd); /* what was not read by now is not read */
	buf_done(&answer);
}

void
asked_reply(int fd, int status, const struct buf *words)
{
	reply(fd, status, words, WAIT_MS);
}

void
asked_refuse(int fd, const char *why)
{
	struct buf words;

	buf_init(&words);
	buf_addf(&words, "%s\n", why);
	reply(fd, EX_USAGE, &words, 0);
	buf_done(&words);
}

void
asked_answer(int fd, const char *text, size_t len)
{
	struct buf words;
	int status;

	buf_init(&words);
	status = parse_and_serve(fd, text, len, &words);
	if (status != LATER)
		asked_reply(fd, status, &words);
	buf_done(&words);
}
