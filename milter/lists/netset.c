/* SPDX-License-Identifier: ISC */
/* netset.c - which networks does a list hold, and of which day is it? */
#include "config.h"

#include "lists/netset.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timetext.h"
#include "conf/file.h"

/* A list while it is read. */
struct reading {
	const char *path;
	struct diags *diags;
	struct netset *netset;
	unsigned line;
	size_t errors;
	bool dated; /* its head has said a date */
};

static void
complain(struct reading *reading, const char *what)
{
	if (++reading->errors <= NETSET_ERRORS)
		diags_error(
		    reading->diags, reading->path, reading->line, "%s", what);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts blanks at both ends of a terminated text of len bytes, in place. */
static char *
strip(char *text, size_t len)
{
	while (len > 0 && is_blank(text[len - 1]))
		len--;
	text[len] = '\0';
	while (is_blank(*text))
		text++;

	return text;
}

static void
read_date(struct reading *reading, const char *text)
{
	struct buf quoted;

	if (reading->dated)
		return;
	reading->dated = true;
	if (strcmp(text, "unknown") == 0 ||
	    day_parse(text, &reading->netset->day))
		return;

	buf_init(&quoted);
	buf_add_quoted(&quoted, text, 80);
	diags_warning(reading->diags, reading->path, reading->line,
	    "date: %s is no day; write YYYY-MM-DD or unknown; taken as "
	    "unknown",
	    buf_text(&quoted));
	buf_done(&quoted);
}

static void
read_origin(struct reading *reading, const char *text)
{
	struct netset *netset = reading->netset;

	if (netset->origin != NULL)
		return;
	netset->origin = mem_text(text);
	for (char *c = netset->origin; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
}

/* A comment: "date: ..." and "origin: ..." count in the head only. */
static void
read_comment(struct reading *reading, char *text)
{
	text = strip(text, strlen(text));
	if (reading->netset->count > 0)
		return;
	if (strncmp(text, "date:", 5) == 0)
		read_date(reading, strip(text + 5, strlen(text + 5)));
	else if (strncmp(text, "origin:", 7) == 0)
		read_origin(reading, strip(text + 7, strlen(text + 7)));
}

static void
read_entry(struct reading *reading, char *text)
{
	struct netset *netset = reading->netset;
	char *comment = strchr(text, '#');
	struct netset_entry entry = { .line = reading->line };
	struct err err;

	if (comment != NULL)
		text = strip(text, (size_t)(comment - text));
	if (!range_parse(text, &entry.range, &err)) {
		complain(reading, err.text);
		return;
	}
	netset->entries = mem_grow(netset->entries, netset->count,
	    &netset->room, sizeof(netset->entries[0]));
	netset->entries[netset->count++] = entry;
}

/* One line of len bytes; the byte behind it may be overwritten. */
static void
read_line(struct reading *reading, char *line, size_t len)
{
	char *text;

	reading->line++;
	if (len > NETSET_LINE) {
		complain(reading,
		    "the line is too long; write a network a "
		    "line");
		return;
	}
	if (memchr(line, '\0', len) != NULL) {
		complain(reading,
		    "there is a NUL byte in it; write plain "
		    "text");
		return;
	}
	text = strip(line, len);
	if (*text == '#')
		read_comment(reading, text + 1);
	else if (*text != '\0')
		read_entry(reading, text);
}

static void
read_lines(struct reading *reading, char *text, size_t len)
{
	char *end = text + len;

	/* what editors on Windows put before UTF-8 */
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	while (text < end) {
		char *next = memchr(text, '\n', (size_t)(end - text));
		size_t line_len = (size_t)((next == NULL ? end : next) - text);

		read_line(reading, text, line_len);
		text += line_len + 1;
	}
	if (reading->errors > NETSET_ERRORS)
		diags_error(reading->diags, reading->path, 0,
		    "and %zu more lines that are no network",
		    reading->errors - NETSET_ERRORS);
}

struct netset *
netset_load(const char *path, struct diags *diags)
{
	struct reading reading = { .path = path, .diags = diags };
	struct file_id id;
	struct buf text;
	struct err err;

	buf_init(&text);
	if (!file_read(path, NETSET_BYTES, &text, &id, &err)) {
		diags_error(diags, path, 0, "%s", err.text);
		return NULL;
	}
	reading.netset = mem_new(1, sizeof(*reading.netset));
	reading.netset->day = NETSET_NO_DAY;
	digest_of(buf_text(&text), text.len, reading.netset->digest);
	if (text.len > 0)
		read_lines(&reading, text.data, text.len);
	buf_done(&text);
	if (reading.errors > 0) {
		netset_free(reading.netset);
		return NULL;
	}

	return reading.netset;
}

void
netset_free(struct netset *netset)
{
	if (netset == NULL)
		return;
	free(netset->entries);
	free(netset->origin);
	free(netset);
}
