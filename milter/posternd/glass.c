/* SPDX-License-Identifier: ISC */
/* glass.c - is the glass broken, and until when? */
#include "config.h"

#include "posternd/glass.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "lists/generation.h"
#include "posternd/audit.h"
#include "posternd/clock.h"
#include "posternd/force.h"
#include "posternd/glass_file.h"
#include "posternd/glass_held.h"
#include "posternd/glass_words.h"
#include "posternd/say.h"

#define SECOND_US INT64_C(1000000)

static const char time_is_over[] = "its time is over";

/* Of the operator's thread. */
static struct {
	struct glass_file file;
	bool remove_due; /* a file is left that must not be there */
} glass_state;

/* glass NULL: whatever it was */
static bool
record(enum record_action action, uid_t uid, const struct glass *glass,
    const char *note)
{
	struct operation operation = {
		.action = action, .uid = uid, .note = note
	};

	if (glass != NULL && glass->policy[0] != '\0')
		operation.policy = glass->policy;
	if (glass != NULL && action == ACTION_OPENED)
		operation.until_us = glass->until_us;

	return audit_operation(&operation);
}

/*
 * Leaves no file but that of what is open.  Where that fails it is tried
 * again with each tick.
 */
static bool
remove_files(struct err *err)
{
	bool all = glass_held() == NULL;
	bool removed = glass_file_remove(&glass_state.file, all, err);

	glass_state.remove_due = !removed;

	return removed;
}

/*
 * Closes what was open (NULL: not known): at once, then so that no start
 * opens it again, then on the record.  Closing is the safe side: it holds
 * whatever fails, and err tells that.
 */
static bool
end(const struct glass *was, uid_t uid, const char *note, struct err *err)
{
	bool recorded;
	struct err why;

	glass_let_go();
	/* What this could not do is tried, and told, by the removal. */
	(void)glass_file_retract(&glass_state.file, NULL);
	recorded = record(ACTION_CLOSED, uid, was, note);
	if (!remove_files(&why))
		return err_set(err,
		    "%s; closed, but a restart may open it again: see that "
		    "%s is gone",
		    why.text, glass_state.file.path);

	return recorded ||
	    glass_no_record("closed", "closed all the same", err);
}

/* Without being asked. */
static void
end_by_itself(const struct glass *was, const char *note)
{
	struct err err;

	say_notice("break glass is closed: %s", note);
	if (!end(was, getuid(), note, &err))
		say_warning("break glass: %s", err.text);
}

static void
set_aside(const char *why)
{
	const struct glass_file *file = &glass_state.file;
	struct err err;
	struct buf note;

	if (glass_file_set_aside(file, &err))
		say_warning("%s; kept as %s", why, file->bad);
	else
		say_warning("%s; not kept: %s", why, err.text);
	buf_init(&note);
	buf_addf(&note, "%s could not be read", file->path);
	end_by_itself(NULL, buf_text(&note));
	buf_done(&note);
}

void
glass_start(const char *log_path)
{
	struct glass_kept kept;
	struct err err;

	glass_file_init(&glass_state.file, log_path);
	switch (glass_file_read(&glass_state.file, &kept, &err)) {
	case GLASS_FOUND_NONE:
		break;
	case GLASS_FOUND_PART:
		end_by_itself(
		    NULL, "posternd ended while it was being opened or closed");
		break;
	case GLASS_FOUND_BAD:
		set_aside(err.text);
		break;
	case GLASS_FOUND:
		glass_kept_take_up(&kept, clock_up_us());
		if (glass_is_over(&kept)) {
			end_by_itself(&kept.glass, time_is_over);
			break;
		}
		glass_hold(&kept);
		glass_say_open(&kept.glass);
		break;
	}
}

/* Does the generation in force have it? */
static bool
find_policy(const char *name)
{
	struct generation *generation = force_generation();
	const struct rules *rules = generation_rules(generation);
	bool found = false;

	for (size_t i = 0; i < rules->npolicies; i++)
		if (strcmp(rules->policies[i].name, name) == 0)
			found = true;
	generation_unref(generation);

	return found;
}

static struct glass_kept
make_kept(const struct request *request)
{
	struct glass_kept kept = { .opened_us = clock_us() };

	kept.uptime_s = (uint32_t)(clock_up_us() / SECOND_US);
	kept.glass.until_us = kept.opened_us + request->seconds * SECOND_US;
	memcpy(kept.glass.policy, request->policy, sizeof(kept.glass.policy));
	memcpy(kept.glass.note, request->reason, sizeof(kept.glass.note));

	return kept;
}

/*
 * On disk, but in no start's way yet; on the record; then for every start.
 * So the record never says less than what holds, and what fails before it
 * changes nothing.
 */
static bool
keep(const struct glass_kept *kept, uid_t asker, struct err *err)
{
	struct err why;

	if (!glass_file_prepare(&glass_state.file, kept, err)) {
		(void)remove_files(NULL); /* it tries again */
		return false;
	}
	if (!record(ACTION_OPENED, asker, &kept->glass, kept->glass.note)) {
		(void)remove_files(NULL); /* it tries again */
		return glass_no_record("opened", "nothing has changed", err);
	}
	if (glass_file_commit(&glass_state.file, err))
		return true;

	/* Recorded, and in the place of what was open: nothing is now. */
	why = *err;
	(void)end(&kept->glass, getuid(), "it could not be kept on disk", NULL);

	return err_set(err, "%s; nothing is open now", why.text);
}

enum glass_begin
glass_open(const struct request *request, uid_t asker, struct err *err)
{
	struct glass_kept kept = make_kept(request);

	if (request->policy[0] != '\0' && !find_policy(request->policy)) {
		(void)glass_no_policy(request->policy, err);
		return GLASS_NO_POLICY;
	}
	if (!keep(&kept, asker, err))
		return GLASS_NOT_OPENED;
	glass_hold(&kept);
	glass_say_open(&kept.glass);

	return GLASS_OPENED;
}

enum glass_end
glass_close(uid_t asker, struct err *err)
{
	const struct glass_kept *kept;

	glass_tick();
	kept = glass_held();
	if (kept == NULL)
		return GLASS_NOTHING_OPEN;
	say_notice("break glass is closed");

	return end(&kept->glass, asker, NULL, err) ? GLASS_CLOSED
						   : GLASS_CLOSED_UNSAFELY;
}

void
glass_tick(void)
{
	const struct glass_kept *kept = glass_held();

	if (kept != NULL && glass_is_over(kept))
		end_by_itself(&kept->glass, time_is_over);
	else if (glass_state.remove_due)
		(void)remove_files(NULL); /* it was told */
}
