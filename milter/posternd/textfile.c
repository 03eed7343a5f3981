/* SPDX-License-Identifier: ISC */
/* textfile.c - how do the metrics get into their file? */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lists/generation.h"
#include "posternd/force.h"
#include "posternd/say.h"
#include "posternd/status.h"

static bool
failed(struct err *err, const char *path, const char *what)
{
	return err_set(err,
	    "metrics: %s: cannot %s: %s; let the daemon's user write to its "
	    "directory, or set another `metrics`",
	    path, what, strerror(errno));
}

static bool
write_all(int fd, const struct buf *text)
{
	size_t done = 0;

	while (done < text->len) {
		ssize_t sent = write(fd, text->data + done, text->len - done);

		if (sent < 0 && errno != EINTR)
			return false;
		if (sent > 0)
			done += (size_t)sent;
	}

	return true;
}

/* A new file beside it, so that no reader ever sees half of one. */
static bool
write_new(const char *path, const struct buf *text, struct err *err)
{
	int fd;
	bool written;

	/* What is there was left by one that was killed, or is no file. */
	(void)unlink(path);
	fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return failed(err, path, "make it");
	/* Its reader is another user; the umask does not know that. */
	written = write_all(fd, text) && fchmod(fd, 0644) == 0;
	if (!written)
		(void)failed(err, path, "write to it");
	if (close(fd) != 0 && written)
		written = failed(err, path, "write to it");

	return written;
}

static bool
replace(const char *path, const struct buf *text, struct err *err)
{
	struct buf temporary;
	bool done = false;

	/* Not ".prom" at its end: the collector would read it, too. */
	buf_init(&temporary);
	buf_addf(&temporary, "%s.%ld.new", path, (long)getpid());
	if (write_new(buf_text(&temporary), text, err))
		done = rename(buf_text(&temporary), path) == 0 ||
		    failed(err, path, "put it in place");
	if (!done)
		(void)unlink(buf_text(&temporary)); /* it may not be there */
	buf_done(&temporary);

	return done;
}

void
status_write_metrics(void)
{
	static struct err said; /* of the one thread that calls */
	struct generation *generation = force_generation();
	const char *path = generation_conf(generation)->metrics;
	struct buf text;
	struct err err;

	buf_init(&text);
	err.text[0] = '\0';
	if (path != NULL) {
		status_prometheus(&text);
		if (!replace(path, &text, &err) &&
		    strcmp(err.text, said.text) != 0)
			say_warning("%s", err.text);
	}
	said = err;
	buf_done(&text);
	generation_unref(generation);
}
