/* SPDX-License-Identifier: ISC */
/*
 * log.h - is it on disk?
 *
 * The audit log of one configuration: a file of records, chained by hash
 * (contract, section 5).  Records of many sessions go through one writer
 * thread, which gives each its sequence, chains it, writes what waits in one
 * piece and shares one fdatasync() among all who wait.
 *
 * What cannot be written is undone (the file is cut back to the last whole
 * record), told to whoever waits, and tried again with the next record: the
 * log goes on by itself once it can.  The chain never has a gap of its own
 * making: a sequence belongs to a record that reached the file.
 */
#ifndef POSTERN_LOG_LOG_H
#define POSTERN_LOG_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "policy/record.h"

enum log_sync {
	LOG_SYNC_ALWAYS, /* on disk before log_append() returns */
	LOG_SYNC_SECOND, /* written before it returns; on disk each second */
	LOG_SYNC_NEVER   /* written before it returns */
};

/* Longest wait for the disk: Sendmail waits 10 s for an answer. */
enum {
	LOG_WAIT_MS = 8000
};

/* Why the log writes a record of its own. */
struct log_gap {
	uint64_t lost;        /* records that could not be written since */
	uint64_t late_from;   /* first and last sequence of those that */
	uint64_t late_to;     /* reached the file after their waiter had gone */
	uint64_t late;        /* how many those are; 0: none */
	uint64_t torn;        /* bytes that are no record and were set aside */
	uint64_t missing;     /* bytes by which the file had become shorter */
	uint64_t gone;        /* records that were written and that no file
				 holds, at a start */
	bool remade;          /* the file was gone from its path */
	const char *unsealed; /* why no seal can be made from here on; NULL */
};

/* Other records that the log writes of itself. */
enum log_deed {
	LOG_SEALED,
	LOG_ROTATED,
	LOG_DELETED
};

/* Texts are borrowed for the call; NULL: none. */
struct log_event {
	enum log_deed deed;
	int64_t time_us;     /* of the record */
	const char *members; /* of its object "postern": "\"seal\":{...}" */
	const char *note;    /* postern.note */
};

/* What the log tells those above; called on the writer's thread, say() and
 * did() on the keeper's, too. */
struct log_news {
	void *owner;
	/* What failed, or that it works again and what happened to the file:
	 * once a change, not once a record. */
	void (*say)(void *owner, const char *message);
	/* Makes the line (it is empty) of a `recovered` record; again where
	 * that could not be written. */
	void (*recovered)(
	    void *owner, const struct log_gap *gap, struct record_line *line);
	/* Makes the line (it is empty) of what the log did. */
	void (*did)(void *owner, const struct log_event *event,
	    struct record_line *line);
	/* Whole lines that have just been written, as they stand in the file;
	 * after those who wait for them were told.  NULL: nobody asks. */
	void (*written)(void *owner, const char *lines, size_t len);
};

/* How the log is kept; 0 turns each off. */
struct log_keeping {
	int64_t seal_ms;       /* between two seals */
	uint64_t rotate_bytes; /* a file that is larger ends */
	int64_t rotate_us;     /* one that is older, too */
	int64_t keep_us;       /* what is older is deleted */
};

struct log_settings {
	const char *path; /* absolute */
	enum log_sync sync;
	int64_t wait_ms; /* LOG_WAIT_MS, shorter in tests */
	uid_t owner;     /* of files that root makes here: fchown() on the */
	gid_t group;     /* descriptor, never by name; (uid_t)-1: as it is */
	struct log_keeping keeping;
};

struct log;

/*
 * Takes PATH.lock (at once, or fails: another instance has it), opens or
 * makes the file (0640, its directory never), finds the head of its chain,
 * sets a torn last line aside as PATH.torn.N.  No thread is started yet, so
 * that the caller may still fork or change its user.
 * Returns NULL with err; *taken tells that another instance has the lock.
 */
struct log *log_open(const struct log_settings *settings,
    const struct log_news *news, bool *taken, struct err *err);

/*
 * Starts the writer's thread.  Once, before the first log_append(); news may
 * be called from here on.
 */
bool log_start(struct log *log, struct err *err);

/*
 * Appends a record.  wait: returns true once it is as safe as sync says,
 * false where it could not be written or took longer than wait_ms.  Not
 * wait: returns true at once if it was taken, false only when the queue is
 * full.  The line is copied.  Threads: any.
 */
bool log_append(struct log *log, const struct record_line *line, bool wait);

/* From the next batch on.  Threads: any. */
void log_set_sync(struct log *log, enum log_sync sync);

void log_set_keeping(struct log *log, const struct log_keeping *keeping);
/* As it is now.  Threads: any. */
void log_get_keeping(struct log *log, struct log_keeping *keeping);
/* Was a file rotated since this was last asked?  Threads: any. */
bool log_take_rotated(struct log *log);

/* Records that could not be written since the start.  Threads: any. */
uint64_t log_errors(const struct log *log);

/*
 * Writes what waits, ends the thread, lets the lock go; NULL is allowed.  A
 * disk that hangs for longer than LOG_WAIT_MS is not waited for: its thread
 * is left behind, and the process should end.
 */
void log_close(struct log *log);

#endif
