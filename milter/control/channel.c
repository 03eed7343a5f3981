/* SPDX-License-Identifier: ISC */
/* channel.c - how do bytes get over the control socket? */
#include "config.h"

#include "control/channel.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

enum {
	ASK_S = 5,     /* for connecting, and again for sending */
	CHUNK = 8192,  /* bytes that are read at once */
	CODE = 4,      /* bytes of an exit code, with terminator */
	CODE_MAX = 125 /* what is greater means something to a shell */
};

static int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* always there */

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t
end_of(int wait_ms)
{
	return wait_ms < 0 ? -1 : now_ms() + wait_ms;
}

/* What is left of it; -1: there is no end. */
static int
left_of(int64_t end_ms)
{
	int64_t left = end_ms - now_ms();

	if (end_ms < 0)
		return -1;

	return left < 0 ? 0 : (int)left;
}

/* Until fd is ready or end_ms has come (-1: never); false with err. */
static bool
wait_for(int fd, short events, int64_t end_ms, struct err *err)
{
	struct pollfd waiting = { .fd = fd, .events = events };
	int ready;

	do {
		ready = poll(&waiting, 1, left_of(end_ms));
	} while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return err_set(err, "cannot wait: %s", strerror(errno));
	if (ready == 0)
		return err_set(err, "the other end took too long");

	return true;
}

/* Would the same call do if it came again? */
static bool
is_passing(int error)
{
	return error == EAGAIN || error == EINTR;
}

bool
channel_read(int fd, size_t max, int wait_ms, struct buf *out, struct err *err)
{
	int64_t end_ms = end_of(wait_ms);
	size_t start = out->len;
	char chunk[CHUNK];

	while (wait_for(fd, POLLIN, end_ms, err)) {
		ssize_t got = recv(fd, chunk, sizeof(chunk), MSG_DONTWAIT);

		if (got < 0 && is_passing(errno))
			continue;
		if (got < 0)
			return err_set(err, "cannot read: %s", strerror(errno));
		if (got == 0)
			return true;
		if ((size_t)got > max - (out->len - start))
			return err_set(err, "more than %zu bytes came", max);
		buf_add(out, chunk, (size_t)got);
	}

	return false;
}

bool
channel_write(
    int fd, const char *bytes, size_t len, int wait_ms, struct err *err)
{
	int64_t end_ms = end_of(wait_ms);

	while (len > 0) {
		ssize_t sent;

		if (!wait_for(fd, POLLOUT, end_ms, err))
			return false;
		sent = send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent < 0 && is_passing(errno))
			continue;
		if (sent < 0)
			return err_set(err, "cannot send: %s", strerror(errno));
		bytes += sent;
		len -= (size_t)sent;
	}

	return true;
}

/* Why can nobody be asked there? */
static int
connect_failed(const char *path, int error, struct err *err)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ECONNREFUSED:
		err_set(err,
		    "%s: no daemon answers there; is posternd running, with "
		    "this `control` in its configuration?",
		    path);
		return EX_UNAVAILABLE;
	case EACCES:
	case EPERM:
		err_set(err,
		    "%s: not allowed to ask there; be root, the daemon's "
		    "user or in its control_group",
		    path);
		return EX_NOPERM;
	case EAGAIN:
		err_set(err,
		    "%s: the daemon has no time for us; try again, and see "
		    "what it says",
		    path);
		return EX_UNAVAILABLE;
	default:
		err_set(err, "%s: cannot connect: %s", path, strerror(error));
		return EX_IOERR;
	}
}

/* *fd: connected, to be closed. */
static int
connect_to(const char *path, int *fd, struct err *err)
{
	const struct timeval patience = { .tv_sec = ASK_S };
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	*fd = -1;
	if (strlen(path) >= sizeof(name.sun_path)) {
		err_set(err,
		    "%s: no socket has so long a path; correct `control` in "
		    "the configuration",
		    path);
		return EX_UNAVAILABLE;
	}
	memcpy(name.sun_path, path, strlen(path) + 1);
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* where its queue is full connect() waits, no longer than this */
	if (*fd < 0 ||
	    setsockopt(*fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		sizeof(patience)) != 0) {
		err_set(err, "cannot make a socket: %s", strerror(errno));
		return EX_IOERR;
	}
	if (connect(*fd, (struct sockaddr *)&name, sizeof(name)) != 0)
		return connect_failed(path, errno, err);

	return EX_OK;
}

/* Parts the exit code from what is to be printed. */
static int
take_answer(const struct buf *answer, struct buf *out, struct err *err)
{
	const char *text = buf_text(answer);
	size_t len = strcspn(text, "\n");
	char digits[CODE];
	uint32_t code;

	if (answer->len == 0) {
		err_set(err,
		    "the daemon left without an answer; see what it "
		    "says");
		return EX_UNAVAILABLE;
	}
	if (len < sizeof(digits) && text[len] == '\n') {
		memcpy(digits, text, len);
		digits[len] = '\0';
		if (str_to_u32(digits, 0, CODE_MAX, &code, NULL)) {
			buf_add(out, text + len + 1, answer->len - len - 1);
			return (int)code;
		}
	}
	err_set(err,
	    "the answer is none that this version knows; are postern "
	    "and posternd of one version?");

	return EX_UNAVAILABLE;
}

static bool
send_request(int fd, const struct request *request, struct err *err)
{
	struct buf text;
	bool sent;

	buf_init(&text);
	request_text(request, &text);
	sent = channel_write(fd, buf_text(&text), text.len, ASK_S * 1000, err);
	buf_done(&text);
	if (sent && shutdown(fd, SHUT_WR) != 0)
		return err_set(err, "cannot send: %s", strerror(errno));

	return sent;
}

static int
read_answer(int fd, const struct patience *patience, struct buf *answer,
    struct err *err)
{
	int64_t end_ms = end_of(patience->answer_ms);

	if (patience->tell != NULL &&
	    !wait_for(fd, POLLIN, end_of(patience->silent_ms), NULL))
		patience->tell();
	if (channel_read(fd, CHANNEL_ANSWER, left_of(end_ms), answer, err))
		return EX_OK;
	if (end_ms < 0 || now_ms() < end_ms)
		return EX_IOERR;
	err_set(err,
	    "no answer within %d s: posternd hangs or waits for its disk, and "
	    "may still do what was asked; see what it says",
	    patience->answer_ms / 1000);

	return EX_UNAVAILABLE;
}

static int
exchange(int fd, const struct request *request, const struct patience *patience,
    struct buf *out, struct err *err)
{
	struct buf answer;
	int status;

	if (!send_request(fd, request, err))
		return EX_IOERR;
	buf_init(&answer);
	status = read_answer(fd, patience, &answer, err);
	if (status == EX_OK)
		status = take_answer(&answer, out, err);
	buf_done(&answer);

	return status;
}

int
channel_ask(const char *path, const struct request *request,
    const struct patience *patience, struct buf *out, struct err *err)
{
	int fd;
	int status;

	err->text[0] = '\0';
	status = connect_to(path, &fd, err);
	if (status == EX_OK) {
		status = exchange(fd, request, patience, out, err);
		if (err->text[0] != '\0')
			err_set(err, "%s: %s", path, err->text);
	}
	if (fd >= 0)
		(void)close(fd); /* what matters was read */

	return status;
}
