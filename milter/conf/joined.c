/* SPDX-License-Identifier: ISC */
/* joined.c - what text does libconfig see, and where does it come from? */
#include "config.h"

#include "conf/scanner.h"

#include <string.h>

#include "base/mem.h"

static void
start_line(struct scan *scan, struct scan_line where)
{
	if (scan->count > 0)
		buf_add_text(&scan->text, "\n");
	scan->lines = mem_grow(
	    scan->lines, scan->count, &scan->room, sizeof(*scan->lines));
	scan->lines[scan->count++] = where;
}

/*
 * libconfig gives a string in a list the line of the token behind it.  So
 * lines that begin after a string are held back until that token, if it is a
 * mark, has been written.
 */
void
joined_line(struct scanner *scanner, struct scan_line where)
{
	if (!scanner->after_string) {
		start_line(scanner->scan, where);
		return;
	}
	scanner->held = mem_grow(scanner->held, scanner->nheld,
	    &scanner->held_room, sizeof(*scanner->held));
	scanner->held[scanner->nheld++] = where;
}

static void
release(struct scanner *scanner)
{
	for (size_t i = 0; i < scanner->nheld; i++)
		start_line(scanner->scan, scanner->held[i]);
	scanner->nheld = 0;
	scanner->after_string = false;
}

void
joined_mark(struct scanner *scanner, char mark)
{
	buf_add(&scanner->scan->text, &mark, 1);
	release(scanner);
}

void
joined_other(struct scanner *scanner, const char *raw, size_t len)
{
	release(scanner);
	buf_add(&scanner->scan->text, raw, len);
}

void
joined_blank(struct scanner *scanner)
{
	if (!scanner->after_string)
		buf_add_text(&scanner->scan->text, " ");
}

void
joined_end(struct scanner *scanner)
{
	release(scanner);
}

/*
 * Two texts with nothing between them, which libconfig would join.  In a
 * list a comma was meant: with it no further errors come of it.
 */
static void
report_pair(
    struct scanner *scanner, const struct cursor *cursor, const char *shown)
{
	if (!grammar_in_list(scanner)) {
		scanner_error(scanner, cursor, true,
		    "%s and %s side by side; write one text, or a list",
		    scanner->last, shown);
		scanner->expect = EXPECT_VALUE;
		return;
	}
	scanner_error(scanner, cursor, true, "missing comma between %s and %s",
	    scanner->last, shown);
	joined_mark(scanner, ',');
	scanner->expect = EXPECT_NEXT;
}

/* raw: what stands between the quotes. */
void
joined_string(struct scanner *scanner, const struct cursor *cursor,
    const char *raw, size_t len)
{
	char shown[SCANNER_QUOTED];

	scanner_quote(raw, len, shown);
	if (scanner->after_string)
		report_pair(scanner, cursor, shown);
	if (!grammar_value(scanner, cursor, raw, len))
		return;
	release(scanner);

	buf_add_text(&scanner->scan->text, "\"");
	buf_add(&scanner->scan->text, raw, len);
	buf_add_text(&scanner->scan->text, "\"");
	memcpy(scanner->last, shown, sizeof(shown));
	scanner->after_string = true;
}
