/* SPDX-License-Identifier: ISC */
/*
 * keys_help.h - what do the tests of keys and seals share?
 *
 * The linker leads all calls that change a file through here (--wrap): a test
 * lets the process die at each of them in turn, or lets it fail.
 */
#ifndef POSTERN_TESTS_KEYS_HELP_H
#define POSTERN_TESTS_KEYS_HELP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "log/chain.h"
#include "log/file.h"
#include "log/keys.h"
#include "log/log.h"

enum {
	DIED = 99 /* exit code of a process that was to die */
};

/* The process ends at the call of that number from now on, from 0; torn: with
 * the first half of what it writes. */
void die_at(int call, bool torn);
/* That call fails with EIO. */
void fail_at(int call);
/* Did one die or fail? */
bool has_failed(void);
/* Notes each call and the end of its file's name, until trace_end(). */
void trace_begin(struct buf *trace);
void trace_end(void);

/* A directory for a log. */
struct room {
	char dir[64];
	char path[96];
};

void room_init(struct room *room);
void room_done(struct room *room);
/* The file PATH and suffix; NULL where there is none; free it. */
char *room_read(const struct room *room, const char *suffix);
void room_write(const struct room *room, const char *suffix, const char *text);
const char *room_name(
    const struct room *room, const char *suffix, char out[128]);
/* The names of all files, without "audit.jsonl", sorted, a blank behind each.
 */
void room_list(const struct room *room, struct buf *out);
/* Does any file hold it? */
bool room_holds(const struct room *room, const char *text);

/* The log as its writer has it, and what it does at a start. */
struct logged {
	struct file file;
	struct chain_head head;
};

void logged_open(struct logged *logged, const struct room *room);
void logged_done(struct logged *logged);
/* False where it could not be written. */
bool logged_put(struct logged *logged, const char *bytes, size_t len,
    const struct chain_head *head);
/* Any record. */
bool logged_put_any(struct logged *logged);

/* Makes records for the log of the tests. */
extern const struct log_news room_news;

/* Adds the record of the next seal of keys, as the sealer does. */
void seal_line(
    const struct keys *keys, struct chain_head *head, struct buf *out);

#endif
