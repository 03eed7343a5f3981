/* SPDX-License-Identifier: ISC */
/*
 * rows.c - what do the tables of domains say?
 *
 * A row a line: domain, sources, tenants.  Each row is a policy of its own
 * entries; all else is that of the policy which names the table.
 */
#include "config.h"

#include "lists/rows.h"

#include <string.h>

#include "conf/file.h"
#include "lists/find.h"

enum {
	ROWS_BYTES = 64 << 20, /* a million rows */
	ROWS_LINE = 4096,
	ROWS_ERRORS = 1000, /* in one table; more help nobody */
	SHOWN = 80
};

static const char blanks[] = " \t\r";

void
rows_complain(struct reading *reading, const char *text, const char *what,
    const char *cure)
{
	struct buf shown;

	reading->errors++;
	buf_init(&shown);
	buf_add_quoted(&shown, text, SHOWN);
	diags_error(reading->build->diags, reading->path, reading->line,
	    "%s: %s; %s", buf_text(&shown), what, cure);
	buf_done(&shown);
}

/* Parts the line at its blanks; returns how many fields there are. */
static size_t
split(char *line, char *fields[ROW_FIELDS])
{
	size_t count = 0;
	char *at = line + strspn(line, blanks);

	while (*at != '\0') {
		size_t len = strcspn(at, blanks);

		if (count < ROW_FIELDS)
			fields[count] = at;
		count++;
		at += len;
		if (*at != '\0')
			*at++ = '\0';
		at += strspn(at, blanks);
	}

	return count;
}

static bool
check_line(struct reading *reading, const char *line, size_t len)
{
	const char *wrong = NULL;

	if (strlen(line) < len)
		wrong = "a byte is 0; a table is text";
	else if (len > ROWS_LINE)
		wrong = "the line is longer than 4096 bytes; make it shorter";
	if (wrong == NULL)
		return true;
	reading->errors++;
	diags_error(
	    reading->build->diags, reading->path, reading->line, "%s", wrong);

	return false;
}

static void
read_line(struct reading *reading, char *line, size_t len)
{
	char *fields[ROW_FIELDS];
	size_t count;

	reading->line++;
	line[len] = '\0';
	if (!check_line(reading, line, len))
		return;
	line[strcspn(line, "#")] = '\0';
	count = split(line, fields);
	if (count == 0)
		return;
	reading->rows++;
	if (count == ROW_FIELDS)
		row_take(reading, fields);
	else
		rows_complain(reading, fields[0],
		    "its line has not three fields",
		    "write domain, sources and tenants, \"-\" for no tenants");
}

static void
read_lines(struct reading *reading, char *text, size_t len)
{
	char *end = text + len;

	while (text < end && reading->errors < ROWS_ERRORS) {
		char *next = memchr(text, '\n', (size_t)(end - text));
		size_t line = (size_t)((next == NULL ? end : next) - text);

		read_line(reading, text, line);
		text += line + 1;
	}
	if (reading->errors >= ROWS_ERRORS)
		diags_error(reading->build->diags, reading->path, 0,
		    "%d errors; what stands behind line %u is not read",
		    ROWS_ERRORS, reading->line);
}

/* An empty one would open the gate of all that stood there. */
static void
check_rows(const struct reading *reading, const struct word *table)
{
	if (reading->rows == 0 && reading->errors == 0)
		diags_error(reading->build->diags, table->file, table->line,
		    "policies[%u].table: %s has no row, so it guards no "
		    "domain; fill it or remove the policy",
		    reading->number, reading->path);
}

static void
read_table(struct reading *reading, const struct word *table)
{
	struct build *build = reading->build;
	struct file_id id;
	struct buf text;
	struct err err;

	buf_init(&text);
	if (!file_read(reading->path, ROWS_BYTES, &text, &id, &err)) {
		diags_error(build->diags, table->file, table->line,
		    "policies[%u].table: %s %s", reading->number, reading->path,
		    err.text);
	} else {
		build_hash(build, "table", buf_text(&text), text.len);
		if (text.len > 0)
			read_lines(reading, text.data, text.len);
		check_rows(reading, table);
	}
	buf_done(&text);
}

void
build_rows(struct build *build, uint32_t number, const struct word *table)
{
	struct reading reading = { .build = build, .number = number };
	struct buf path;

	/* conf/ has told what is wrong with it */
	if (table->text[0] == '\0' || strcmp(table->text, "-") == 0)
		return;
	build->rules->policies[number].table = true;
	buf_init(&path);
	find_beside(table, &path);
	reading.path = buf_text(&path);
	read_table(&reading, table);
	warn_rows(build, reading.path);
	buf_done(&path);
}
