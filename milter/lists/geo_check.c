/* SPDX-License-Identifier: ISC */
/*
 * geo_check.c - does reading a database end well?
 *
 * libmaxminddb 1.7.1 runs out of stack on records that are nested deep enough
 * (1.2 MB of them, measured), and later versions have mended more.  So a
 * child process reads all of it first, with less stack than any thread of
 * ours has, little memory and little time (geo_confine.c): what it gets
 * through, we do.
 * The child may use malloc(), which glibc puts right in it, and nothing that
 * another thread could have held.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lists/geo_parts.h"

enum {
	STACK = 256 * 1024, /* threads have 8 MiB, where not told otherwise */
	PATIENCE_MS = 15000 /* on a machine that is busy with other things */
};

/* What the child says; nothing, where it dies. */
struct verdict {
	enum geo_flaw flaw;
	int status; /* of libmaxminddb, with GEO_FLAW_OPEN */
};

/* What the thread with little stack has to do, and what came of it. */
struct errand {
	const struct geo_copy *copy;
	enum geo_kind kind;
	int from, to; /* a pipe */
	int error;    /* 0, or why there is no child */
	bool late;
	bool told;
	struct verdict verdict;
};

static struct verdict
judge(const struct geo_copy *copy, enum geo_kind kind)
{
	struct verdict verdict = { .flaw = GEO_FLAW_OPEN };
	MMDB_s mmdb;

	verdict.status = geo_copy_open(copy, &mmdb);
	if (verdict.status == MMDB_SUCCESS)
		verdict.flaw = geo_walk(&mmdb, kind);

	return verdict;
}

static void
be_child(const struct errand *errand)
{
	struct verdict verdict;

	geo_confine(errand->copy, errand->to);
	verdict = judge(errand->copy, errand->kind);
	/* Unsaid, it counts as one that died. */
	if (write(errand->to, &verdict, sizeof(verdict)) < 0)
		_exit(1);
	_exit(0);
}

static int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Until the child says something, dies, or takes too long. */
static void
hear(struct errand *errand)
{
	int64_t until = now_ms() + PATIENCE_MS;
	struct pollfd fd = { .fd = errand->from, .events = POLLIN };
	int64_t left = PATIENCE_MS;
	int ready;

	do {
		ready = poll(&fd, 1, left < 0 ? 0 : (int)left);
		left = until - now_ms();
	} while (ready < 0 && errno == EINTR);
	errand->late = ready == 0;
	errand->told = ready > 0 &&
	    read(errand->from, &errand->verdict, sizeof(errand->verdict)) ==
		(ssize_t)sizeof(errand->verdict);
}

/* The child goes on on the stack of the thread that makes it: this one. */
static void *
run(void *argument)
{
	struct errand *errand = argument;
	pid_t child = fork();

	if (child == 0)
		be_child(errand);
	errand->error = child < 0 ? errno : 0;
	(void)close(errand->to); /* so that its end shows; nothing written */
	if (child < 0)
		return NULL;
	hear(errand);
	(void)kill(child, SIGKILL); /* it may be over already */
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		continue;

	return NULL;
}

/* 0, or why there is no thread. */
static int
run_on_little_stack(struct errand *errand)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int error;

	(void)pthread_attr_init(&attributes); /* cannot fail on Linux */
	(void)pthread_attr_setstacksize(&attributes, STACK);
	error = pthread_create(&thread, &attributes, run, errand);
	(void)pthread_attr_destroy(&attributes);
	if (error != 0) {
		(void)close(errand->to); /* nothing was written */
		return error;
	}
	(void)pthread_join(thread, NULL); /* it ends by itself */

	return errand->error;
}

static const char *
flaw_text(const struct errand *errand)
{
	switch (errand->verdict.flaw) {
	case GEO_FLAWLESS:
		break;
	case GEO_FLAW_OPEN:
		return MMDB_strerror(errand->verdict.status);
	case GEO_FLAW_TREE:
		return "its search tree leads astray";
	case GEO_FLAW_RECORD:
		return "a record in it cannot be read";
	case GEO_FLAW_SILENT:
		return errand->kind == GEO_ASN
		    ? "no record in it has the number of a network"
		    : "no record in it has a country";
	}

	return NULL;
}

static enum geo_checked
say(const struct errand *errand, struct err *err)
{
	const char *flaw =
	    errand->told ? flaw_text(errand) : "libmaxminddb fails on it";

	/* Its own processor time would have ended it: others have it all. */
	if (errand->late) {
		(void)err_set(err, "reading it took longer than %d s",
		    PATIENCE_MS / 1000);
		return GEO_UNCHECKED;
	}
	if (flaw == NULL)
		return GEO_SOUND;
	(void)err_set(err, "%s", flaw);

	return GEO_DAMAGED;
}

enum geo_checked
geo_check(const struct geo_copy *copy, enum geo_kind kind, struct err *err)
{
	struct errand errand = { .copy = copy, .kind = kind };
	enum geo_checked checked = GEO_UNCHECKED;
	int ends[2];
	int error;

	if (pipe2(ends, O_CLOEXEC) != 0) {
		(void)err_set(
		    err, "no pipe: %s; raise LimitNOFILE", strerror(errno));
		return GEO_UNCHECKED;
	}
	errand.from = ends[0];
	errand.to = ends[1];
	error = run_on_little_stack(&errand);
	if (error == 0)
		checked = say(&errand, err);
	else
		(void)err_set(err, "no process: %s; raise TasksMax, ulimit -u",
		    strerror(error));
	(void)close(errand.from); /* nothing was written to it */

	return checked;
}
