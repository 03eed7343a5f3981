/* SPDX-License-Identifier: ISC */
/* scan.c - is this text what it looks like, before libconfig reads it? */
#include "config.h"

#include "conf/scan.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "conf/scanner.h"

enum {
	MESSAGE = 1024
};

void
scanner_error(struct scanner *scanner, const struct cursor *cursor, bool fit,
    const char *format, ...)
{
	char message[MESSAGE];
	va_list args;

	if (!fit)
		scanner->unfit = true;
	if (scanner->errors++ == SCAN_ERRORS) {
		diags_error(scanner->diags, scanner->scan->files[0], 0,
		    "more than %d errors; the rest is not shown", SCAN_ERRORS);
		scanner->unfit = true;
		scanner->stop = true;
	}
	if (scanner->errors > SCAN_ERRORS)
		return;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	diags_error(scanner->diags, cursor->file, cursor->line, "%s", message);
}

void
scanner_quote(const char *raw, size_t len, char out[SCANNER_QUOTED])
{
	char *text = mem_text_len(raw, len);
	struct buf buf;

	buf_init(&buf);
	buf_add_quoted(&buf, text, SCANNER_SHOWN);
	memcpy(out, buf_text(&buf), buf.len + 1);
	buf_done(&buf);
	free(text);
}

static bool
is_control(uint32_t code)
{
	return (code < 0x20 && code != '\t' && code != '\n') || code == 0x7f;
}

/* What is wrong with the character at the cursor?  Returns its length. */
static size_t
check_character(struct scanner *scanner, const struct cursor *cursor)
{
	const unsigned char *at = (const unsigned char *)cursor->at;
	size_t left = (size_t)(cursor->end - cursor->at);
	uint32_t code = 0;
	size_t len = utf8_decode(at, left, &code);

	if (len == 0)
		scanner_error(scanner, cursor, false,
		    "byte \\x%02x is not UTF-8; save the file as UTF-8", *at);
	else if (code == '\r' && left > 1 && at[1] == '\n')
		return 1;
	else if (code == 0)
		scanner_error(scanner, cursor, false, "NUL byte; remove it");
	else if (is_control(code))
		scanner_error(scanner, cursor, false,
		    "control character \\x%02x; remove it", (unsigned)code);

	return len == 0 ? 1 : len;
}

/* Is it text at all?  cursor: a copy. */
static bool
check_bytes(struct scanner *scanner, struct cursor cursor)
{
	size_t errors = scanner->errors;

	while (cursor.at < cursor.end && !scanner->stop) {
		if (*cursor.at == '\n')
			cursor.line++;
		cursor.at += check_character(scanner, &cursor);
	}

	return scanner->errors == errors;
}

static void
read_bytes(struct scanner *scanner, const char *file, const struct buf *bytes)
{
	static const char mark[] = "\xef\xbb\xbf";
	struct cursor cursor = { file, buf_text(bytes),
		buf_text(bytes) + bytes->len, buf_text(bytes), 1 };

	if (strncmp(cursor.at, mark, strlen(mark)) == 0) {
		scanner_error(scanner, &cursor, true,
		    "byte order mark (BOM) before the text; save the file as "
		    "UTF-8 without it");
		cursor.at += strlen(mark);
		cursor.line_start = cursor.at;
	}
	if (check_bytes(scanner, cursor))
		scanner_read(scanner, &cursor);
}

static const char *
add_file(struct scan *scan, const char *path)
{
	scan->files = mem_grow(
	    scan->files, scan->nfiles, &scan->files_room, sizeof(*scan->files));
	scan->files[scan->nfiles] = mem_text(path);

	return scan->files[scan->nfiles++];
}

static bool
is_open(const struct scanner *scanner, const struct file_id *id)
{
	for (unsigned i = 0; i < scanner->depth; i++)
		if (scanner->chain[i].device == id->device &&
		    scanner->chain[i].inode == id->inode)
			return true;

	return false;
}

/* Reads a file and goes through it, unless there is an err. */
static bool
take_file(struct scanner *scanner, const char *path, struct err *err)
{
	struct scan *scan = scanner->scan;
	struct file_id id;
	struct buf bytes;
	const char *file;

	buf_init(&bytes);
	if (!file_read(path, SCAN_BYTES - scan->bytes.len, &bytes, &id, err))
		return false;
	if (is_open(scanner, &id)) {
		buf_done(&bytes);
		return err_set(err, "includes itself; remove the @include");
	}
	file = add_file(scan, path);
	buf_add(&scan->bytes, buf_text(&bytes), bytes.len);
	joined_line(scanner, (struct scan_line){ file, 1 });

	scanner->chain[scanner->depth++] = id;
	read_bytes(scanner, file, &bytes);
	scanner->depth--;
	buf_done(&bytes);

	return true;
}

void
scanner_include(
    struct scanner *scanner, const struct cursor *cursor, const char *path)
{
	struct buf full;
	struct err err;

	if (scanner->depth > SCAN_DEPTH) {
		scanner_error(scanner, cursor, false,
		    "@include: more than %d files deep; include fewer",
		    SCAN_DEPTH);
		return;
	}
	buf_init(&full);
	if (path[0] != '/')
		buf_add(&full, scanner->scan->files[0], scanner->dir_len);
	buf_add_text(&full, path);

	if (!take_file(scanner, buf_text(&full), &err)) {
		struct buf quoted;

		buf_init(&quoted);
		buf_add_quoted(&quoted, buf_text(&full), SCANNER_SHOWN * 4);
		scanner_error(scanner, cursor, false, "@include: %s %s",
		    buf_text(&quoted), err.text);
		buf_done(&quoted);
	}
	buf_done(&full);
	/* the rest of the line with the @include */
	joined_line(scanner, (struct scan_line){ cursor->file, cursor->line });
}

bool
scan_file(const char *path, struct scan *scan, struct diags *diags)
{
	struct scanner scanner = { .scan = scan, .diags = diags };
	const char *slash = strrchr(path, '/');
	struct err err;

	*scan = (struct scan){ .count = 0 };
	buf_init(&scan->text);
	buf_init(&scan->bytes);
	scanner.dir_len = slash == NULL ? 0 : (size_t)(slash - path) + 1;

	if (!take_file(&scanner, path, &err)) {
		diags_error(diags, path, 0, "%s", err.text);
		(void)add_file(scan, path);
		return false;
	}
	joined_end(&scanner);
	grammar_end(&scanner);
	free(scanner.held);

	return !scanner.unfit;
}

void
scan_done(struct scan *scan)
{
	for (size_t i = 0; i < scan->nfiles; i++)
		free(scan->files[i]);
	free(scan->files);
	free(scan->lines);
	buf_done(&scan->text);
	buf_done(&scan->bytes);
	*scan = (struct scan){ .count = 0 };
}

struct scan_line
scan_where(const struct scan *scan, unsigned line)
{
	if (line == 0 || scan->count == 0)
		return (struct scan_line){ scan->files[0], 0 };

	return scan->lines[line <= scan->count ? line - 1 : scan->count - 1];
}
