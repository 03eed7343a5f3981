/* SPDX-License-Identifier: ISC */
/* wire.c - how does an MTA talk to a milter, fast? */
#include "config.h"

#include "wire.h"

#include <arpa/inet.h>
#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum {
	NO_STAGE = -1,
	NAME = 64 /* of a macro */
};

/* Bits as in libmilter/mfdef.h: the step is left out, it is not answered. */
static const struct {
	char command;
	int stage;
	uint32_t left_out;
	uint32_t silent;
} steps[] = {
	[WIRE_CONNECT] = { 'C', 0, 0x1, 0x1000 },
	[WIRE_HELO] = { 'H', 1, 0x2, 0x2000 },
	[WIRE_MAIL] = { 'M', 2, 0x4, 0x4000 },
	[WIRE_RCPT] = { 'R', 3, 0x8, 0x8000 },
	[WIRE_DATA] = { 'T', 4, 0x200, 0x10000 },
	[WIRE_HEADER] = { 'L', NO_STAGE, 0x20, 0x80 },
	[WIRE_EOH] = { 'N', 6, 0x40, 0x40000 },
	[WIRE_BODY] = { 'B', NO_STAGE, 0x10, 0x80000 },
	[WIRE_EOM] = { 'E', 5, 0, 0 },
};

/* What Postfix sends where the filter names nothing. */
static const char *const default_lists[WIRE_STAGES] = {
	"j {daemon_name} {daemon_addr} v _",
	"{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}",
	"i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} "
	"{mail_mailer}",
	"i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
	"i",
	"i",
	"i",
};

/* What this MTA knows, and from which stage on. */
static const struct {
	const char *name;
	const char *value;
	int from;
} macros[] = {
	{ "j", "mx.test", 0 },
	{ "_", "[127.0.0.1]", 0 },
	{ "v", "Postfix 3.7.11", 0 },
	{ "{daemon_name}", "mx.test", 0 },
	{ "{daemon_addr}", "127.0.0.1", 0 },
	{ "{daemon_port}", "25", 0 },
	{ "{client_addr}", "127.0.0.1", 0 },
	{ "{client_resolve}", "FAIL", 0 },
	{ "{mail_addr}", "sender@partner.example", 2 },
	{ "{mail_host}", "partner.example", 2 },
	{ "{mail_mailer}", "smtp", 2 },
	{ "{rcpt_addr}", "ceo@example.com", 3 },
	{ "{rcpt_host}", "example.com", 3 },
	{ "{rcpt_mailer}", "relay", 3 },
	{ "i", "4ABCDEF", 4 },
};

static void
put_head(struct buf *out, size_t len, char command)
{
	uint32_t count = htonl((uint32_t)len + 1);
	char bytes[sizeof(count)];

	memcpy(bytes, &count, sizeof(count));
	buf_add(out, bytes, sizeof(bytes));
	buf_add(out, &command, 1);
}

static void
put_macro(struct buf *out, const char *name, int stage)
{
	for (size_t i = 0; i < NITEMS(macros); i++)
		if (macros[i].from <= stage &&
		    strcmp(macros[i].name, name) == 0) {
			buf_add(out, name, strlen(name) + 1);
			buf_add(
			    out, macros[i].value, strlen(macros[i].value) + 1);
		}
}

static void
put_macros(struct wire *wire, char command, int stage)
{
	const char *at = wire->lists[stage];
	struct buf pairs;

	buf_init(&pairs);
	while (*(at += strspn(at, " ,")) != '\0') {
		size_t len = strcspn(at, " ,");
		char name[NAME];

		if (len < sizeof(name)) {
			memcpy(name, at, len);
			name[len] = '\0';
			put_macro(&pairs, name, stage);
		}
		at += len;
	}
	put_head(&wire->out, pairs.len + 1, 'D');
	buf_add(&wire->out, &command, 1);
	buf_add(&wire->out, buf_text(&pairs), pairs.len);
	buf_done(&pairs);
}

static void
flush(struct wire *wire)
{
	size_t done = 0;

	while (done < wire->out.len) {
		ssize_t now = write(
		    wire->fd, wire->out.data + done, wire->out.len - done);

		if (now < 0)
			err(1, "the filter does not listen");
		done += (size_t)now;
	}
	buf_clear(&wire->out);
}

static void
read_exactly(struct wire *wire, void *data, size_t len)
{
	char *at = data;

	while (len > 0) {
		ssize_t now = read(wire->fd, at, len);

		if (now < 0)
			err(1, "the filter does not answer");
		if (now == 0)
			errx(1, "the filter has hung up");
		at += now;
		len -= (size_t)now;
	}
}

static size_t
read_packet(struct wire *wire, char packet[WIRE_PACKET])
{
	uint32_t count;
	size_t len;

	read_exactly(wire, &count, sizeof(count));
	len = ntohl(count);
	if (len == 0 || len > WIRE_PACKET)
		errx(1, "the filter sends a packet of %zu bytes", len);
	read_exactly(wire, packet, len);

	return len;
}

static uint64_t
now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */

	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static char
wait_for_answer(struct wire *wire)
{
	char packet[WIRE_PACKET];
	uint64_t begun = now_ns();

	flush(wire);
	(void)read_packet(wire, packet);
	wire->waited_ns = now_ns() - begun;

	return packet[0];
}

static uint32_t
get_number(const char *at)
{
	uint32_t number;

	memcpy(&number, at, sizeof(number));

	return ntohl(number);
}

/* Behind version, actions and protocol: stage, names, NUL, and so on. */
static void
take_lists(struct wire *wire, const char *at, const char *end)
{
	while (end - at > 4 && memchr(at + 4, '\0', (size_t)(end - at) - 4)) {
		uint32_t stage = get_number(at);
		size_t len = strlen(at + 4);

		if (stage < WIRE_STAGES && len < WIRE_LIST)
			memcpy(wire->lists[stage], at + 4, len + 1);
		at += 4 + len + 1;
	}
}

static void
negotiate(struct wire *wire)
{
	static const uint32_t offer[] = { 6, 0x1ff, 0x1fffff };
	char packet[WIRE_PACKET];
	size_t len;

	put_head(&wire->out, sizeof(offer), 'O');
	for (size_t i = 0; i < NITEMS(offer); i++) {
		uint32_t number = htonl(offer[i]);
		char bytes[sizeof(number)];

		memcpy(bytes, &number, sizeof(number));
		buf_add(&wire->out, bytes, sizeof(bytes));
	}
	flush(wire);
	len = read_packet(wire, packet);
	if (packet[0] != 'O' || len < 13)
		errx(1, "the filter does not negotiate");
	wire->protocol = get_number(packet + 9);
	take_lists(wire, packet + 13, packet + len);
}

void
wire_open(struct wire *wire, const char *path)
{
	struct sockaddr_un there = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(there.sun_path))
		errx(1, "%s: too long for a socket", path);
	strcpy(there.sun_path, path);
	for (size_t i = 0; i < WIRE_STAGES; i++)
		strcpy(wire->lists[i], default_lists[i]);
	buf_init(&wire->out);
	wire->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (wire->fd < 0 ||
	    connect(wire->fd, (const struct sockaddr *)&there, sizeof(there)))
		err(1, "%s", path);
	negotiate(wire);
}

void
wire_close(struct wire *wire)
{
	put_head(&wire->out, 0, 'Q');
	flush(wire);
	(void)close(wire->fd); /* all is written */
	buf_done(&wire->out);
}

char
wire_step(struct wire *wire, enum wire_step step, const char *data, size_t len)
{
	wire->waited_ns = 0;
	if ((wire->protocol & steps[step].left_out) != 0)
		return 'c';
	if (steps[step].stage != NO_STAGE)
		put_macros(wire, steps[step].command, steps[step].stage);
	put_head(&wire->out, len, steps[step].command);
	buf_add(&wire->out, data, len);
	if ((wire->protocol & steps[step].silent) != 0)
		return 'c';

	return wait_for_answer(wire);
}

void
wire_abort(struct wire *wire)
{
	put_head(&wire->out, 0, 'A');
}
