/* SPDX-License-Identifier: ISC */
/*
 * overrides.c - where does libmilter need to be put right?
 *
 * Functions of libc that stand here in front of libc's own, for the whole
 * program, so that libmilter calls these.  In a build with a sanitizer of
 * gcc's, a shared library, what they call is the sanitizer's function, which
 * calls libc's; clang's wants -shared-libsan.
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "posternd/shortage.h"

enum {
	NAP_MS = 100
};

/*
 * Is libmilter past its start, so that a new thread is a worker's?  It alone
 * calls accept(); the control socket has accept4().
 */
static atomic_bool serving;
/* This thread is in a worker that was turned away. */
static _Thread_local bool turned_away;

/* What would have been called without the function of that name here. */
static void *
real(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (found == NULL) /* libc has them all */
		abort();

	return found;
}

/*
 * smfi_main() starts a thread that waits for HUP, TERM and INT with sigwait()
 * and ends the filter at any of them.  A HUP must never do that, and a stop
 * is ours to order.  An own handler does not help: of a storm of HUPs one
 * reaches that thread (measured).  So its wait never ends.  pause() comes
 * back for a handled signal only, and there is none.
 */
int
sigwait(const sigset_t *set, int *sig)
{
	(void)set;
	(void)sig;
	for (;;)
		(void)pause();
}

/* Looked for once: a session calls it some dozen times. */
static int
real_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	static _Atomic(void *) known;
	void *found = atomic_load(&known);
	int (*call)(struct pollfd *, nfds_t, int);

	if (found == NULL) {
		found = real("poll");
		atomic_store(&known, found);
	}
	memcpy(&call, &found, sizeof(call));

	return call(fds, count, timeout_ms);
}

/*
 * libmilter takes POLLHUP for an error before it reads what is there.  Where
 * the MTA need not wait for replies (negotiate.c) and closes a unix socket,
 * the last steps of a session are lost that way: who said MAIL and left would
 * be written down as one who only connected.  A reader that reads on until
 * the end of file, as libmilter does, finds out all the same.
 */
int
poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	int ready = real_poll(fds, count, timeout_ms);

	for (nfds_t i = 0; ready > 0 && i < count; i++)
		if ((fds[i].revents & POLLIN) != 0)
			fds[i].revents &= (short)~POLLHUP;

	return ready;
}

/*
 * Where descriptors run out, libmilter tries again at once, and again: a
 * fifth of a core while it lasts (measured).  The connection waits in the
 * backlog as well while the listener naps.
 */
int
accept(int fd, __SOCKADDR_ARG address, socklen_t *restrict len)
{
	const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };
	int got = accept4(fd, address, len, 0);
	int reason = errno;

	atomic_store(&serving, true);
	if (got >= 0)
		return got;
	if (reason == EMFILE || reason == ENFILE || reason == ENOBUFS ||
	    reason == ENOMEM) {
		shortage_note_descriptors(reason);
		(void)nanosleep(&nap, NULL);
	}
	errno = reason;

	return got;
}

/* Is it a function of libmilter, as the loader has it? */
static bool
is_libmilters(void *(*run)(void *))
{
	void *public = dlsym(RTLD_DEFAULT, "smfi_main");
	Dl_info library, there;
	void *address;

	memcpy(&address, &run, sizeof(address)); /* ISO C has no cast for it */

	return public != NULL && dladdr(public, &library) != 0 &&
	    dladdr(address, &there) != 0 &&
	    library.dli_fbase == there.dli_fbase;
}

/*
 * Where the pool gets no thread for a session, libmilter logs that and counts
 * the session as one that a worker serves: it hangs for ever, and with it its
 * descriptor, long after the client has gone (measured).  To try for longer
 * here would not do: the pool's lock is held, so that no worker could end
 * meanwhile.  But a worker that cannot detach itself hands its session back,
 * and the next worker that has done its work takes it.  So the worker runs
 * here and now, as one that cannot (pthread_detach() below); shortage.h sees
 * to it that there are workers again.  Where libmilter is built without a
 * pool, it hangs up instead, and the MTA defers.
 */
int
pthread_create(pthread_t *restrict thread,
    const pthread_attr_t *restrict attributes, void *(*run)(void *),
    void *restrict argument)
{
	int (*create)(
	    pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
	void *found = real("pthread_create");
	int failed;

	memcpy(&create, &found, sizeof(create));
	failed = create(thread, attributes, run, argument);
	if (failed != EAGAIN || argument == NULL || !atomic_load(&serving) ||
	    !is_libmilters(run))
		return failed;

	shortage_note_worker(run);
	turned_away = true;
	(void)run(argument);
	turned_away = false;
	*thread = pthread_self();

	return 0;
}

int
pthread_detach(pthread_t thread)
{
	int (*detach)(pthread_t);
	void *found;

	if (turned_away)
		return EAGAIN;
	found = real("pthread_detach");
	memcpy(&detach, &found, sizeof(detach));

	return detach(thread);
}
