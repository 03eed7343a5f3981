/* SPDX-License-Identifier: ISC */
/*
 * driver.c - how long does a filter take for its verdict?
 *
 *	driver [-H HEADERS] [-e ANSWER] SOCKET SESSIONS [OPEN]
 *
 * Plays that many sessions, one after the other: 127.0.0.1 writes to
 * ceo@example.com, and goes on to the end of the message if it is let in.
 * HEADERS is a file with the headers of the message: name, NUL, value, NUL,
 * and so on.  If the end of the headers is not answered ANSWER ("a", "y":
 * wire.h), it fails: another thing was measured than was meant.
 * Before them it opens OPEN sessions that stay where their verdict was given;
 * they are held until standard input ends.  Prints lines of name and value.
 */
#include "config.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "wire.h"

#define SEND(wire, step, text) wire_step(wire, step, text, sizeof(text) - 1)

enum {
	MOST = 10000000
};

/* Name and value, each with its NUL, header after header. */
struct headers {
	const char *text;
	size_t len;
};

static const char plain[] = "From\0<sender@partner.example>\0"
			    "To\0<ceo@example.com>\0"
			    "Date\0Tue, 24 Nov 2026 04:00:00 +0000\0"
			    "Message-Id\0<1@client.test>\0";

/* How long one step of all sessions was waited for. */
struct times {
	uint64_t *ns;
	size_t count;
};

struct played {
	struct times connect;
	struct times rcpt;
	char connect_answer; /* of the last session */
	char rcpt_answer;
	char eoh_answer;
};

static void
keep(struct times *times, const struct wire *wire)
{
	if (wire->waited_ns != 0)
		times->ns[times->count++] = wire->waited_ns;
}

/* Connect to RCPT; false once nothing more is asked. */
static bool
play_envelope(struct wire *wire, struct played *played)
{
	/* family, port 40000 and address as the protocol has them */
	played->connect_answer = SEND(wire, WIRE_CONNECT,
	    "[127.0.0.1]\0004\x9c\x40"
	    "127.0.0.1\0");
	keep(&played->connect, wire);
	if (played->connect_answer != 'c')
		return false;
	(void)SEND(wire, WIRE_HELO, "client.test\0");
	(void)SEND(wire, WIRE_MAIL, "<sender@partner.example>\0");
	played->rcpt_answer = SEND(wire, WIRE_RCPT, "<ceo@example.com>\0");
	keep(&played->rcpt, wire);

	return played->rcpt_answer == 'c';
}

/* To their end; the first answer that is not "continue". */
static char
play_headers(struct wire *wire, const struct headers *headers)
{
	const char *at = headers->text;

	while (at < headers->text + headers->len) {
		size_t len = strlen(at) + 1;
		char answer;

		len += strlen(at + len) + 1;
		answer = wire_step(wire, WIRE_HEADER, at, len);
		if (answer != 'c')
			return answer;
		at += len;
	}

	return SEND(wire, WIRE_EOH, "");
}

static void
play_message(
    struct wire *wire, const struct headers *headers, struct played *played)
{
	(void)SEND(wire, WIRE_DATA, "");
	played->eoh_answer = play_headers(wire, headers);
	if (played->eoh_answer != 'c') {
		wire_abort(wire); /* as Postfix does, let in or not */
		return;
	}
	(void)SEND(wire, WIRE_BODY, "Hello.\r\n");
	(void)SEND(wire, WIRE_EOM, "");
}

static void
play_session(
    const char *path, const struct headers *headers, struct played *played)
{
	struct wire wire;

	wire_open(&wire, path);
	if (play_envelope(&wire, played))
		play_message(&wire, headers, played);
	else if (played->connect_answer == 'c')
		wire_abort(&wire);
	wire_close(&wire);
}

static void
times_init(struct times *times, size_t room)
{
	times->ns = mem_new(room + 1, sizeof(*times->ns));
	times->count = 0;
}

static void
played_init(struct played *played, size_t sessions)
{
	times_init(&played->connect, sessions);
	times_init(&played->rcpt, sessions);
	played->connect_answer = '-';
	played->rcpt_answer = '-';
	played->eoh_answer = '-';
}

static void
played_done(struct played *played)
{
	free(played->connect.ns);
	free(played->rcpt.ns);
}

/* They stay open for as long as the program runs. */
static void
open_sessions(const char *path, size_t count)
{
	struct played played;
	struct wire wire;

	played_init(&played, count);
	for (size_t i = 0; i < count; i++) {
		wire_open(&wire, path);
		(void)play_envelope(&wire, &played);
		buf_done(&wire.out);
	}
	played_done(&played);
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static void
print_times(const char *name, struct times *times)
{
	if (times->count == 0)
		return;
	qsort(times->ns, times->count, sizeof(*times->ns), compare);
	printf("%s_p50_us %.2f\n%s_p99_us %.2f\n", name,
	    (double)times->ns[times->count / 2] / 1e3, name,
	    (double)times->ns[times->count * 99 / 100] / 1e3);
}

static double
now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */

	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The answer at the end of the headers. */
static char
play(const char *path, size_t sessions, const struct headers *headers)
{
	struct played played;
	double begun;

	played_init(&played, sessions);
	begun = now_s();
	for (size_t i = 0; i < sessions; i++)
		play_session(path, headers, &played);
	printf("seconds %.6f\nconnect_answer %c\nrcpt_answer %c\n",
	    now_s() - begun, played.connect_answer, played.rcpt_answer);
	print_times("connect", &played.connect);
	print_times("rcpt", &played.rcpt);
	played_done(&played);

	return played.eoh_answer;
}

static void
wait_for_end_of_input(void)
{
	char byte;

	(void)fflush(stdout); /* who reads it sees what is missing */
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
}

static void
read_headers(const char *path, struct buf *text, struct headers *headers)
{
	FILE *file = fopen(path, "r");
	char part[BUFSIZ];
	size_t len;

	if (file == NULL)
		err(EX_NOINPUT, "%s", path);
	while ((len = fread(part, 1, sizeof(part), file)) > 0)
		buf_add(text, part, len);
	if (fclose(file) != 0)
		err(EX_IOERR, "%s", path);
	headers->text = buf_text(text); /* with a NUL of its own behind it */
	headers->len = text->len;
}

static void
usage(void)
{
	errx(EX_USAGE,
	    "usage: driver [-H HEADERS] [-e ANSWER] SOCKET SESSIONS [OPEN]");
}

int
main(int argc, char **argv)
{
	struct headers headers = { plain, sizeof(plain) - 1 };
	uint32_t sessions, open = 0;
	const char *want = NULL;
	struct buf text;
	struct err why;
	char answer;
	int option;

	buf_init(&text);
	while ((option = getopt(argc, argv, "H:e:")) != -1)
		if (option == 'H')
			read_headers(optarg, &text, &headers);
		else if (option == 'e')
			want = optarg;
		else
			usage();
	argc -= optind;
	argv += optind;
	if (argc < 2 || argc > 3)
		usage();
	if (!str_to_u32(argv[1], 0, MOST, &sessions, &why) ||
	    (argc == 3 && !str_to_u32(argv[2], 0, MOST, &open, &why)))
		errx(EX_USAGE, "%s", why.text);

	open_sessions(argv[0], open);
	answer = play(argv[0], sessions, &headers);
	if (want != NULL && answer != want[0])
		errx(EX_SOFTWARE, "the headers were answered %c, not %s",
		    answer, want);
	if (argc == 3)
		wait_for_end_of_input();
	buf_done(&text);

	return EXIT_SUCCESS;
}
