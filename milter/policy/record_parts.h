/* SPDX-License-Identifier: ISC */
/*
 * record_parts.h - what does a record consist of?
 *
 * The parts of record_write(); each adds members of an object that is open.
 */
#ifndef POSTERN_POLICY_RECORD_PARTS_H
#define POSTERN_POLICY_RECORD_PARTS_H

#include "policy/record.h"
#include "policy/reply.h"

/* The longest that a text from outside may stand in a line, escaped. */
enum {
	CUT_NAME = 256,    /* host names: RFC 1035 allows 253 */
	CUT_ADDRESS = 512, /* mail addresses: RFC 5321 allows 254 */
	CUT_MESSAGE = 256, /* Message-ID */
	CUT_SYSTEM = 128,  /* names of autonomous systems */
	CUT_HELO = 256,    /* as a name; what else it is, is cut */
	CUT_TLS = 64,
	CUT_CERT = 256,
	CUT_ID = 64,
	CUT_OWN = 128, /* names of policies and sources: 64 characters */
	CUT_REPLY = 2 * REPLY_LINE,
	CUT_NOTE = 1024
};

/* "," unless it is the first thing behind a brace. */
void record_comma(struct buf *out);
/* begin: what stands before its value, ":{" say. */
void record_key(struct buf *out, const char *key, const char *begin);
/* "key":"text"; nothing for what is not there.  At most max bytes of it. */
void record_text(
    struct buf *out, const char *key, const char *text, size_t max);
/* The same of what a client told, where addresses may stand in it: what of
 * them may be written (policy/privacy.h). */
void record_private(struct buf *out, const struct privacy *privacy,
    const char *key, const char *text, size_t max);
/* An address alone, as a value. */
void record_address(struct buf *out, const struct privacy *privacy,
    const char *address, size_t max);
void record_open(struct buf *out, const char *key);
/*
 * opened_at: the length before record_open().  An object that got no member is
 * left out with its key.
 */
void record_close(struct buf *out, size_t opened_at);

/* source, destination */
void record_add_ends(const struct record *record, struct buf *out);
void record_add_tls(const struct record *record, struct buf *out);
void record_add_rule(const struct record *record, struct buf *out);
void record_add_user(const struct record *record, struct buf *out);
/* host, observer */
void record_add_origin(const struct record *record, struct buf *out);
/* The object stays open, behind a comma or brace: the log adds the chain. */
void record_add_postern(const struct record *record, struct buf *out);

#endif
