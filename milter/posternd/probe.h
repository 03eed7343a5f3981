/* SPDX-License-Identifier: ISC */
/*
 * probe.h - does the milter answer a negotiation on its own socket?
 *
 * A connection as an MTA would make it, which leaves after the negotiation:
 * no session, no record.  Nothing here blocks.
 */
#ifndef POSTERN_POSTERND_PROBE_H
#define POSTERN_POSTERND_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum probe_state {
	PROBE_WAITING, /* no answer yet */
	PROBE_ANSWERED,
	PROBE_CANNOT_ASK, /* for want of descriptors or rights; see errno */
	PROBE_REFUSED /* nobody listens, or it hung up, or that is no answer */
};

struct probe {
	struct sockaddr_storage address;
	socklen_t address_len;
	int fd; /* -1: none is under way */
	bool sent;
	unsigned char head[5]; /* of the answer: length, command */
	size_t got;            /* bytes of the answer */
};

/* listener: the milter's listening socket.  Returns false with errno. */
bool probe_init(struct probe *probe, int listener);
/* Begins one, or looks after the one that is under way. */
enum probe_state probe_look(struct probe *probe);
/* Ends the one that is under way, if any. */
void probe_end(struct probe *probe);

#endif
