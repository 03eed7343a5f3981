/* SPDX-License-Identifier: ISC */
/*
 * grammar.c - may this token stand here?
 *
 * libconfig's own answer is "syntax error", and it forgets to free the text
 * that it was reading.  So it gets to see only what is in order.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "conf/scanner.h"

static const char *const expected[] = {
	[EXPECT_KEY] = "a key",
	[EXPECT_EQUALS] = "\"=\" behind the key",
	[EXPECT_VALUE] = "a value behind \"=\" (texts stand in quotes)",
	[EXPECT_END] = "\";\" or the next key",
	[EXPECT_FIRST] = "a value or the end of the list (texts stand in "
			 "quotes)",
	[EXPECT_NEXT] = "a value behind \",\" (texts stand in quotes)",
	[EXPECT_COMMA] = "\",\" or the end of the list",
};

static char
innermost(const struct scanner *scanner)
{
	return scanner->nbrackets == 0
	    ? '\0'
	    : scanner->brackets[scanner->nbrackets - 1].open;
}

bool
grammar_in_list(const struct scanner *scanner)
{
	return innermost(scanner) == '[' || innermost(scanner) == '(';
}

static bool
fails(struct scanner *scanner, const struct cursor *cursor, const char *raw,
    size_t len)
{
	char shown[SCANNER_QUOTED];

	scanner_quote(raw, len, shown);
	scanner_error(scanner, cursor, false, "expected %s, not %s",
	    expected[scanner->expect], shown);
	scanner->stop = true;

	return false;
}

static bool
is_value_expected(const struct scanner *scanner)
{
	return scanner->expect == EXPECT_VALUE ||
	    scanner->expect == EXPECT_FIRST || scanner->expect == EXPECT_NEXT;
}

static void
value_taken(struct scanner *scanner)
{
	scanner->expect = grammar_in_list(scanner) ? EXPECT_COMMA : EXPECT_END;
}

static bool
take_open(struct scanner *scanner, const struct cursor *cursor)
{
	if (!is_value_expected(scanner))
		return fails(scanner, cursor, cursor->at, 1);
	if (innermost(scanner) == '[') {
		scanner_error(scanner, cursor, false,
		    "\"%c\" inside [ ]; write ( ) instead of [ ]", *cursor->at);
		scanner->stop = true;
		return false;
	}
	if (scanner->nbrackets == SCAN_BRACKETS) {
		scanner_error(scanner, cursor, false,
		    "more than %d brackets in one another; use fewer",
		    SCAN_BRACKETS);
		scanner->stop = true;
		return false;
	}
	scanner->brackets[scanner->nbrackets++] =
	    (struct bracket){ *cursor->at, { cursor->file, cursor->line } };
	scanner->expect = *cursor->at == '{' ? EXPECT_KEY : EXPECT_FIRST;

	return true;
}

static bool
take_close(struct scanner *scanner, const struct cursor *cursor)
{
	static const char pairs[] = "[](){}";
	const struct bracket *open;

	if (scanner->nbrackets == 0) {
		scanner_error(scanner, cursor, false,
		    "\"%c\" closes nothing; remove it", *cursor->at);
		scanner->stop = true;
		return false;
	}
	open = &scanner->brackets[scanner->nbrackets - 1];
	if (strchr(pairs, open->open)[1] != *cursor->at) {
		scanner_error(scanner, cursor, false,
		    "\"%c\" does not close the \"%c\" of line %u", *cursor->at,
		    open->open, open->where.line);
		scanner->stop = true;
		return false;
	}
	if (scanner->expect == EXPECT_EQUALS ||
	    scanner->expect == EXPECT_VALUE || scanner->expect == EXPECT_NEXT)
		return fails(scanner, cursor, cursor->at, 1);
	scanner->nbrackets--;
	value_taken(scanner);

	return true;
}

bool
grammar_mark(struct scanner *scanner, const struct cursor *cursor)
{
	char mark = *cursor->at;

	if (scanner_is_one_of(mark, "[({"))
		return take_open(scanner, cursor);
	if (scanner_is_one_of(mark, "])}"))
		return take_close(scanner, cursor);

	if (scanner_is_one_of(mark, "=:") && scanner->expect == EXPECT_EQUALS)
		scanner->expect = EXPECT_VALUE;
	else if (mark == ',' && scanner->expect == EXPECT_COMMA)
		scanner->expect = EXPECT_NEXT;
	else if (scanner_is_one_of(mark, ",;") && scanner->expect == EXPECT_END)
		scanner->expect = EXPECT_KEY;
	else
		return fails(scanner, cursor, cursor->at, 1);

	return true;
}

static bool
is_bool(const char *raw, size_t len)
{
	return (len == 4 && strncasecmp(raw, "true", len) == 0) ||
	    (len == 5 && strncasecmp(raw, "false", len) == 0);
}

bool
grammar_name(struct scanner *scanner, const struct cursor *cursor, size_t len)
{
	if (is_bool(cursor->at, len))
		return grammar_value(scanner, cursor, cursor->at, len);
	if (scanner->expect != EXPECT_KEY && scanner->expect != EXPECT_END)
		return fails(scanner, cursor, cursor->at, len);
	scanner->expect = EXPECT_EQUALS;

	return true;
}

bool
grammar_value(struct scanner *scanner, const struct cursor *cursor,
    const char *raw, size_t len)
{
	if (!is_value_expected(scanner))
		return fails(scanner, cursor, raw, len);
	value_taken(scanner);

	return true;
}

/* What is no token of the language is shown up to the next one. */
bool
grammar_other(struct scanner *scanner, const struct cursor *cursor)
{
	size_t len = strcspn(cursor->at, " \t\r\n[](){},;:=\"");

	return fails(scanner, cursor, cursor->at, len);
}

/* What is still open where the main file ends. */
void
grammar_end(struct scanner *scanner)
{
	struct scan_line last =
	    scan_where(scanner->scan, (unsigned)scanner->scan->count);
	struct cursor cursor = { last.file, NULL, NULL, NULL, last.line };

	if (scanner->stop)
		return;

	for (unsigned i = 0; i < scanner->nbrackets; i++) {
		const struct bracket *bracket = &scanner->brackets[i];

		cursor.file = bracket->where.file;
		cursor.line = bracket->where.line;
		scanner_error(scanner, &cursor, false,
		    "\"%c\" is not closed before the file ends", bracket->open);
	}
	if (scanner->nbrackets == 0 &&
	    (scanner->expect == EXPECT_EQUALS ||
		scanner->expect == EXPECT_VALUE))
		scanner_error(scanner, &cursor, false,
		    "expected %s, not the end of the file",
		    expected[scanner->expect]);
}
