/* SPDX-License-Identifier: ISC */
/* audit.h - what is written down, and when? */
#ifndef POSTERN_POSTERND_AUDIT_H
#define POSTERN_POSTERND_AUDIT_H

#include <stdbool.h>
#include <sys/types.h>

#include "log/log.h"
#include "policy/record.h"
#include "posternd/session.h"

/*
 * A record of a session and a decision on it; the caller adds recipients,
 * reply and facts of its own.  Texts are borrowed from both.
 */
struct record audit_of_session(struct session *session,
    const struct facts *facts, const struct decision *decision,
    enum record_action action, const char *id, int64_t time_us);

/* Do records name both alike?  Of rows of a table one is enough. */
bool audit_same_rule(const struct policy *a, const struct policy *b);

/*
 * Writes it, in as many lines as its recipients need.  wait: true once all
 * is as safe as the configuration asks for.  Threads: any.
 */
bool audit_write(const struct record *record, bool wait);

/* What an operator did; texts borrowed for the call, NULL: none. */
struct operation {
	enum record_action action;
	uid_t uid; /* who asked; our own where nobody did */
	const char *previous_version;
	const char *note;
	const char *policy;
	int64_t until_us; /* 0: none */
};

/* Writes it; true once it is safe.  Never an answer to a client. */
bool audit_operation(const struct operation *operation);
/* The last record, and the end of the log: see force_close(). */
bool audit_stopped(uid_t uid);

/* What the log calls; owner is not used. */
extern const struct log_news audit_news;

#endif
