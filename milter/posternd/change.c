/* SPDX-License-Identifier: ISC */
/* change.c - how is a message held back, or marked? */
#include "config.h"

#include "posternd/change.h"

#include <assert.h>
#include <string.h>

#include "policy/evidence.h"

static bool
is_token(const char *text)
{
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' ||
		    strchr("()<>@,;:\\\"/[]?=", *text) != NULL)
			return false;

	return true;
}

/* As a parameter's value (RFC 2045, section 5.1): quoted unless a token. */
static void
add_value(struct buf *out, const char *text)
{
	if (is_token(text)) {
		buf_add_text(out, text);
		return;
	}
	buf_add_text(out, "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_add_text(out, "\\");
		buf_add(out, text, 1);
	}
	buf_add_text(out, "\"");
}

static void
describe(const struct decision *decision, const char *id, struct buf *out)
{
	buf_add_text(out, "bypass; policy=");
	add_value(out, decision->policy == NULL ? "" : decision->policy->name);
	buf_addf(out, "; reason=%s; ref=%s", reason_text(decision->reason), id);
}

bool
change_hold(SMFICTX *ctx, const struct decision *decision, const char *id)
{
	struct buf why;
	bool done;

	buf_init(&why);
	describe(decision, id, &why);
	done = smfi_quarantine(ctx, why.data) == MI_SUCCESS;
	buf_done(&why);

	return done;
}

/* The last one first: each that goes moves those behind it (measured). */
static bool
remove_others(SMFICTX *ctx, size_t others)
{
	char name[] = HEADER_MARK;

	assert(others <= CHANGE_MARKS);
	for (int i = (int)others; i > 0; i--)
		if (smfi_chgheader(ctx, name, i, NULL) != MI_SUCCESS)
			return false;

	return true;
}

bool
change_mark(SMFICTX *ctx, const struct decision *decision, const char *id,
    size_t others)
{
	char name[] = HEADER_MARK;
	struct buf value;
	bool done;

	buf_init(&value);
	describe(decision, id, &value);
	done = remove_others(ctx, others) &&
	    smfi_addheader(ctx, name, value.data) == MI_SUCCESS;
	buf_done(&value);

	return done;
}
