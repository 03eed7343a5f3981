/* SPDX-License-Identifier: ISC */
/* test_channel.c - how do bytes get over the control socket? */
#include "config.h"

#include "control/channel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum {
	SHORT_MS = 50,
	LONG_MS = 20000, /* never waited for unless something hangs */
	ALL = 1 << 20
};

static void
sleep_ms(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&time, NULL);
}

static void
pair(int fds[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
}

static void
put(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static const struct {
	const char *name, *sent;
	bool ends;
	size_t max;
	const char *words; /* NULL: it is read */
} reads[] = {
	{ "all", "abc", true, ALL, NULL },
	{ "nothing", "", true, ALL, NULL },
	{ "as long as it may", "abc", true, 3, NULL },
	{ "one too long", "abcd", true, 3, "more than 3 bytes" },
	{ "too long, no end", "abcd", false, 3, "more than 3 bytes" },
	{ "no end", "abc", false, ALL, "took too long" },
	{ "nothing, no end", "", false, ALL, "took too long" },
	{ "not a byte wanted", "", true, 0, NULL },
	{ "a byte, none wanted", "a", true, 0, "more than 0 bytes" },
};

static void
test_read(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(reads); i++) {
		struct err err = { "" };
		struct buf got;
		int fds[2];
		bool good;

		pair(fds);
		buf_init(&got);
		buf_add_text(&got, "-"); /* what is there stays, uncounted */
		put(fds[0], reads[i].sent);
		if (reads[i].ends)
			(void)shutdown(fds[0], SHUT_WR);
		good = channel_read(fds[1], reads[i].max,
		    reads[i].ends ? LONG_MS : SHORT_MS, &got, &err);
		if (good != (reads[i].words == NULL) ||
		    (good && strcmp(buf_text(&got) + 1, reads[i].sent) != 0) ||
		    (!good && strstr(err.text, reads[i].words) == NULL)) {
			print_error("%s: got \"%s\" (%s)\n", reads[i].name,
			    buf_text(&got), err.text);
			failed++;
		}
		buf_done(&got);
		(void)close(fds[0]);
		(void)close(fds[1]);
	}
	assert_int_equal(failed, 0);
}

/* Bytes, each in time, do not prolong the whole. */
static void *
drip(void *fd)
{
	for (int i = 0; i < 100 && send(*(int *)fd, "x", 1, MSG_NOSIGNAL) == 1;
	     i++)
		sleep_ms(10);

	return NULL;
}

static void
test_read_drips(void **state)
{
	pthread_t thread;
	struct err err;
	struct buf got;
	int fds[2];

	(void)state;
	pair(fds);
	buf_init(&got);
	assert_int_equal(pthread_create(&thread, NULL, drip, &fds[0]), 0);
	assert_false(channel_read(fds[1], ALL, 3 * SHORT_MS, &got, &err));
	assert_non_null(strstr(err.text, "took too long"));
	(void)close(fds[1]);
	(void)pthread_join(thread, NULL);
	(void)close(fds[0]);
	buf_done(&got);
}

static void
test_read_slow(void **state)
{
	pthread_t thread;
	struct err err;
	struct buf got;
	int fds[2];

	(void)state;
	pair(fds);
	buf_init(&got);
	assert_int_equal(pthread_create(&thread, NULL, drip, &fds[0]), 0);
	sleep_ms(20);
	assert_false(channel_read(fds[1], 5, -1, &got, &err));
	assert_non_null(strstr(err.text, "more than 5 bytes"));
	(void)close(fds[1]);
	(void)pthread_join(thread, NULL);
	(void)close(fds[0]);
	buf_done(&got);
}

/* What was not read when the other end closes: it cannot have been all. */
static void
test_read_reset(void **state)
{
	struct err err;
	struct buf got;
	int fds[2];

	(void)state;
	pair(fds);
	buf_init(&got);
	put(fds[1], "unread");
	(void)close(fds[0]);
	assert_false(channel_read(fds[1], ALL, LONG_MS, &got, &err));
	assert_non_null(strstr(err.text, "cannot read"));
	(void)close(fds[1]);
	buf_done(&got);
}

/* More than a socket holds: where nobody reads there must be an end. */
static void
test_write_unread(void **state)
{
	char *bytes = mem_new(ALL, 1);
	struct err err;
	int fds[2];

	(void)state;
	pair(fds);
	assert_false(channel_write(fds[0], bytes, ALL, SHORT_MS, &err));
	assert_non_null(strstr(err.text, "took too long"));
	(void)close(fds[0]);
	(void)close(fds[1]);
	free(bytes);
}

static void
test_write_closed(void **state)
{
	struct err err;
	int fds[2];

	(void)state;
	pair(fds);
	(void)close(fds[1]);
	/* no signal, or this test would not go on */
	assert_false(channel_write(fds[0], "x", 1, LONG_MS, &err));
	assert_non_null(strstr(err.text, "cannot send"));
	(void)close(fds[0]);
}

struct reading {
	int fd;
	struct buf got;
	bool good;
};

static void *
read_all(void *argument)
{
	struct reading *reading = argument;
	struct err err;

	sleep_ms(SHORT_MS); /* the writer must wait for us */
	reading->good =
	    channel_read(reading->fd, ALL, LONG_MS, &reading->got, &err);

	return NULL;
}

static void
test_write_large(void **state)
{
	char *bytes = mem_new(ALL, 1);
	struct reading reading;
	pthread_t thread;
	struct err err;
	int fds[2];

	(void)state;
	for (size_t i = 0; i < ALL; i++)
		bytes[i] = (char)(i * 7 % 251);
	pair(fds);
	reading.fd = fds[1];
	buf_init(&reading.got);
	assert_int_equal(pthread_create(&thread, NULL, read_all, &reading), 0);
	assert_true(channel_write(fds[0], bytes, ALL, LONG_MS, &err));
	(void)shutdown(fds[0], SHUT_WR);
	(void)pthread_join(thread, NULL);
	assert_true(reading.good);
	assert_int_equal(reading.got.len, ALL);
	assert_memory_equal(reading.got.data, bytes, ALL);
	buf_done(&reading.got);
	(void)close(fds[0]);
	(void)close(fds[1]);
	free(bytes);
}

static const struct patience endless = { .answer_ms = -1 };

/* A daemon that answers one request with given bytes. */
struct daemon {
	char folder[32];
	char path[64];
	int fd;
	const char *answer;
	struct buf asked;
	pthread_t thread;
};

static void *
answer_one(void *argument)
{
	struct daemon *daemon = argument;
	struct err err;
	int fd = accept(daemon->fd, NULL, NULL);

	if (!channel_read(fd, REQUEST_TEXT, LONG_MS, &daemon->asked, &err) ||
	    !channel_write(
		fd, daemon->answer, strlen(daemon->answer), LONG_MS, &err))
		buf_add_text(&daemon->asked, err.text);
	(void)close(fd);

	return NULL;
}

static void
make_place(struct daemon *daemon)
{
	(void)snprintf(
	    daemon->folder, sizeof(daemon->folder), "/tmp/test-channel-XXXXXX");
	assert_non_null(mkdtemp(daemon->folder));
	(void)snprintf(daemon->path, sizeof(daemon->path), "%s/control.sock",
	    daemon->folder);
}

static void
remove_place(struct daemon *daemon)
{
	(void)unlink(daemon->path);
	(void)rmdir(daemon->folder);
}

static void
bind_there(struct daemon *daemon)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	(void)snprintf(
	    name.sun_path, sizeof(name.sun_path), "%s", daemon->path);
	daemon->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(
	    bind(daemon->fd, (struct sockaddr *)&name, sizeof(name)), 0);
}

static int
ask(const char *answer, struct buf *asked, struct buf *out, struct err *err)
{
	struct request request = { .verb = VERB_OPEN, .seconds = 60 };
	struct daemon daemon = { .answer = answer };
	int status;

	make_place(&daemon);
	bind_there(&daemon);
	assert_int_equal(listen(daemon.fd, 1), 0);
	assert_true(request_set_reason(&request, "r", NULL));
	assert_int_equal(
	    pthread_create(&daemon.thread, NULL, answer_one, &daemon), 0);
	status = channel_ask(daemon.path, &request, &endless, out, err);
	(void)pthread_join(daemon.thread, NULL);
	buf_add(asked, buf_text(&daemon.asked), daemon.asked.len);
	buf_done(&daemon.asked);
	(void)close(daemon.fd);
	remove_place(&daemon);

	return status;
}

/* want: what is printed; words: of the error */
static const struct {
	const char *name, *answer;
	int status;
	const char *want, *words;
} answers[] = {
	{ "fine", "0\n{}\n", EX_OK, "{}\n", "" },
	{ "fine, nothing to say", "0\n", EX_OK, "", "" },
	{ "refused", "78\nx.conf:1: bad\n", EX_CONFIG, "x.conf:1: bad\n", "" },
	{ "greatest code", "125\n", 125, "", "" },
	{ "code out of range", "126\n", EX_UNAVAILABLE, "", "one version" },
	{ "long code", "0000\n", EX_UNAVAILABLE, "", "one version" },
	{ "negative", "-1\n", EX_UNAVAILABLE, "", "one version" },
	{ "no number", "ok\n", EX_UNAVAILABLE, "", "one version" },
	{ "no newline", "0", EX_UNAVAILABLE, "", "one version" },
	{ "empty line", "\n", EX_UNAVAILABLE, "", "one version" },
	{ "nothing", "", EX_UNAVAILABLE, "", "without an answer" },
};

static void
test_ask(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < NITEMS(answers); i++) {
		struct err err = { "" };
		struct buf asked, out;
		int status;

		buf_init(&asked);
		buf_init(&out);
		status = ask(answers[i].answer, &asked, &out, &err);
		if (status != answers[i].status ||
		    strcmp(buf_text(&out), answers[i].want) != 0 ||
		    strstr(err.text, answers[i].words) == NULL ||
		    (answers[i].words[0] == '\0' && err.text[0] != '\0') ||
		    strcmp(buf_text(&asked), "open\nseconds 60\nreason r\n") !=
			0) {
			print_error("%s: got %d \"%s\" (%s), asked \"%s\"\n",
			    answers[i].name, status, buf_text(&out), err.text,
			    buf_text(&asked));
			failed++;
		}
		buf_done(&out);
		buf_done(&asked);
	}
	assert_int_equal(failed, 0);
}

static void
expect_nobody(const char *path, int want, const char *words)
{
	const struct request request = { .verb = VERB_STATUS };
	struct err err;
	struct buf out;

	buf_init(&out);
	assert_int_equal(
	    channel_ask(path, &request, &endless, &out, &err), want);
	if (strstr(err.text, words) == NULL)
		fail_msg("%s is not in %s", words, err.text);
	assert_int_equal(out.len, 0);
	buf_done(&out);
}

static void
test_nobody(void **state)
{
	struct daemon daemon = { .answer = "" };
	char path[200];

	(void)state;
	make_place(&daemon);
	expect_nobody(daemon.path, EX_UNAVAILABLE, "is posternd running");
	expect_nobody(daemon.path, EX_UNAVAILABLE, daemon.path);
	(void)snprintf(path, sizeof(path), "%s/x/control.sock", daemon.path);
	expect_nobody(path, EX_UNAVAILABLE, "is posternd running");
	bind_there(&daemon); /* left behind: nobody listens */
	expect_nobody(daemon.path, EX_UNAVAILABLE, "is posternd running");
	if (geteuid() != 0) { /* whom no mode stops */
		assert_int_equal(listen(daemon.fd, 1), 0);
		assert_int_equal(chmod(daemon.path, 0), 0);
		expect_nobody(daemon.path, EX_NOPERM, "control_group");
	}
	(void)close(daemon.fd);
	remove_place(&daemon);
	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	path[108] = '\0';
	expect_nobody(path, EX_UNAVAILABLE, "so long a path");
	path[107] = '\0';
	expect_nobody(path, EX_UNAVAILABLE, "is posternd running");
}

static int told;

static void
tell(void)
{
	told++;
}

/* sent: of the answer, which does not end; NULL: all of one comes, late */
static const struct {
	const char *name, *sent;
	struct patience patience;
	int status, told;
} patiences[] = {
	{ "silent", "", { SHORT_MS, 0, NULL }, EX_UNAVAILABLE, 0 },
	{ "half an answer", "0\n{", { SHORT_MS, 0, NULL }, EX_UNAVAILABLE, 0 },
	{ "silent, told", "", { 3 * SHORT_MS, SHORT_MS, tell }, EX_UNAVAILABLE,
	    1 },
	{ "late, told", NULL, { -1, SHORT_MS, tell }, EX_OK, 1 },
	{ "in time, not told", NULL, { LONG_MS, LONG_MS, tell }, EX_OK, 0 },
};

static void *
answer_late(void *argument)
{
	struct daemon *daemon = argument;
	int fd = accept(daemon->fd, NULL, NULL);

	(void)channel_read(fd, ALL, LONG_MS, &daemon->asked, NULL);
	if (daemon->answer == NULL) {
		sleep_ms(3 * SHORT_MS);
		put(fd, "0\n");
	} else {
		put(fd, daemon->answer);
		sleep_ms(6 * SHORT_MS); /* the other end gives up meanwhile */
	}
	(void)close(fd);

	return NULL;
}

static void
test_patience(void **state)
{
	const struct request request = { .verb = VERB_STATUS };

	(void)state;
	for (size_t i = 0; i < NITEMS(patiences); i++) {
		struct daemon daemon = { .answer = patiences[i].sent };
		struct err err = { "" };
		struct buf out;
		int status;

		told = 0;
		buf_init(&out);
		make_place(&daemon);
		bind_there(&daemon);
		assert_int_equal(listen(daemon.fd, 1), 0);
		assert_int_equal(
		    pthread_create(&daemon.thread, NULL, answer_late, &daemon),
		    0);
		status = channel_ask(
		    daemon.path, &request, &patiences[i].patience, &out, &err);
		(void)pthread_join(daemon.thread, NULL);
		if (status != patiences[i].status || told != patiences[i].told)
			fail_msg("%s: got %d, told %d (%s)", patiences[i].name,
			    status, told, err.text);
		buf_done(&out);
		buf_done(&daemon.asked);
		(void)close(daemon.fd);
		remove_place(&daemon);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_read_drips),
		cmocka_unit_test(test_read_slow),
		cmocka_unit_test(test_read_reset),
		cmocka_unit_test(test_write_unread),
		cmocka_unit_test(test_write_closed),
		cmocka_unit_test(test_write_large),
		cmocka_unit_test(test_ask),
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_nobody),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
