/* SPDX-License-Identifier: ISC */
/* signals.c - what does a signal do? */
#include "config.h"

#include "posternd/signals.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

static void
fill_stops(sigset_t *set)
{
	(void)sigemptyset(set); /* these fail for no signal that there is */
	(void)sigaddset(set, SIGTERM);
	(void)sigaddset(set, SIGINT);
}

static void
fill_all(sigset_t *set)
{
	fill_stops(set);
	(void)sigaddset(set, SIGHUP);
	(void)sigaddset(set, SIGUSR1);
	(void)sigaddset(set, SIGUSR2);
}

void
signals_init(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t set;

	/* An MTA that hangs up is an error of write(), not our end. */
	(void)sigaction(SIGPIPE, &ignore, NULL);
	fill_all(&set);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* The least number comes first: a storm of HUP must not hide a TERM. */
static int
wait_for_one(unsigned seconds, siginfo_t *info)
{
	const struct timespec most = { .tv_sec = (time_t)seconds };
	const struct timespec none = { 0 };
	sigset_t set;
	int sig;

	fill_stops(&set);
	sig = sigtimedwait(&set, info, &none);
	if (sig > 0)
		return sig;
	fill_all(&set);

	return sigtimedwait(&set, info, &most);
}

enum signal_event
signals_wait(unsigned seconds, uid_t *uid)
{
	siginfo_t info;
	int sig = wait_for_one(seconds, &info);

	if (sig < 0) /* EAGAIN; EINTR after a stop and continue */
		return SIGNAL_NONE;
	/* The kernel fills in who; 0 where nobody in particular did. */
	*uid = info.si_code == SI_USER || info.si_code == SI_QUEUE ? info.si_uid
								   : getuid();

	switch (sig) {
	case SIGTERM:
	case SIGINT:
		return SIGNAL_STOP;
	case SIGUSR2:
		return SIGNAL_ENDED;
	default: /* HUP and USR1; no other is in the set */
		return SIGNAL_RELOAD;
	}
}

void
signals_wake(void)
{
	(void)kill(getpid(), SIGUSR2); /* to oneself it always may */
}
