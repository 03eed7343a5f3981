/* SPDX-License-Identifier: ISC */
/* chores.c - what does the log do of itself, whether anyone writes or not? */
#include "config.h"

#include "log/chores.h"

#include <string.h>

#include "log/clock.h"

/* What is to be written in one piece. */
struct chores {
	bool seal;
	bool rotate;
	size_t seal_at; /* in writer->bytes */
	size_t seal_len;
};

/* What fails here is no failure to write records, which go on.  last is what
 * was said of it last. */
static void
say_failed(struct writer *writer, struct err *last, const struct err *err)
{
	if (strcmp(last->text, err->text) == 0)
		return;
	*last = *err;
	writer->news.say(writer->news.owner, err->text);
}

/* Who reads the log must see it there as well: a seal that does not come looks
 * like one that was not due. */
static void
say_unsealed(struct writer *writer, const struct err *err)
{
	if (strcmp(writer->unsealed.text, err->text) == 0)
		return;
	say_failed(writer, &writer->unsealed, err);
	writer->gap.unsealed = writer->unsealed.text;
}

static void
say_done(struct writer *writer, struct err *last, const char *what)
{
	if (last->text[0] == '\0')
		return;
	(void)err_set(last, "%s: the log %s again", writer->file.path, what);
	writer->news.say(writer->news.owner, last->text);
	last->text[0] = '\0';
}

/* A seal that cannot be made holds up no rotation; one that is not whole yet
 * does, as it has to be found again after a crash. */
static void
find_due(struct writer *writer, const struct log_keeping *keeping,
    struct chores *chores)
{
	struct sealer *sealer = &writer->sealer;
	int64_t now_ms = clock_now_ms();
	struct err err;

	*chores = (struct chores){ .seal = false };
	if (!sealer_mend(sealer, keeping->seal_ms, now_ms, &err))
		say_unsealed(writer, &err);
	chores->rotate = !sealer_is_busy(sealer) &&
	    rotation_is_due(&writer->rotation, &writer->file, keeping,
		clock_wall_us(), now_ms);
	chores->seal = chores->rotate
	    ? sealer_can(sealer, keeping->seal_ms, now_ms)
	    : sealer_is_due(sealer, keeping->seal_ms, now_ms);
	if (chores->seal && !sealer_prepare(sealer, now_ms, &err)) {
		say_unsealed(writer, &err);
		chores->seal = false;
	}
}

static void
add_records(
    struct writer *writer, struct chores *chores, struct chain_head *head)
{
	if (chores->seal) {
		chores->seal_at = writer->bytes.len;
		sealer_add(
		    &writer->sealer, &writer->news, head, &writer->bytes);
		chores->seal_len = writer->bytes.len - chores->seal_at;
	}
	if (chores->rotate)
		rotation_add(&writer->news, head, &writer->bytes);
}

static void
keep_seal(struct writer *writer, const struct chores *chores)
{
	const char *line = writer->bytes.data + chores->seal_at;
	struct err err;

	if (sealer_keep(&writer->sealer, line, chores->seal_len, clock_now_ms(),
		&err)) {
		say_done(writer, &writer->unsealed, "is sealed");
		writer->gap.unsealed = NULL;
	} else {
		say_unsealed(writer, &err);
	}
}

static void
move_file(struct writer *writer)
{
	struct err err;

	if (!rotation_move(&writer->rotation, &writer->file, &err)) {
		say_failed(writer, &writer->unrotated, &err);
		return;
	}
	atomic_store(&writer->rotated, true);
	say_done(writer, &writer->unrotated, "is rotated");
}

/* What the records that are on disk now entail. */
static void
follow_up(struct writer *writer, const struct chores *chores)
{
	if (chores->seal)
		keep_seal(writer, chores);
	if (chores->rotate && !sealer_is_busy(&writer->sealer))
		move_file(writer);
}

void
chores_start(struct writer *writer)
{
	if (writer->sealer.why.text[0] != '\0')
		say_unsealed(writer, &writer->sealer.why);
}

void
chores_do(struct writer *writer)
{
	uint64_t after = writer->head.sequence;
	struct log_keeping keeping;
	struct chain_head head;
	struct chores chores;
	struct log_gap gap;
	struct err err;

	writer_keeping(writer, &keeping);
	find_due(writer, &keeping, &chores);
	if (!chores.seal && !chores.rotate)
		return;
	if (!writer_begin(writer, &head, &err)) {
		writer_say_failed(writer, &err);
		return;
	}
	add_records(writer, &chores, &head);
	if (!writer_end(writer, &head, true, &gap, &err)) {
		writer_say_failed(writer, &err);
		return;
	}

	writer_say_well(writer, after, &gap);
	follow_up(writer, &chores);
	if (writer->news.written != NULL)
		writer->news.written(
		    writer->news.owner, writer->bytes.data, writer->bytes.len);
}
