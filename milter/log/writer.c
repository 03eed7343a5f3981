/* SPDX-License-Identifier: ISC */
/* writer.c - how does a batch of records get into the file? */
#include "config.h"

#include "log/writer.h"

#include <inttypes.h>
#include <string.h>

#include "log/chores.h"
#include "log/clock.h"
#include "log/place.h"

enum {
	SECOND_MS = 1000 /* audit.sync = "second"; between two looks at what is
			    due */
};

bool
writer_init(struct writer *writer, const struct log_settings *settings,
    const struct log_news *news, struct queue *queue, bool *taken,
    struct err *err)
{
	struct note note;

	writer->news = *news;
	atomic_init(&writer->sync, settings->sync);
	writer->queue = queue;
	writer->dirty_ms = -1;
	writer->keeping = settings->keeping;
	(void)pthread_mutex_init(&writer->keeping_lock, NULL); /* cannot fail */
	buf_init(&writer->bytes);
	file_init(
	    &writer->file, settings->path, settings->owner, settings->group);

	if (!lock_take(&writer->lock, &writer->file, taken, err))
		return false;
	lock_read(&writer->lock, &note);
	if (!place_start(
		&writer->file, &note.head, &writer->head, &writer->gap, err) ||
	    !rotation_init(&writer->rotation, &writer->file, err))
		return false;
	sealer_init(&writer->sealer, &writer->file, settings->keeping.seal_ms,
	    note.seals);

	return true;
}

void
writer_done(struct writer *writer)
{
	buf_done(&writer->bytes);
	sealer_done(&writer->sealer);
	(void)pthread_mutex_destroy(&writer->keeping_lock); /* nobody waits */
	file_done(&writer->file);
	lock_done(&writer->lock);
}

/* Did anything befall what was written? */
static bool
gap_is_of_records(const struct log_gap *gap)
{
	return gap->lost > 0 || gap->late > 0 || gap->torn > 0 ||
	    gap->missing > 0 || gap->gone > 0 || gap->remade;
}

static bool
gap_is_due(const struct log_gap *gap)
{
	return gap_is_of_records(gap) || gap->unsealed != NULL;
}

static bool
is_failing(const struct writer *writer)
{
	return writer->failure.text[0] != '\0';
}

void
writer_say_failed(struct writer *writer, const struct err *err)
{
	if (strcmp(writer->failure.text, err->text) == 0)
		return;
	writer->failure = *err;
	writer->news.say(writer->news.owner, err->text);
}

void
writer_say_well(
    struct writer *writer, uint64_t after, const struct log_gap *gap)
{
	struct buf words;

	/* Of seals it was said already. */
	if (!gap_is_of_records(gap) && !is_failing(writer))
		return;

	buf_init(&words);
	buf_addf(&words, "%s: the log goes on after record %" PRIu64,
	    writer->file.path, after);
	if (gap->lost > 0)
		buf_addf(
		    &words, "; %" PRIu64 " could not be written", gap->lost);
	if (gap->late > 0)
		buf_addf(&words,
		    "; %" PRIu64 " were written too late for their answer",
		    gap->late);
	if (gap->remade)
		buf_add_text(&words, "; the file was gone and is made again");
	if (gap->missing > 0)
		buf_addf(&words,
		    "; the file had become %" PRIu64 " bytes shorter",
		    gap->missing);
	if (gap->gone > 0)
		buf_addf(&words,
		    "; %" PRIu64 " that were written are gone from it",
		    gap->gone);
	if (gap->torn > 0)
		buf_addf(&words,
		    "; %" PRIu64 " bytes that are no record stand in %s.torn.*",
		    gap->torn, writer->file.path);
	writer->failure.text[0] = '\0';
	writer->news.say(writer->news.owner, buf_text(&words));
	buf_done(&words);
}

static void
add_recovered(struct writer *writer, struct chain_head *head)
{
	struct record_line line;

	record_line_init(&line);
	writer->news.recovered(writer->news.owner, &writer->gap, &line);
	chain_add(head, line.text.data, line.text.len, line.sequence_at,
	    &writer->bytes);
	record_line_done(&line);
}

static void
add_entries(
    struct writer *writer, struct queued *entry, struct chain_head *head)
{
	for (; entry != NULL; entry = entry->next) {
		chain_add(head, entry->text, entry->len, entry->sequence_at,
		    &writer->bytes);
		entry->sequence = head->sequence;
	}
}

/* In one piece, and on disk where that is asked for; else nothing is left. */
static bool
write_bytes(struct writer *writer, bool safely, struct err *err)
{
	const struct buf *bytes = &writer->bytes;
	enum log_sync sync = atomic_load(&writer->sync);

	if (!file_append(&writer->file, bytes->data, bytes->len, err))
		return false;
	if ((safely || sync == LOG_SYNC_ALWAYS) &&
	    !file_sync(&writer->file, err))
		return false;

	file_keep(&writer->file, bytes->len);
	if (!safely && sync == LOG_SYNC_SECOND && writer->dirty_ms < 0)
		writer->dirty_ms = clock_now_ms() + SECOND_MS;
	return true;
}

/* What is noted must be on disk: it is missed else. */
static void
take_note(const struct writer *writer)
{
	const struct note note = { .head = writer->head,
		.seals = sealer_made(&writer->sealer) };

	lock_write(&writer->lock, &note);
}

bool
writer_begin(struct writer *writer, struct chain_head *head, struct err *err)
{
	if (!place_check(
		&writer->file, &writer->lock, &writer->head, &writer->gap, err))
		return false;

	if (writer->file.size == 0)
		writer->rotation.first = 0;
	*head = writer->head;
	buf_clear(&writer->bytes);
	if (gap_is_due(&writer->gap))
		add_recovered(writer, head);

	return true;
}

bool
writer_end(struct writer *writer, const struct chain_head *head, bool sync,
    struct log_gap *gap, struct err *err)
{
	if (!write_bytes(writer, sync, err))
		return false;

	if (writer->rotation.first == 0)
		rotation_begin(&writer->rotation, writer->head.sequence + 1);
	*gap = writer->gap;
	writer->gap = (struct log_gap){ .lost = 0 };
	writer->head = *head;
	if (sync || atomic_load(&writer->sync) == LOG_SYNC_ALWAYS)
		take_note(writer);
	return true;
}

/* All of them, after a `recovered` if one is due; *gap is what that told. */
static bool
write_entries(struct writer *writer, struct queued *first, struct log_gap *gap,
    struct err *err)
{
	struct chain_head head;

	if (!writer_begin(writer, &head, err))
		return false;
	add_entries(writer, first, &head);

	return writer_end(writer, &head, false, gap, err);
}

void
writer_keeping(struct writer *writer, struct log_keeping *keeping)
{
	(void)pthread_mutex_lock(&writer->keeping_lock); /* cannot fail */
	*keeping = writer->keeping;
	(void)pthread_mutex_unlock(&writer->keeping_lock);
}

void
writer_keep_so(struct writer *writer, const struct log_keeping *keeping)
{
	(void)pthread_mutex_lock(&writer->keeping_lock); /* cannot fail */
	writer->keeping = *keeping;
	(void)pthread_mutex_unlock(&writer->keeping_lock);
}

static uint64_t
count(const struct queued *entry)
{
	uint64_t n = 0;

	for (; entry != NULL; entry = entry->next)
		n++;

	return n;
}

static void
write_batch(struct writer *writer, struct queued *first)
{
	uint64_t after = writer->head.sequence;
	struct log_gap gap;
	struct err err;
	bool ok;

	ok = write_entries(writer, first, &gap, &err);
	if (!ok) {
		uint64_t lost = count(first);

		writer->gap.lost += lost;
		atomic_fetch_add(&writer->errors, lost);
	}
	/* First those who wait: what is said may take its time. */
	queue_tell(first, ok, &writer->gap);
	if (!ok) {
		writer_say_failed(writer, &err);
		return;
	}
	writer_say_well(writer, after, &gap);
	if (writer->news.written != NULL)
		writer->news.written(
		    writer->news.owner, writer->bytes.data, writer->bytes.len);
}

/* For LOG_SYNC_SECOND: nobody waits, so a failure is only told. */
static void
sync_when_due(struct writer *writer, bool now)
{
	struct err err;

	if (writer->dirty_ms < 0 || (!now && clock_now_ms() < writer->dirty_ms))
		return;

	writer->dirty_ms = -1;
	if (writer->file.fd < 0)
		return;
	if (file_sync(&writer->file, &err))
		take_note(writer);
	else
		writer_say_failed(writer, &err);
}

/* When there is something to do though nobody writes. */
static int64_t
next_look(const struct writer *writer)
{
	int64_t look = clock_now_ms() + SECOND_MS;

	return writer->dirty_ms >= 0 && writer->dirty_ms < look
	    ? writer->dirty_ms
	    : look;
}

void
writer_run(struct writer *writer)
{
	struct work work = { .closing = false };

	chores_start(writer);
	while (!work.closing) {
		bool due = gap_is_due(&writer->gap) && !is_failing(writer);

		/* What has to be told is told at once where it can be. */
		queue_take(writer->queue, due ? 0 : next_look(writer), &work);
		writer->gap.lost += work.refused;
		if (work.first != NULL || due)
			write_batch(writer, work.first);
		if (!work.closing)
			chores_do(writer);
		sync_when_due(writer, work.closing);
	}
	take_note(writer);
}
