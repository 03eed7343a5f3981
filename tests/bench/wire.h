/* SPDX-License-Identifier: ISC */
/*
 * wire.h - how does an MTA talk to a milter, fast?
 *
 * The MTA's side of the milter protocol, as Postfix 3.7 plays it: it sends
 * the macros that the filter asked for before their step, leaves out what the
 * filter does not want, and holds back what is not answered until it has to
 * wait for something.  Any failure ends the program with words.
 */
#ifndef POSTERN_BENCH_WIRE_H
#define POSTERN_BENCH_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum wire_step {
	WIRE_CONNECT,
	WIRE_HELO,
	WIRE_MAIL,
	WIRE_RCPT,
	WIRE_DATA,
	WIRE_HEADER,
	WIRE_EOH,
	WIRE_BODY,
	WIRE_EOM
};

enum {
	WIRE_STAGES = 7,   /* that macros are listed for */
	WIRE_LIST = 1024,  /* names of one stage */
	WIRE_PACKET = 4096 /* longest answer that is read */
};

struct wire {
	int fd;
	uint32_t protocol; /* steps left out or not answered */
	char lists[WIRE_STAGES][WIRE_LIST];
	struct buf out;
	uint64_t waited_ns; /* for the last answer; 0: there was none */
};

/* Connects to the filter at path and negotiates. */
void wire_open(struct wire *wire, const char *path);
/* Says QUIT, and leaves. */
void wire_close(struct wire *wire);

/*
 * One step with its macros.  Returns the filter's command: 'c' continue, 'a'
 * accept, 'y' a reply, ...; 'c' for a step that is left out or not answered.
 */
char wire_step(
    struct wire *wire, enum wire_step step, const char *data, size_t len);
/* The message is over without a verdict on it. */
void wire_abort(struct wire *wire);

#endif
