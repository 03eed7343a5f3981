/* SPDX-License-Identifier: ISC */
/*
 * overrides.c - where does libmilter need to be put right?
 *
 * Two functions of libc that stand here in front of libc's own, for the whole
 * program, so that libmilter calls these.
 */
#include "config.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

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
	const struct timespec most = {
		.tv_sec = timeout_ms / 1000,
		.tv_nsec = timeout_ms % 1000 * 1000000L,
	};
	int ready = ppoll(fds, count, timeout_ms < 0 ? NULL : &most, NULL);

	for (nfds_t i = 0; ready > 0 && i < count; i++)
		if ((fds[i].revents & POLLIN) != 0)
			fds[i].revents &= (short)~POLLHUP;

	return ready;
}
