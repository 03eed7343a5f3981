/* SPDX-License-Identifier: ISC */
/*
 * driver.c - how long does a filter take for its verdict?
 *
 *	driver SOCKET SESSIONS [OPEN]
 *
 * Plays that many sessions, one after the other: 127.0.0.1 writes to
 * ceo@example.com, and goes on to the end of the message if it is let in.
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

static void
play_message(struct wire *wire)
{
	(void)SEND(wire, WIRE_DATA, "");
	(void)SEND(wire, WIRE_HEADER, "From\0<sender@partner.example>\0");
	(void)SEND(wire, WIRE_HEADER, "To\0<ceo@example.com>\0");
	(void)SEND(
	    wire, WIRE_HEADER, "Date\0Tue, 24 Nov 2026 04:00:00 +0000\0");
	(void)SEND(wire, WIRE_HEADER, "Message-Id\0<1@client.test>\0");
	(void)SEND(wire, WIRE_EOH, "");
	(void)SEND(wire, WIRE_BODY, "Hello.\r\n");
	(void)SEND(wire, WIRE_EOM, "");
}

static void
play_session(const char *path, struct played *played)
{
	struct wire wire;

	wire_open(&wire, path);
	if (play_envelope(&wire, played))
		play_message(&wire);
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

static void
play(const char *path, size_t sessions)
{
	struct played played;
	double begun;

	played_init(&played, sessions);
	begun = now_s();
	for (size_t i = 0; i < sessions; i++)
		play_session(path, &played);
	printf("seconds %.6f\nconnect_answer %c\nrcpt_answer %c\n",
	    now_s() - begun, played.connect_answer, played.rcpt_answer);
	print_times("connect", &played.connect);
	print_times("rcpt", &played.rcpt);
	played_done(&played);
}

static void
wait_for_end_of_input(void)
{
	char byte;

	(void)fflush(stdout); /* who reads it sees what is missing */
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
}

int
main(int argc, char **argv)
{
	uint32_t sessions, open = 0;
	struct err why;

	if (argc < 3 || argc > 4)
		errx(EX_USAGE, "usage: driver SOCKET SESSIONS [OPEN]");
	if (!str_to_u32(argv[2], 0, MOST, &sessions, &why) ||
	    (argc == 4 && !str_to_u32(argv[3], 0, MOST, &open, &why)))
		errx(EX_USAGE, "%s", why.text);

	open_sessions(argv[1], open);
	play(argv[1], sessions);
	if (argc == 4)
		wait_for_end_of_input();

	return EXIT_SUCCESS;
}
