/* SPDX-License-Identifier: ISC */
/* unfold.c - what is the value of a header field, and which field is it? */
#include "config.h"

#include "policy/unfold.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Of a line break: a blank or nothing follows, and LF its own CR. */
static bool
is_fold(const char *at)
{
	if (at[0] == '\r' && at[1] == '\n')
		return true;

	return (at[0] == '\r' || at[0] == '\n') &&
	    (is_blank(at[1]) || at[1] == '\0');
}

void
unfold(const char *raw, struct value *value)
{
	size_t len = 0;
	size_t end = 0; /* behind the last that is no blank */

	value->cut = false;
	for (; *raw != '\0'; raw++) {
		if (is_fold(raw) || (len == 0 && is_blank(*raw)))
			continue;
		if (len == EVIDENCE_VALUE) {
			/* blanks at the end are none of it */
			value->cut = value->cut || !is_blank(*raw);
			continue;
		}
		value->text[len++] = *raw;
		if (!is_blank(*raw))
			end = len;
	}
	value->text[value->cut ? len : end] = '\0';
}

bool
name_is(const char *name, const char *wanted)
{
	size_t len = strlen(wanted);

	for (size_t i = 0; i < len; i++)
		if (str_lower(name[i]) != str_lower(wanted[i]))
			return false;

	return name[len + strspn(name + len, " \t")] == '\0';
}

bool
name_is_odd(const char *name)
{
	return name[strcspn(name, " \t")] != '\0';
}
