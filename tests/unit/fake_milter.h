/* SPDX-License-Identifier: ISC */
/*
 * fake_milter.h - what does libmilter take from a filter?
 *
 * Stands in the place of libmilter and calls what the filter registered, in
 * whatever order the test likes.  What libmilter (8.17.1) refuses, puts right
 * or complains of is a fault here, and so is what an MTA would not get over.
 * Threads: one a context at a time, as libmilter's pool keeps it.
 */
#ifndef POSTERN_TESTS_FAKE_MILTER_H
#define POSTERN_TESTS_FAKE_MILTER_H

#include <stdbool.h>
#include <stddef.h>

#include <libmilter/mfapi.h>

enum fake_step {
	FAKE_CONNECT,
	FAKE_HELO,
	FAKE_MAIL,
	FAKE_RCPT,
	FAKE_DATA,
	FAKE_HEADER,
	FAKE_EOH,
	FAKE_BODY,
	FAKE_EOM,
	FAKE_ABORT,
	FAKE_CLOSE,
	FAKE_STEPS,
	FAKE_NEGOTIATE, /* no step of fake_call() */
	FAKE_NONE
};

enum {
	FAKE_MACROS = 16, /* most of one stage */
	FAKE_STAGES = SMFIM_LAST + 1,
	FAKE_FAULT = 200
};

struct fake_macro {
	const char *name;  /* NULL: the end */
	const char *value; /* NULL: the MTA has none */
};

/* What the filter knows as SMFICTX. */
struct smfi_str {
	void *priv;
	enum fake_step step;      /* that is under way */
	unsigned long offered;    /* steps and replies, libmilter's own too */
	unsigned long actions;    /* that the filter asked for */
	unsigned long protocol;   /* the same of steps and replies */
	char *lists[FAKE_STAGES]; /* of macros; NULL: the MTA's own */
	char *macros[FAKE_STAGES][FAKE_MACROS * 2 + 1];
	char *reply;            /* NULL: none is set */
	char fault[FAKE_FAULT]; /* the first; "": none */
};

struct fake_call {
	enum fake_step step;
	const char *text;  /* name, HELO, address or header */
	const char *value; /* of a header */
	const struct sockaddr *peer;
};

/* What the filter registered; NULL: nothing so far. */
const struct smfiDesc *fake_filter(void);

void fake_begin(SMFICTX *ctx);
/* Frees what libmilter would; private data left behind is a fault. */
void fake_end(SMFICTX *ctx);

/* What an MTA offers; returns false, as libmilter hangs up then. */
bool fake_negotiate(
    SMFICTX *ctx, unsigned long actions, unsigned long protocol);
/* What the MTA sends with a step: those of all that the filter asked for. */
void fake_send_macros(SMFICTX *ctx, int stage, const struct fake_macro *macros);
/* Would the MTA send this one there, if it has it? */
bool fake_is_asked(const SMFICTX *ctx, int stage, const char *name);
/* Does the filter take this step at all? */
bool fake_takes(enum fake_step step);
/* Does the MTA send it, after what was negotiated? */
bool fake_is_sent(const SMFICTX *ctx, enum fake_step step);
/* Does the MTA wait for no answer to it? */
bool fake_is_silent(const SMFICTX *ctx, enum fake_step step);
/* What the filter returned. */
sfsistat fake_call(SMFICTX *ctx, const struct fake_call *call);

#endif
