/* SPDX-License-Identifier: ISC */
/* record_json.c - how is a member of a record written? */
#include "config.h"

#include "policy/record_parts.h"

#include <string.h>

void
record_comma(struct buf *out)
{
	if (out->len > 0 && out->data[out->len - 1] != '{' &&
	    out->data[out->len - 1] != '[')
		buf_add_text(out, ",");
}

void
record_key(struct buf *out, const char *key, const char *begin)
{
	record_comma(out);
	buf_add_text(out, "\"");
	buf_add_text(out, key);
	buf_add_text(out, "\"");
	buf_add_text(out, begin);
}

void
record_text(struct buf *out, const char *key, const char *text, size_t max)
{
	if (text == NULL)
		return;
	record_key(out, key, ":");
	(void)buf_add_json(out, text, strlen(text), max);
}

void
record_private(struct buf *out, const struct privacy *privacy, const char *key,
    const char *text, size_t max)
{
	struct buf shown;

	if (privacy == NULL || text == NULL) {
		record_text(out, key, text, max);
		return;
	}
	buf_init(&shown);
	privacy_add_text(privacy, text, &shown);
	record_text(out, key, buf_text(&shown), max);
	buf_done(&shown);
}

void
record_address(struct buf *out, const struct privacy *privacy,
    const char *address, size_t max)
{
	struct buf shown;

	if (privacy == NULL) {
		(void)buf_add_json(out, address, strlen(address), max);
		return;
	}
	buf_init(&shown);
	privacy_add_address(privacy, address, &shown);
	(void)buf_add_json(out, buf_text(&shown), shown.len, max);
	buf_done(&shown);
}

void
record_open(struct buf *out, const char *key)
{
	record_key(out, key, ":{");
}

void
record_close(struct buf *out, size_t opened_at)
{
	if (out->data[out->len - 1] == '{') {
		out->len = opened_at;
		out->data[opened_at] = '\0';
		return;
	}
	buf_add_text(out, "}");
}
