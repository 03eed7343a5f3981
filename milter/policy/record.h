/* SPDX-License-Identifier: ISC */
/*
 * record.h - how is it written down?
 *
 * One JSON line with ECS names (contract, section 5), canonical and at most
 * RECORD_LINE bytes whatever the client sent.  The line is made in two
 * steps: all but sequence and chain here, those by the log, which knows them.
 */
#ifndef POSTERN_POLICY_RECORD_H
#define POSTERN_POLICY_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "policy/decide.h"
#include "policy/privacy.h"

enum {
	RECORD_LINE = 8192, /* with its newline */
	RECORD_CHAIN = 224  /* of it: room for sequence, prev and hash */
};

enum record_action {
#define ACTION(symbol, text, kind, category, type, outcome) ACTION_##symbol,
#include "policy/actions.def"
#undef ACTION
	ACTION_COUNT
};

/* "bypass-rejected", ... */
const char *record_action_text(enum record_action action);

/* What a record is made from; texts borrowed for the call. */
struct record {
	enum record_action action;
	int64_t time_us;
	const char *id;      /* ULID */
	const char *host;    /* of this machine */
	const char *version; /* rule.version; NULL: none in force */

	/* of a session; NULL in an operator's record */
	const struct rules *rules;
	const struct facts *facts;
	const struct decision *decision;
	enum stage stage;         /* where it was decided or broken off */
	const char *session;      /* id of the session */
	const char *const *rcpts; /* as given, without brackets */
	size_t nrcpts;
	const char *reply; /* "550 5.7.1 ..."; NULL: nothing is answered */

	/* of an operator; NULL in a session's record */
	const char *user_id;
	const char *user_name;
	const char *note;             /* postern.note */
	const char *previous_version; /* postern.previous_version */
	const char *policy;  /* rule.name, where there is no decision */
	int64_t until_us;    /* postern.until; 0: none */
	const char *members; /* more of "postern", as JSON of our own */
	uint64_t count; /* postern.count: of attempts it stands for; 0: none */

	const struct privacy *privacy; /* of local parts; NULL: as they are */
};

/* A line that still lacks its sequence (at that offset) and its chain. */
struct record_line {
	struct buf text;
	size_t sequence_at;
};

void record_line_init(struct record_line *line);
void record_line_done(struct record_line *line);

/*
 * Writes the record from its recipient number from on.  Returns how many
 * recipients stand in the line: where some are left, the caller writes
 * further records with the same id.
 */
size_t record_write(
    const struct record *record, size_t from, struct record_line *line);

#endif
