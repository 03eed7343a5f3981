/* SPDX-License-Identifier: ISC */
/* flood_line.c - how is a record written again, with another count? */
#include "config.h"

#include "posternd/flood_line.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/timetext.h"

/* How each record begins, its time behind it. */
#define BEGIN "{\"@timestamp\":\""
/* Text from outside has a backslash before each quote: in no string of a line
 * can this stand. */
#define COUNT "\"count\":"

void
flood_line_init(struct flood_line *line)
{
	buf_init(&line->before);
	buf_init(&line->after);
}

void
flood_line_done(struct flood_line *line)
{
	buf_done(&line->before);
	buf_done(&line->after);
}

void
flood_line_keep(struct flood_line *line, const struct record *record)
{
	struct record_line whole;
	const char *text, *count;

	record_line_init(&whole);
	(void)record_write(record, 0, &whole);
	text = buf_text(&whole.text);
	count = strstr(text, COUNT);
	assert(record->count > 0 && count != NULL);
	count += strlen(COUNT);
	line->action = record->action;
	line->count = record->count;
	line->sequence_at = whole.sequence_at;
	buf_clear(&line->before);
	buf_add(&line->before, text, (size_t)(count - text));
	buf_clear(&line->after);
	buf_add_text(&line->after, count + strspn(count, "0123456789"));
	record_line_done(&whole);
}

void
flood_line_write(const struct flood_line *line, int64_t time_us, uint64_t count,
    struct record_line *out)
{
	char time[TIME_TEXT];

	buf_clear(&out->text);
	buf_add(&out->text, line->before.data, line->before.len);
	buf_addf(&out->text, "%" PRIu64, count);
	buf_add(&out->text, line->after.data, line->after.len);
	out->sequence_at = line->sequence_at;
	(void)time_text(time_us, time);
	/* All times are of one length. */
	memcpy(out->text.data + strlen(BEGIN), time, strlen(time));
}
