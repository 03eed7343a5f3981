/* SPDX-License-Identifier: ISC */
/* token.c - what are the words and marks of this text? */
#include "config.h"

#include <string.h>

#include "conf/scanner.h"

static const char digits[] = "0123456789";
static const char name_first[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ*";
static const char name_rest[] = "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ*-_0123456789";

static bool
starts(const struct cursor *cursor, const char *text)
{
	return strncmp(cursor->at, text, strlen(text)) == 0;
}

static void
next_line(struct scanner *scanner, struct cursor *cursor)
{
	cursor->at++;
	cursor->line_start = cursor->at;
	cursor->line++;
	joined_line(scanner, (struct scan_line){ cursor->file, cursor->line });
}

static void
skip_comment(struct scanner *scanner, struct cursor *cursor)
{
	struct cursor start = *cursor;

	joined_blank(scanner);
	cursor->at += 2;
	while (cursor->at < cursor->end && !starts(cursor, "*/")) {
		if (starts(cursor, "/*"))
			diags_warning(scanner->diags, cursor->file,
			    cursor->line,
			    "\"/*\" inside the comment of line %u; taken as "
			    "part of it",
			    start.line);
		if (*cursor->at == '\n')
			next_line(scanner, cursor);
		else
			cursor->at++;
	}
	if (cursor->at < cursor->end) {
		cursor->at += 2;
		return;
	}
	scanner_error(scanner, &start, false,
	    "comment is not closed; write \"*/\" where it ends");
	scanner->stop = true;
}

static void
take_include(struct scanner *scanner, struct cursor *cursor)
{
	const char *at = cursor->at + strlen("@include");
	const char *end;
	struct buf path;

	if (!starts(cursor, "@include") || strspn(at, " \t") == 0 ||
	    at[strspn(at, " \t")] != '"' ||
	    cursor->line_start + strspn(cursor->line_start, " \t") !=
		cursor->at) {
		scanner_error(scanner, cursor, false,
		    "\"@\" outside a text; write @include \"FILE\" on a line "
		    "of its own, or quotes around the text");
		scanner->stop = true;
		return;
	}
	cursor->at = at + strspn(at, " \t");
	end = scanner_string_end(scanner, cursor);
	if (end == NULL)
		return;

	buf_init(&path);
	for (at = cursor->at + 1; at < end; at++) {
		if (*at == '\\' && (at[1] == '\\' || at[1] == '"'))
			at++;
		buf_add(&path, at, 1);
	}
	cursor->at = end + 1;
	scanner_include(scanner, cursor, buf_text(&path));
	buf_done(&path);
}

static void
take_mark(struct scanner *scanner, struct cursor *cursor)
{
	if (!grammar_mark(scanner, cursor))
		return;
	joined_mark(scanner, *cursor->at);
	cursor->at++;
}

static void
take_name(struct scanner *scanner, struct cursor *cursor)
{
	size_t len = strspn(cursor->at, name_rest);

	if (!grammar_name(scanner, cursor, len))
		return;
	joined_other(scanner, cursor->at, len);
	cursor->at += len;
}

static bool
is_number(const struct cursor *cursor)
{
	const char *at = cursor->at;

	if (scanner_is_one_of(*at, "+-"))
		at++;
	if (*at == '.')
		at++;

	return scanner_is_one_of(*at, digits);
}

void
scanner_read(struct scanner *scanner, struct cursor *cursor)
{
	while (cursor->at < cursor->end && !scanner->stop) {
		if (*cursor->at == '\n')
			next_line(scanner, cursor);
		else if (scanner_is_one_of(*cursor->at, " \t\r")) {
			joined_blank(scanner);
			cursor->at++;
		} else if (*cursor->at == '#' || starts(cursor, "//"))
			cursor->at += strcspn(cursor->at, "\n");
		else if (starts(cursor, "/*"))
			skip_comment(scanner, cursor);
		else if (*cursor->at == '"')
			scanner_string(scanner, cursor);
		else if (*cursor->at == '@')
			take_include(scanner, cursor);
		else if (is_number(cursor))
			scanner_number(scanner, cursor);
		else if (scanner_is_one_of(*cursor->at, "[](){},;:="))
			take_mark(scanner, cursor);
		else if (scanner_is_one_of(*cursor->at, name_first))
			take_name(scanner, cursor);
		else
			(void)grammar_other(scanner, cursor); /* said */
	}
}
