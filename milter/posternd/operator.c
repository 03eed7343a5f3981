/* SPDX-License-Identifier: ISC */
/* operator.c - who does what the operator asks? */
#include "config.h"

#include "posternd/operator.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "posternd/asked.h"
#include "posternd/clock.h"
#include "posternd/glass.h"
#include "posternd/reload.h"
#include "posternd/status.h"

enum {
	TICK_MS = 1000,
	KEEP_TICKS = 2,     /* a socket is gone for 5 s at the most */
	METRICS_TICKS = 15, /* contract, section 3 */
	/* Between two reloads that signals ask for: a storm of them must not
	 * keep a processor and the log busy. */
	STORM_MS = 250
};

/* What other threads ask of this one. */
static struct {
	pthread_mutex_t lock; /* guards reload, asker and stop */
	bool reload;
	uid_t asker; /* of the last one who asked for it */
	bool stop;
	int wake; /* an eventfd; readable: look here */
	pthread_t thread;
	struct control *control;
	const char *conf_path;
} asked = { .lock = PTHREAD_MUTEX_INITIALIZER, .wake = -1 };

/* What the thread has to do when; its own. */
struct diary {
	int64_t tick_ms;
	int64_t reload_ms; /* not before */
	uint64_t ticks;
	bool resting; /* no new request until the next tick */
};

static int64_t
now_ms(void)
{
	return clock_up_us() / 1000;
}

static void
wake(void)
{
	const uint64_t one = 1;

	/* Full, it is awake already. */
	if (write(asked.wake, &one, sizeof(one)) < 0)
		return;
}

static bool
is_asked(const bool *what)
{
	bool yes;

	pthread_mutex_lock(&asked.lock);
	yes = *what;
	pthread_mutex_unlock(&asked.lock);

	return yes;
}

static void
do_reload(struct diary *diary)
{
	struct buf unused;
	uid_t asker;

	pthread_mutex_lock(&asked.lock);
	asked.reload = false;
	asker = asked.asker;
	pthread_mutex_unlock(&asked.lock);

	buf_init(&unused);
	(void)reload(asked.conf_path, asker, &unused); /* it says why itself */
	buf_done(&unused);
	diary->reload_ms = now_ms() + STORM_MS;
}

static void
tick(struct diary *diary)
{
	glass_tick();
	if (diary->ticks % METRICS_TICKS == 0)
		status_write_metrics();
	if (diary->ticks % KEEP_TICKS == 0)
		control_keep(asked.control);
	diary->ticks++;
	diary->resting = false;
	/* After a long reload, or a machine that slept, it goes on from now. */
	diary->tick_ms = now_ms() + TICK_MS;
}

static void
answer_one(struct diary *diary)
{
	int fd = control_accept(asked.control);

	/* Without descriptors the next try would fail at once as well. */
	if (fd < 0)
		diary->resting = true;
	else
		asked_answer(fd, asked.conf_path);
}

/* Until something is asked or due; true: on the control socket. */
static bool
wait_for_work(const struct diary *diary, bool reload_due)
{
	int64_t until = diary->tick_ms;
	struct pollfd fds[] = {
		{ .fd = asked.wake, .events = POLLIN },
		/* a negative one is passed over */
		{ .fd = diary->resting ? -1 : asked.control->listener.fd,
		    .events = POLLIN },
	};
	uint64_t count;
	int64_t wait;

	if (reload_due && diary->reload_ms < until)
		until = diary->reload_ms;
	wait = until - now_ms();
	if (poll(fds, 2, wait < 0 ? 0 : (int)wait) <= 0)
		return false;
	if (fds[0].revents != 0 && read(asked.wake, &count, sizeof(count)) < 0)
		return false; /* it was empty: somebody else's noise */

	return fds[1].revents != 0;
}

static void *
run(void *unused)
{
	struct diary diary = { .tick_ms = now_ms() };

	(void)unused;
	/* The umask that a socket is made with must not be that of files
	 * which others make meanwhile; where it is, they get less. */
	(void)unshare(CLONE_FS);
	while (!is_asked(&asked.stop)) {
		bool due = is_asked(&asked.reload);

		if (now_ms() >= diary.tick_ms)
			tick(&diary);
		if (due && now_ms() >= diary.reload_ms)
			do_reload(&diary);
		else if (wait_for_work(&diary, due))
			answer_one(&diary);
	}

	return NULL;
}

bool
operator_start(struct control *control, const char *conf_path, struct err *err)
{
	sigset_t all, before;
	int error;

	asked.control = control;
	asked.conf_path = conf_path;
	asked.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (asked.wake < 0)
		return err_set(err,
		    "cannot make an eventfd: %s; raise the "
		    "limit for descriptors (LimitNOFILE)",
		    strerror(errno));

	(void)sigfillset(&all); /* signals are read by the main thread */
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&asked.thread, NULL, run, NULL);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		return true;

	(void)close(asked.wake); /* nothing was written */
	asked.wake = -1;

	return err_set(err,
	    "cannot start the operator's thread: %s; raise the limit for "
	    "threads (TasksMax, ulimit -u)",
	    strerror(error));
}

void
operator_ask_reload(uid_t asker)
{
	pthread_mutex_lock(&asked.lock);
	asked.reload = true;
	asked.asker = asker;
	pthread_mutex_unlock(&asked.lock);
	wake();
}

void
operator_stop(void)
{
	if (asked.wake < 0)
		return;

	pthread_mutex_lock(&asked.lock);
	asked.stop = true;
	pthread_mutex_unlock(&asked.lock);
	wake();
	(void)pthread_join(asked.thread, NULL); /* it ends now */
	(void)close(asked.wake);                /* nothing was written */
	asked.wake = -1;
}
