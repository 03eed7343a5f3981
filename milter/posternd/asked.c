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
#include "posternd/reload.h"
#include "posternd/status.h"

enum {
	WAIT_MS = 2000, /* the command sends at once, and reads at once */
	NO = 1          /* a negative answer (contract, section 7) */
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
serve(const struct request *request, uid_t asker, const char *conf_path,
    struct buf *words)
{
	switch (request->verb) {
	case VERB_STATUS:
		status_json(words);
		return EX_OK;
	case VERB_METRICS:
		status_prometheus(words);
		return EX_OK;
	case VERB_RELOAD:
		return reload(conf_path, asker, words);
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
read_and_serve(int fd, const char *conf_path, struct buf *words)
{
	struct request request;
	struct buf text;
	struct err err;
	uid_t asker;
	int status = EX_USAGE;

	if (!find_asker(fd, &asker)) {
		buf_add_text(words, "cannot tell who is asking\n");
		return EX_NOPERM;
	}
	buf_init(&text);
	if (channel_read(fd, REQUEST_TEXT, WAIT_MS, &text, &err) &&
	    request_parse(buf_text(&text), text.len, &request, &err))
		status = serve(&request, asker, conf_path, words);
	else
		add_error(words, &err);
	buf_done(&text);

	return status;
}

void
asked_answer(int fd, const char *conf_path)
{
	struct buf words, answer;

	buf_init(&words);
	buf_init(&answer);
	buf_addf(&answer, "%d\n", read_and_serve(fd, conf_path, &words));
	buf_add(&answer, buf_text(&words), words.len);
	/* An asker who does not wait for the answer is not missed. */
	(void)channel_write(fd, answer.data, answer.len, WAIT_MS, NULL);
	(void)close(fd); /* what was not read by now is not read */
	buf_done(&answer);
	buf_done(&words);
}
