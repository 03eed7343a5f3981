/* SPDX-License-Identifier: ISC */
/* read.c - which cases does a file hold? */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "conf/file.h"
#include "postern/cases/cases.h"

enum {
	FILE_BYTES = 16 << 20 /* some hundred thousand cases */
};

void
cases_init(struct cases *cases)
{
	memset(cases, 0, sizeof(*cases));
}

static void
case_done(struct test_case *item)
{
	for (size_t i = 0; i < item->count; i++)
		free(item->wanted[i].got);
	free(item->wanted);
	texts_done(&item->rcpts);
	client_done(&item->client);
}

void
cases_done(struct cases *cases)
{
	for (size_t i = 0; i < cases->count; i++)
		case_done(&cases->items[i]);
	free(cases->items);
	for (size_t i = 0; i < cases->nkept; i++)
		free(cases->kept[i]);
	free(cases->kept);
	cases_init(cases);
}

char *
cases_keep(struct cases *cases, char *text)
{
	cases->kept = mem_grow(cases->kept, cases->nkept, &cases->kept_room,
	    sizeof(cases->kept[0]));
	cases->kept[cases->nkept++] = text;

	return text;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Without a comment: a "#" at the beginning or behind a blank. */
static void
cut_comment(char *line)
{
	for (char *at = line; *at != '\0'; at++) {
		if (*at == '#' && (at == line || is_blank(at[-1]))) {
			*at = '\0';
			return;
		}
	}
}

static char *
trim(char *text)
{
	size_t len;

	while (is_blank(*text))
		text++;
	len = strlen(text);
	while (len > 0 && is_blank(text[len - 1]))
		text[--len] = '\0';

	return text;
}

static void
read_line(struct case_reader *reader, char *line)
{
	char *value;

	cut_comment(line);
	line = trim(line);
	if (*line == '\0')
		return;
	value = line;
	while (*value != '\0' && !is_blank(*value))
		value++;
	if (*value != '\0')
		*value++ = '\0';
	case_take(reader, line, trim(value));
}

static void
read_text(struct case_reader *reader, char *text, size_t len)
{
	char *end = text + len;

	while (text < end) {
		char *newline = memchr(text, '\n', (size_t)(end - text));
		char *line_end = newline == NULL ? end : newline;

		*line_end = '\0';
		reader->line++;
		if (strlen(text) != (size_t)(line_end - text))
			diags_error(reader->diags, reader->file, reader->line,
			    "a byte is 0; a case file is text");
		else
			read_line(reader, text);
		text = line_end + 1;
	}
	case_end(reader);
}

int
cases_read(struct cases *cases, const char *path, struct diags *diags)
{
	struct case_reader reader = { .cases = cases, .diags = diags };
	size_t errors = diags->errors;
	size_t before = cases->count;
	struct file_id id;
	struct buf bytes;
	struct err err;

	reader.file = cases_keep(cases, mem_text(path));
	buf_init(&bytes);
	if (!file_read(path, FILE_BYTES, &bytes, &id, &err)) {
		buf_done(&bytes);
		diags_error(diags, path, 0, "%s", err.text);
		return EX_NOINPUT;
	}
	if (bytes.len > 0)
		read_text(&reader, cases_keep(cases, bytes.data), bytes.len);
	if (cases->count == before && diags->errors == errors)
		diags_error(diags, path, 0,
		    "there is no case; begin one with: case NAME");

	return diags->errors == errors ? EX_OK : EX_DATAERR;
}
