/* SPDX-License-Identifier: ISC */
/* operator.c - who does what the operator asks? */
#include "config.h"

#include "posternd/operator.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "posternd/clock.h"
#include "posternd/flood.h"
#include "posternd/glass.h"
#include "posternd/pending.h"
#include "posternd/reloader.h"
#include "posternd/say.h"
#include "posternd/status.h"

enum {
	TICK_MS = 1000,
	KEEP_TICKS = 2,     /* a socket is gone for 5 s at the most */
	METRICS_TICKS = 15, /* contract, section 3 */
	CALLS = 2           /* descriptors that are polled beside askers */
};

static struct {
	atomic_bool stop; /* what other threads ask of this one */
	int wake;         /* an eventfd; readable: look at stop */
	pthread_t thread;
	struct control *control;
} operator= { .wake = -1 };

/* What the thread has to do when; its own. */
struct diary {
	int64_t tick_ms;
	uint64_t ticks;
	bool resting; /* no new request until the next tick */
	struct pending pending;
};

static int64_t
now_ms(void)
{
	return clock_up_us() / 1000;
}

static void
tick(struct diary *diary)
{
	glass_tick();
	flood_tick();
	if (diary->ticks % METRICS_TICKS == 0)
		status_write_metrics();
	if (diary->ticks % KEEP_TICKS == 0)
		control_keep(operator.control);
	diary->ticks++;
	diary->resting = false;
	/* After a long wait for the log, or a machine that slept, it goes on
	 * from now. */
	diary->tick_ms = now_ms() + TICK_MS;
}

static void
take_caller(struct diary *diary)
{
	int fd = control_accept(operator.control);

	/* Without descriptors the next try would fail at once as well. */
	if (fd < 0)
		diary->resting = true;
	else
		pending_add(&diary->pending, fd, now_ms());
}

/*
 * Until something is asked or due.  Who has asked comes before who calls, so
 * that no crowd of callers drives him out.
 */
static void
work(struct diary *diary)
{
	struct pollfd fds[CALLS + PENDING_MAX] = {
		{ .fd = operator.wake, .events = POLLIN },
		/* a negative one is passed over */
		{ .fd = diary->resting ? -1 : operator.control->listener.fd,
		    .events = POLLIN },
	};
	size_t count = pending_fill(&diary->pending, fds + CALLS);
	int64_t wait =
	    pending_until(&diary->pending, diary->tick_ms) - now_ms();

	if (poll(fds, CALLS + count, wait < 0 ? 0 : (int)wait) <= 0)
		return;
	pending_read(&diary->pending, fds + CALLS);
	if (fds[1].revents != 0)
		take_caller(diary);
}

static void *
run(void *unused)
{
	struct diary diary = { .tick_ms = now_ms() };

	(void)unused;
	/* The umask that a socket is made with must not be that of files
	 * which others make meanwhile; where it is, they get less. */
	(void)unshare(CLONE_FS);
	while (!atomic_load(&operator.stop)) {
		if (now_ms() >= diary.tick_ms)
			tick(&diary);
		pending_tick(&diary.pending, now_ms());
		work(&diary);
	}
	pending_done(&diary.pending);

	return NULL;
}

/* err: why the thread is none */
static bool
start_thread(struct err *err)
{
	sigset_t all, before;
	int error;

	(void)sigfillset(&all); /* signals are read by the main thread */
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&operator.thread, NULL, run, NULL);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);

	return error == 0 ||
	    err_set(err,
		"cannot start the operator's thread: %s; raise the limit "
		"for threads (TasksMax, ulimit -u)",
		strerror(error));
}

bool
operator_start(struct control *control, const char *conf_path, struct err *err)
{
	operator.control = control;
	operator.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (operator.wake<0)
		return err_set(err,
		    "cannot make an eventfd: %s; raise the "
		    "limit for descriptors (LimitNOFILE)",
		    strerror(errno));
	if (reloader_start(conf_path, err) && start_thread(err))
		return true;

	reloader_stop();
	(void)close(operator.wake); /* nothing was written */
	operator.wake = - 1;

	return false;
}

void
operator_ask_reload(uid_t asker)
{
	reloader_ask(asker);
}

void
operator_stop(void)
{
	const uint64_t one = 1;

	if (operator.wake<0)
		return;

	atomic_store(&operator.stop, true);
	/* Without it, it ends with its next tick. */
	if (write(operator.wake, &one, sizeof(one)) < 0)
		say_warning(
		    "cannot wake the operator's thread: %s", strerror(errno));
	(void)pthread_join(operator.thread, NULL); /* it ends now */
	reloader_stop();            /* from here on nobody asks it */
	(void)close(operator.wake); /* nothing was written */
	operator.wake = - 1;
}
