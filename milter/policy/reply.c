/* SPDX-License-Identifier: ISC */
/* reply.c - what is the sender told? */
#include "config.h"

#include "policy/reply.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"

/* Where a variable's value stands in struct reply_values. */
static const struct {
	const char *name;
	size_t offset;
} variables[] = {
	{ "%{id}", offsetof(struct reply_values, id) },
	{ "%{client}", offsetof(struct reply_values, client) },
	{ "%{rcpt}", offsetof(struct reply_values, rcpt) },
	{ "%{domain}", offsetof(struct reply_values, domain) },
	{ "%{policy}", offsetof(struct reply_values, policy) },
};

enum {
	UNKNOWN = NITEMS(variables)
};

/* The variable at text, or UNKNOWN. */
static size_t
variable_at(const char *text)
{
	if (*text != '%')
		return UNKNOWN;
	for (size_t i = 0; i < NITEMS(variables); i++)
		if (strncmp(text, variables[i].name,
			strlen(variables[i].name)) == 0)
			return i;

	return UNKNOWN;
}

static bool
is_printable(char c)
{
	return c >= 0x20 && c < 0x7f;
}

/* RFC 5321 4.2: 4 or 5, then 0 to 5, then a digit; 421 hangs up. */
bool
reply_check_code(unsigned code, unsigned class, struct err *err)
{
	if (code / 100 != class || code / 10 % 10 > 5)
		return err_set(err,
		    "%u does not go with the action; write %u50", code, class);
	if (code == 421)
		return err_set(err, "421 ends the session; write 451");

	return true;
}

/* RFC 3463 2: class.subject.detail, one to three digits each. */
bool
reply_check_status(const char *status, unsigned class, struct err *err)
{
	const char *at = status;

	for (int part = 0; part < 3; part++) {
		size_t digits = strspn(at, "0123456789");

		if (digits < 1 || digits > 3 || (digits > 1 && *at == '0') ||
		    (part == 0 &&
			(digits > 1 || (unsigned)(*at - '0') != class)))
			break;
		at += digits;
		if (part < 2 && *at++ != '.')
			break;
		if (part == 2 && *at == '\0')
			return true;
	}

	return err_set(err,
	    "is not of the form %u.SUBJECT.DETAIL; write \"%u.7.1\"", class,
	    class);
}

bool
reply_check_text(const char *text, struct err *err)
{
	size_t longest = 0;

	if (*text == '\0')
		return err_set(err, "is empty");
	while (*text != '\0') {
		size_t variable = variable_at(text);

		if (variable != UNKNOWN) {
			text += strlen(variables[variable].name);
			longest += REPLY_VALUE;
			continue;
		}
		if (text[0] == '%' && text[1] == '{')
			return err_set(err,
			    "has an unknown variable; there are %%{id}, "
			    "%%{client}, %%{rcpt}, %%{domain} and %%{policy}");
		if (!is_printable(*text))
			return err_set(err,
			    "holds a character that is not printable "
			    "ASCII");
		text++;
		longest++;
	}
	if (longest >= REPLY_TEXT)
		return err_set(err,
		    "may grow to %zu characters (a variable counts %d); "
		    "%d at most",
		    longest, REPLY_VALUE, REPLY_TEXT - 1);

	return true;
}

/* Both write to out + len and return the new len, REPLY_TEXT - 1 at most:
 * reply_check_text() has seen to it that this cuts nothing. */
static size_t
add(char out[REPLY_TEXT], size_t len, const char *text, size_t count)
{
	size_t room = REPLY_TEXT - 1 - len;

	if (count > room)
		count = room;
	memcpy(out + len, text, count);

	return len + count;
}

/* What a value brings in: printable ASCII, the rest as "?", cut. */
static size_t
add_value(char out[REPLY_TEXT], size_t len, const char *value)
{
	size_t end;

	if (value == NULL || *value == '\0')
		value = "unknown";
	end = add(out, len, value, strnlen(value, REPLY_VALUE));
	for (; len < end; len++)
		if (!is_printable(out[len]))
			out[len] = '?';

	return end;
}

void
reply_text(const struct reply_form *form, const struct reply_values *values,
    char out[REPLY_TEXT])
{
	const char *text = form->text;
	size_t len = 0;

	while (*text != '\0') {
		size_t variable = variable_at(text);
		const char *value;

		if (variable == UNKNOWN) {
			size_t plain = 1 + strcspn(text + 1, "%");

			len = add(out, len, text, plain);
			text += plain;
			continue;
		}
		memcpy(&value,
		    (const char *)values + variables[variable].offset,
		    sizeof(value));
		len = add_value(out, len, value);
		text += strlen(variables[variable].name);
	}
	out[len] = '\0';
}
