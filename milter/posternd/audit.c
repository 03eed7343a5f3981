/* SPDX-License-Identifier: ISC */
/* audit.c - what is written down, and when? */
#include "config.h"

#include "posternd/audit.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "lists/generation.h"
#include "posternd/clock.h"
#include "posternd/counters.h"
#include "posternd/force.h"
#include "posternd/forward.h"
#include "posternd/pseudonym.h"
#include "posternd/say.h"

enum {
	UID_TEXT = 24,
	NAME = 256,
	LOOKUP = 16384 /* what sysconf(_SC_GETPW_R_SIZE_MAX) wants, and more */
};

struct record
audit_of_session(struct session *session, const struct facts *facts,
    const struct decision *decision, enum record_action action, const char *id,
    int64_t time_us)
{
	const struct rules *rules = session_rules(session);
	struct record record = {
		.action = action,
		.time_us = time_us,
		.id = id,
		.host = force_host(),
		.version = rules->version,
		.rules = rules,
		.facts = facts,
		.decision = decision,
		.stage = decision->stage,
		.session = session_id(session),
		.privacy = pseudonym_of(generation_conf(session->generation)),
	};

	return record;
}

bool
audit_same_rule(const struct policy *a, const struct policy *b)
{
	if (a == b || a == NULL || b == NULL)
		return a == b;

	return strcmp(a->name, b->name) == 0;
}

bool
audit_write(const struct record *record, bool wait)
{
	struct record_line line;
	bool written = true;
	size_t done = 0;

	record_line_init(&line);
	do {
		size_t count = record_write(record, done, &line);

		counters_add_record(record->action);
		if (!force_append(&line, wait))
			written = false;
		done += count;
		if (count == 0)
			break;
	} while (done < record->nrcpts);
	record_line_done(&line);

	return written;
}

/* Who it was, in the storage of the caller. */
struct operator_text {
	char id[UID_TEXT];
	char name[NAME];
};

static void
name_operator(uid_t uid, struct operator_text *text)
{
	char room[LOOKUP];
	struct passwd entry, *found = NULL;

	(void)snprintf(text->id, sizeof(text->id), "%lu", (unsigned long)uid);
	text->name[0] = '\0';
	if (getpwuid_r(uid, &entry, room, sizeof(room), &found) == 0 &&
	    found != NULL)
		(void)snprintf(
		    text->name, sizeof(text->name), "%s", entry.pw_name);
}

static void
write_operation(const struct operation *operation, struct record_line *line)
{
	struct generation *generation = force_generation();
	struct operator_text who;
	char id[ULID_TEXT];
	struct record record = {
		.action = operation->action,
		.time_us = clock_us(),
		.id = id,
		.host = force_host(),
		.version = generation_rules(generation)->version,
		.user_id = who.id,
		.note = operation->note,
		.previous_version = operation->previous_version,
		.policy = operation->policy,
		.until_us = operation->until_us,
	};

	id_new(record.time_us, id);
	name_operator(operation->uid, &who);
	record.user_name = who.name[0] != '\0' ? who.name : NULL;
	(void)record_write(&record, 0, line);
	counters_add_record(record.action);
	generation_unref(generation);
}

bool
audit_operation(const struct operation *operation)
{
	struct record_line line;
	bool written;

	record_line_init(&line);
	write_operation(operation, &line);
	written = force_append(&line, true);
	record_line_done(&line);

	return written;
}

bool
audit_stopped(uid_t uid)
{
	const struct operation stopped = { .action = ACTION_STOPPED,
		.uid = uid };
	struct record_line line;
	bool written;

	record_line_init(&line);
	write_operation(&stopped, &line);
	written = force_close(&line);
	record_line_done(&line);

	return written;
}

/* The answer that a record got which could not be written in time. */
static const char *
late_answer(const struct generation *generation)
{
	switch (generation_conf(generation)->audit.on_failure) {
	case ANSWER_ACCEPT:
		return "accept";
	case ANSWER_DEFER:
		return "defer";
	case ANSWER_REJECT:
		return "reject";
	}

	return "";
}

static void
add_part(struct buf *note)
{
	if (note->len > 0)
		buf_add_text(note, "; ");
}

static void
describe_gap(const struct log_gap *gap, const struct generation *generation,
    struct buf *note)
{
	if (gap->lost > 0)
		buf_addf(note, "%" PRIu64 " records could not be written",
		    gap->lost);
	if (gap->late > 0) {
		add_part(note);
		buf_addf(note,
		    "%" PRIu64 " records came too late, answered by on_failure "
		    "(%s), sequences %" PRIu64 " to %" PRIu64,
		    gap->late, late_answer(generation), gap->late_from,
		    gap->late_to);
	}
	if (gap->torn > 0) {
		add_part(note);
		buf_addf(note, "%" PRIu64 " bytes of a torn line set aside",
		    gap->torn);
	}
	if (gap->missing > 0) {
		add_part(note);
		buf_addf(note,
		    "tampering: the file had become %" PRIu64 " bytes shorter",
		    gap->missing);
	}
	if (gap->gone > 0) {
		add_part(note);
		/* Others rename it for good reasons: then they are there. */
		buf_addf(note, "%s%" PRIu64 " records that were written are %s",
		    gap->remade ? "" : "tampering: ", gap->gone,
		    gap->remade ? "not in the file" : "gone");
	}
	if (gap->remade) {
		add_part(note);
		buf_add_text(note, "the file was gone and was made again");
	}
	if (gap->unsealed != NULL) {
		add_part(note);
		buf_addf(note, "no seal can be made: %s", gap->unsealed);
	}
}

/* What the log writes of itself; members: as in struct log_event. */
static void
write_own(const struct generation *generation, enum record_action action,
    int64_t time_us, const char *note, const char *members,
    struct record_line *line)
{
	char id[ULID_TEXT];
	const struct record record = {
		.action = action,
		.time_us = time_us,
		.id = id,
		.host = force_host(),
		.version = generation_rules(generation)->version,
		.note = note,
		.members = members,
	};

	id_new(time_us, id);
	(void)record_write(&record, 0, line);
	counters_add_record(action);
}

static void
write_recovered(
    void *owner, const struct log_gap *gap, struct record_line *line)
{
	struct generation *generation = force_generation();
	struct buf note;

	(void)owner;
	buf_init(&note);
	describe_gap(gap, generation, &note);
	write_own(generation, ACTION_RECOVERED, clock_us(), buf_text(&note),
	    NULL, line);
	buf_done(&note);
	generation_unref(generation);
}

static enum record_action
action_of(enum log_deed deed)
{
	switch (deed) {
	case LOG_SEALED:
		return ACTION_SEALED;
	case LOG_ROTATED:
		return ACTION_ROTATED;
	case LOG_DELETED:
		break;
	}

	return ACTION_DELETED;
}

static void
write_deed(void *owner, const struct log_event *event, struct record_line *line)
{
	struct generation *generation = force_generation();

	(void)owner;
	write_own(generation, action_of(event->deed), event->time_us,
	    event->note, event->members, line);
	generation_unref(generation);
}

static void
forward(void *owner, const char *lines, size_t len)
{
	(void)owner;
	forward_lines(lines, len);
}

static void
say_log(void *owner, const char *message)
{
	(void)owner;
	say_warning("%s", message);
}

const struct log_news audit_news = {
	.say = say_log,
	.recovered = write_recovered,
	.did = write_deed,
	.written = forward,
};
