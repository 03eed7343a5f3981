/* SPDX-License-Identifier: ISC */
/* eml.c - which headers does a message have? */
#include "config.h"

#include "postern/eml.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum {
	FIELD_NAME = 1000 /* RFC 5322, section 2.1.1: a line has no more */
};

/* What is kept of a field is all that can count: evidence.h. */
struct field {
	char name[FIELD_NAME + 2]; /* and a blank, where one stands there */
	char value[EVIDENCE_VALUE + 2]; /* one more: it was longer */
	size_t len;                     /* of value */
};

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t';
}

/* RFC 5322, section 3.6.8. */
static bool
is_name(int c)
{
	return c > ' ' && c < 0x7f && c != ':';
}

/* Of "Name:" or, as old mail has it, "Name :"; 0: it is no field. */
static size_t
name_len(const char *text)
{
	size_t len = 0;

	while (is_name(text[len]))
		len++;

	return text[len + strspn(text + len, " \t")] == ':' ? len : 0;
}

bool
eml_is_field(const char *text)
{
	if (name_len(text) == 0 || name_len(text) > FIELD_NAME)
		return false;
	while ((text = strpbrk(text, "\r\n")) != NULL) {
		text += text[0] == '\r' && text[1] == '\n' ? 2 : 1;
		if (!is_blank(*text))
			return false;
	}

	return true;
}

void
eml_add_field(struct seen *seen, const char *text)
{
	size_t len = name_len(text);
	char name[FIELD_NAME + 2];

	if (text[len] != ':')
		len++; /* "Name :" is read otherwise */
	memcpy(name, text, len);
	name[len] = '\0';
	seen_add(seen, name, strchr(text, ':') + 1);
}

/*
 * Reads a name and returns what ends it: the colon, or what stands there
 * where there is no field.  A name that is too long is none of ours.
 */
static int
read_name(FILE *file, struct field *field)
{
	size_t len = 0;
	bool any = false;
	int c = getc(file);

	for (; is_name(c); c = getc(file)) {
		if (len < FIELD_NAME)
			field->name[len] = (char)c;
		len++;
		any = true;
	}
	if (len > FIELD_NAME)
		len = 0;
	else if (is_blank(c))
		field->name[len++] = ' '; /* "Name :" is read otherwise */
	field->name[len] = '\0';
	while (is_blank(c))
		c = getc(file);

	return any ? c : EOF;
}

static int
peek(FILE *file)
{
	return ungetc(getc(file), file); /* one is always possible */
}

/*
 * Keeps what unfold() would, and a byte behind its bound.  A NUL, of which
 * MTAs make different things, becomes what no value of ours may hold.
 */
static void
keep(struct field *field, int c)
{
	if (is_blank(c) && (field->len == 0 || field->len >= EVIDENCE_VALUE))
		return;
	if (field->len > EVIDENCE_VALUE)
		return;
	if (c == '\0' || field->len == EVIDENCE_VALUE)
		c = '\1';
	field->value[field->len++] = (char)c;
}

/* A CR that belongs to a line break, or looks like one to unfold(). */
static bool
is_break(int c, int next)
{
	return c == '\r' && (next == '\n' || next == EOF || is_blank(next));
}

/* Reads to the end of the field, its folds too. */
static void
read_value(FILE *file, struct field *field)
{
	int c;

	field->len = 0;
	while ((c = getc(file)) != EOF) {
		int next = peek(file);

		if (c == '\n' && !is_blank(next))
			break;
		if (c != '\n' && !is_break(c, next))
			keep(field, c);
	}
	field->value[field->len] = '\0';
}

/*
 * The first of a message.  A mailbox file begins it with "From SENDER DAY"
 * (RFC 4155), which nobody sent.
 */
static int
read_first_name(FILE *file, struct field *field)
{
	int c = read_name(file, field);

	if (c == ':' || c == EOF || strcmp(field->name, "From ") != 0)
		return c;
	while (c != '\n' && c != EOF)
		c = getc(file);

	return read_name(file, field);
}

/* Returns how many there are. */
static size_t
read_fields(struct seen *seen, FILE *file)
{
	struct field field;
	int c = read_first_name(file, &field);
	size_t count = 0;

	for (; c == ':'; count++) {
		read_value(file, &field);
		seen_add(seen, field.name, field.value);
		c = read_name(file, &field);
	}

	return count;
}

int
eml_read(struct seen *seen, const char *path, struct err *err)
{
	bool input = strcmp(path, "-") == 0;
	FILE *file = input ? stdin : fopen(path, "re");
	int status = EX_OK;
	bool bare; /* it has no header, and begins so */

	if (file == NULL) {
		(void)err_set(err, "%s: %s", path, strerror(errno));
		return EX_NOINPUT;
	}
	bare = peek(file) == '\n' || peek(file) == '\r';
	if (read_fields(seen, file) == 0 && !bare && !ferror(file)) {
		(void)err_set(err,
		    "%s: does not begin with a header field; name a message "
		    "as it was sent (.eml)",
		    path);
		status = EX_DATAERR;
	}
	if (ferror(file)) {
		(void)err_set(err, "%s: %s", path, strerror(errno));
		status = EX_NOINPUT;
	}
	if (!input)
		(void)fclose(file); /* only read from */

	return status;
}
