/* SPDX-License-Identifier: ISC */
/* control.c - where does the operator find us? */
#include "config.h"

#include "posternd/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "posternd/say.h"

static void
forget(struct control *control)
{
	socket_remove(&control->listener);
	if (control->listener.fd >= 0)
		(void)close(control->listener.fd); /* nothing was written */
	control->listener.fd = -1;
}

static int
make(struct control *control, struct err *err)
{
	int status = local_open(&control->local, &control->listener, err);
	int fd = control->listener.fd;

	/* Whoever hangs up before we take the call must not make us wait. */
	if (status == EX_OK && fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
		err_set(err, "control: %s: cannot be used: %s", control->path,
		    strerror(errno));
		status = EX_IOERR;
	}
	if (status != EX_OK)
		forget(control);

	return status;
}

void
control_close(struct control *control)
{
	forget(control);
	free(control->path);
	control->path = NULL;
}

int
control_open(const struct conf *conf, const struct account *account,
    struct control *control, struct err *err)
{
	int status;

	memset(control, 0, sizeof(*control));
	control->path = mem_text(conf->control);
	control->listener.fd = -1;
	control->local = (struct local){
		.key = "control",
		.path = control->path,
		.mode = conf->control_group == NULL ? 0600 : 0660,
		.uid = account->uid,
		.gid = account->gid,
	};
	if (conf->control_group != NULL &&
	    !account_find_group(
		"control_group", conf->control_group, &control->local.gid, err))
		return EX_CONFIG;

	status = make(control, err);
	if ((status != EX_NOPERM && status != EX_IOERR) || conf->control_given)
		return status;

	say_warning("%s; serving without it: postern status, reload, open and "
		    "close do not work; make the directory for the user that "
		    "posternd runs as, or set `control`",
	    err->text);
	control_close(control);

	return EX_OK;
}

void
control_keep(struct control *control)
{
	struct err err;

	if (control->path == NULL ||
	    (control->listener.fd >= 0 && socket_is_there(&control->listener)))
		return;

	forget(control);
	if (make(control, &err) == EX_OK) {
		say_warning("control: %s was removed or replaced; made again",
		    control->path);
		control->said.text[0] = '\0';
	} else if (strcmp(control->said.text, err.text) != 0) {
		say_error("%s; it was removed, and until it can be made again "
			  "postern status, reload, open and close do not work",
		    err.text);
		control->said = err;
	}
}

int
control_accept(struct control *control)
{
	static _Atomic int64_t last;
	int fd = accept4(
	    control->listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0 && errno != EAGAIN && errno != EINTR &&
	    errno != ECONNABORTED && say_may(&last, 60))
		say_warning("control: %s: cannot take a request: %s; trying "
			    "again",
		    control->path, strerror(errno));

	return fd;
}
