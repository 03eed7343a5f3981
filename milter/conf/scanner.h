/* SPDX-License-Identifier: ISC */
/*
 * scanner.h - how far has the scan come?  (between scan.c and its parts)
 *
 * scan.c takes the files in, token.c and value.c go through the text of one,
 * grammar.c says what may stand where, joined.c writes what libconfig sees.
 */
#ifndef POSTERN_CONF_SCANNER_H
#define POSTERN_CONF_SCANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "conf/file.h"
#include "conf/scan.h"

enum {
	SCANNER_SHOWN = 48, /* bytes of a text that a message shows */
	SCANNER_QUOTED = SCANNER_SHOWN + 8
};

/* What may come next. */
enum expect {
	EXPECT_KEY,    /* or the end of the group */
	EXPECT_EQUALS, /* behind a key */
	EXPECT_VALUE,  /* behind the equals sign */
	EXPECT_END,    /* of the setting, or its group; or the next key */
	EXPECT_FIRST,  /* value of a list, or its end */
	EXPECT_NEXT,   /* value of a list, behind a comma */
	EXPECT_COMMA   /* or the end of the list */
};

struct bracket {
	char open;
	struct scan_line where;
};

struct scanner {
	struct scan *scan;
	struct diags *diags;
	size_t dir_len;                       /* of the main file's directory */
	struct file_id chain[SCAN_DEPTH + 1]; /* files that are being read */
	unsigned depth;
	size_t errors;
	bool unfit; /* libconfig must not see it */
	bool stop;  /* what follows cannot be told apart any more */

	struct bracket brackets[SCAN_BRACKETS];
	unsigned nbrackets;
	enum expect expect;

	/* the last token was a string: its text, and the lines begun since */
	bool after_string;
	char last[SCANNER_QUOTED];
	struct scan_line *held;
	size_t nheld;
	size_t held_room;
};

/* The text of one file and the place in it. */
struct cursor {
	const char *file; /* its name */
	const char *at;
	const char *end;
	const char *line_start;
	unsigned line;
};

/* An error; one that is not fit makes the text unfit for libconfig. */
void scanner_error(struct scanner *scanner, const struct cursor *cursor,
    bool fit, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* len bytes as a message shows them. */
void scanner_quote(const char *raw, size_t len, char out[SCANNER_QUOTED]);

/* All tokens of one file (token.c). */
void scanner_read(struct scanner *scanner, struct cursor *cursor);
/* A text, a number at the cursor (value.c). */
void scanner_string(struct scanner *scanner, struct cursor *cursor);
void scanner_number(struct scanner *scanner, struct cursor *cursor);
/*
 * The closing quote of the text that begins at the cursor; NULL where its
 * line ends first, from where on nothing can be told apart.
 */
const char *scanner_string_end(
    struct scanner *scanner, const struct cursor *cursor);
/* @include: path as it stands (scan.c). */
void scanner_include(
    struct scanner *scanner, const struct cursor *cursor, const char *path);

/*
 * May the mark, name, text or number at the cursor stand there (grammar.c)?
 * False, said, stopped: no.  Of a value raw shows it in a message.
 */
bool grammar_mark(struct scanner *scanner, const struct cursor *cursor);
bool grammar_name(
    struct scanner *scanner, const struct cursor *cursor, size_t len);
bool grammar_value(struct scanner *scanner, const struct cursor *cursor,
    const char *raw, size_t len);
bool grammar_other(struct scanner *scanner, const struct cursor *cursor);
void grammar_end(struct scanner *scanner);
bool grammar_in_list(const struct scanner *scanner);

/* The joined text (joined.c): a line begins, a token is added. */
void joined_line(struct scanner *scanner, struct scan_line where);
void joined_string(struct scanner *scanner, const struct cursor *cursor,
    const char *raw, size_t len);
void joined_mark(struct scanner *scanner, char mark);
void joined_other(struct scanner *scanner, const char *raw, size_t len);
void joined_blank(struct scanner *scanner);
void joined_end(struct scanner *scanner);

/* The text of a file is terminated and has no NUL: a search ends in it. */
static inline bool
scanner_is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

#endif
