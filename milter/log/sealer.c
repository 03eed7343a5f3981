/* SPDX-License-Identifier: ISC */
/* sealer.c - when is the chain sealed, and how? */
#include "config.h"

#include "log/sealer.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "log/clock.h"
#include "log/seal_find.h"

enum {
	RETRY_MS = 60 * 1000 /* somebody has to mend something first */
};

/* The seal that was under way at the end of the last run. */
static bool
settle(struct sealer *sealer, struct err *err)
{
	struct keys *keys = &sealer->keys;
	struct seal seal;
	struct buf line;
	bool done = false;

	buf_init(&line);
	switch (seal_find(sealer->path, keys, &seal, &line, err)) {
	case 1:
		done = keys_advance(keys, line.data, line.len, err);
		(void)time_parse(seal.time, &keys->last_us); /* seal_read() */
		break;
	case 0:
		done = keys_drop_next(keys, err);
		break;
	}
	buf_done(&line);

	return done;
}

static void
load(struct sealer *sealer, int64_t now_ms, struct err *err)
{
	struct keys *keys = &sealer->keys;
	int64_t age_us;

	sealer->ready =
	    keys_load(keys, err) && (!keys->has_next || settle(sealer, err));
	if (!sealer->ready) {
		sealer->retry_ms = now_ms + RETRY_MS;
		return;
	}
	/* A clock that was set back counts as no time at all. */
	age_us = clock_wall_us() - keys->last_us;
	sealer->sealed_ms = now_ms - (age_us > 0 ? age_us / 1000 : 0);
}

void
sealer_init(struct sealer *sealer, const struct file *file, int64_t interval_ms,
    uint64_t made)
{
	*sealer = (struct sealer){ .path = mem_text(file->path) };
	keys_init(&sealer->keys, file, made);
	buf_init(&sealer->kept);
	if (interval_ms <= 0 && access(sealer->keys.key_path, F_OK) != 0)
		return;
	load(sealer, clock_now_ms(), &sealer->why);
	if (sealer->ready || interval_ms <= 0)
		sealer->why.text[0] = '\0';
}

void
sealer_done(struct sealer *sealer)
{
	keys_done(&sealer->keys);
	buf_done(&sealer->kept);
	free(sealer->path);
	sealer->path = NULL;
}

bool
sealer_is_busy(const struct sealer *sealer)
{
	return sealer->kept.len > 0;
}

uint64_t
sealer_made(const struct sealer *sealer)
{
	const struct keys *keys = &sealer->keys;

	return keys->number > keys->made ? keys->number - 1 : keys->made;
}

/* What has failed is not tried again at once. */
static bool
advance(struct sealer *sealer, int64_t now_ms, struct err *err)
{
	bool done = keys_advance(
	    &sealer->keys, sealer->kept.data, sealer->kept.len, err);

	if (!sealer->keys.has_next)
		buf_clear(&sealer->kept);
	if (!done)
		sealer->retry_ms = now_ms + RETRY_MS;

	return done;
}

bool
sealer_mend(
    struct sealer *sealer, int64_t interval_ms, int64_t now_ms, struct err *err)
{
	if (now_ms < sealer->retry_ms)
		return true;
	if (sealer_is_busy(sealer))
		return advance(sealer, now_ms, err);
	if (sealer->ready || interval_ms <= 0)
		return true;

	load(sealer, now_ms, err);
	return sealer->ready;
}

bool
sealer_can(const struct sealer *sealer, int64_t interval_ms, int64_t now_ms)
{
	return sealer->ready && !sealer_is_busy(sealer) && interval_ms > 0 &&
	    now_ms >= sealer->retry_ms;
}

bool
sealer_is_due(const struct sealer *sealer, int64_t interval_ms, int64_t now_ms)
{
	return sealer_can(sealer, interval_ms, now_ms) &&
	    now_ms - sealer->sealed_ms >= interval_ms;
}

bool
sealer_prepare(struct sealer *sealer, int64_t now_ms, struct err *err)
{
	if (keys_prepare(&sealer->keys, err))
		return true;
	sealer->retry_ms = now_ms + RETRY_MS;

	return false;
}

void
sealer_add(struct sealer *sealer, const struct log_news *news,
    struct chain_head *head, struct buf *out)
{
	const struct keys *keys = &sealer->keys;
	struct seal seal = { .number = keys->number, .head = *head };
	struct log_event event = { .deed = LOG_SEALED,
		.time_us = clock_wall_us() };
	struct record_line line;
	struct buf members;

	(void)time_text(event.time_us, seal.time);
	seal_sign(&seal, &keys->current, &keys->next);
	buf_init(&members);
	seal_write(&seal, &members);
	event.members = members.data;
	record_line_init(&line);
	news->did(news->owner, &event, &line);
	chain_add(head, line.text.data, line.text.len, line.sequence_at, out);
	record_line_done(&line);
	buf_done(&members);
}

bool
sealer_keep(struct sealer *sealer, const char *line, size_t len, int64_t now_ms,
    struct err *err)
{
	sealer->sealed_ms = now_ms;
	buf_clear(&sealer->kept);
	buf_add(&sealer->kept, line, len);

	return advance(sealer, now_ms, err);
}
