/* SPDX-License-Identifier: ISC */
/*
 * test_log_crash.c - is what was answered in the file after a kill -9?
 *
 * A child appends from several threads and tells each number over a pipe
 * once log_append() has returned true; it is killed in the middle of that,
 * again and again on the same file.
 */
#include "config.h"

#include "log/log.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "log_help.h"

enum {
	RUNS = 12,
	THREADS = 4,
	SPAN = 100000, /* numbers of one thread of one run */
	ENOUGH = 120   /* answers after which it is killed, and a little */
};

struct one {
	struct log *log;
	unsigned first;
	int to;
};

static void *
append_on(void *arg)
{
	const struct one *one = arg;

	for (unsigned n = one->first;; n++)
		if (put(one->log, n, true) &&
		    write(one->to, &n, sizeof(n)) != sizeof(n))
			return NULL;
}

static void
child(struct place *place, unsigned run, int to)
{
	struct one ones[THREADS];
	pthread_t threads[THREADS];
	struct log *log = place_open(place);

	for (unsigned i = 0; i < THREADS; i++) {
		ones[i] = (struct one){ .log = log,
			.first = (run * THREADS + i) * SPAN,
			.to = to };
		(void)pthread_create(&threads[i], NULL, append_on, &ones[i]);
	}
	for (unsigned i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	_exit(0);
}

/* Adds the numbers that it told to told; returns how many there are. */
static size_t
kill_in_the_middle(
    struct place *place, unsigned run, unsigned *told, size_t ntold)
{
	int ends[2];
	size_t enough = ntold + ENOUGH + run * 7;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(ends[0]);
		child(place, run, ends[1]);
	}
	(void)close(ends[1]);
	while (read(ends[0], &told[ntold], sizeof(*told)) == sizeof(*told))
		if (++ntold == enough)
			(void)kill(pid, SIGKILL);
	(void)close(ends[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);

	return ntold;
}

static void
check_told(struct place *place, const unsigned *told, size_t ntold)
{
	static char seen[RUNS * THREADS * SPAN];
	size_t len;
	char *text = slurp(place, "", &len);
	const char *at = text;
	unsigned long n;

	while (next_id(&at, text + len, &n)) {
		if (n < sizeof(seen)) {
			assert_int_equal(seen[n], 0); /* once */
			seen[n] = 1;
		}
	}
	free(text);
	for (size_t i = 0; i < ntold; i++)
		if (!seen[told[i]])
			fail_msg("%u was answered, and is not there", told[i]);
}

static void
test_kill(void **state)
{
	static unsigned told[RUNS * (ENOUGH + RUNS * 7 + 70000)];
	struct place place;
	size_t ntold = 0;

	(void)state;
	place_init(&place);
	for (unsigned run = 0; run < RUNS; run++) {
		place.sync = run % 2 ? LOG_SYNC_NEVER : LOG_SYNC_ALWAYS;
		ntold = kill_in_the_middle(&place, run, told, ntold);
		/* Tear it as a kill hardly ever does, but a crash may. */
		if (run % 3 == 2) {
			FILE *file = fopen(place.path, "a");

			assert_non_null(file);
			assert_true(fputs("{\"@timestamp\":\"20", file) >= 0);
			assert_int_equal(fclose(file), 0);
		}
	}
	assert_true(ntold >= RUNS * ENOUGH);
	log_close(place_open(&place));
	assert_true(chain_is_whole(&place, ""));
	check_told(&place, told, ntold);
	place_done(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
