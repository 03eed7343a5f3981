/* SPDX-License-Identifier: ISC */
/* patterns.c - is this name or mail address one of those listed? */
#include "config.h"

#include "policy/patterns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "policy/domains.h"
#include "policy/recipient.h"

enum {
	MAIL_TEXT = RECIPIENT_LOCAL + DOMAIN_TEXT /* "local@domain" */
};

static const char null_sender[] = "<>";

void
patterns_done(struct patterns *patterns)
{
	for (size_t i = 0; i < patterns->count; i++)
		free(patterns->items[i]);
	free(patterns->items);
	*patterns = (struct patterns){ NULL, 0 };
}

void
patterns_add_text(struct patterns *patterns, const char *text)
{
	patterns->items = mem_resize(
	    patterns->items, patterns->count + 1, sizeof(patterns->items[0]));
	patterns->items[patterns->count++] = mem_text(text);
}

bool
patterns_add_name(
    struct patterns *patterns, const char *pattern, struct err *err)
{
	char name[DOMAIN_TEXT + 1];
	size_t dot = pattern[0] == '.' ? 1 : 0;

	name[0] = '.';
	if (!domain_normal(pattern + dot, name + dot, err))
		return false;
	patterns_add_text(patterns, name);

	return true;
}

/* "local@domain", as both sides are compared; false if it is no address. */
static bool
mail_normal(const struct recipient *mail, char out[MAIL_TEXT])
{
	if (mail->everywhere || mail->local[0] == '\0')
		return false;
	(void)snprintf(out, MAIL_TEXT, "%s@%s", mail->local, mail->domains[0]);

	return true;
}

bool
patterns_add_mail(
    struct patterns *patterns, const char *pattern, struct err *err)
{
	struct recipient parsed;
	char mail[MAIL_TEXT];

	if (strcmp(pattern, null_sender) == 0) {
		patterns_add_text(patterns, null_sender);
		return true;
	}
	if (strchr(pattern, '@') == NULL)
		return patterns_add_name(patterns, pattern, err);
	recipient_parse(pattern, &parsed);
	if (!mail_normal(&parsed, mail))
		return err_set(err, "no mail address");
	patterns_add_text(patterns, mail);

	return true;
}

bool
patterns_have_text(const struct patterns *patterns, const char *text)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (str_equal_nocase(patterns->items[i], text))
			return true;

	return false;
}

/* name is normal. */
static bool
have_normal_name(const struct patterns *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->count; i++) {
		const char *item = patterns->items[i];

		if (strcmp(item, name) == 0)
			return true;
		if (item[0] == '.' && str_ends_with(name, item))
			return true;
	}

	return false;
}

bool
patterns_have_name(const struct patterns *patterns, const char *name)
{
	char normal[DOMAIN_TEXT];

	return domain_normal(name, normal, NULL) &&
	    have_normal_name(patterns, normal);
}

/* Whole, with what its local part hides. */
static bool
have_address(const struct patterns *patterns, const struct recipient *recipient)
{
	char mail[MAIL_TEXT];

	if (!mail_normal(recipient, mail))
		return false;
	for (size_t i = 0; i < patterns->count; i++)
		if (strcmp(patterns->items[i], mail) == 0)
			return true;

	return false;
}

bool
patterns_have_recipient(const struct patterns *patterns,
    const struct recipient *recipient, size_t domain)
{
	if (recipient->everywhere || domain >= recipient->count)
		return false;

	return have_normal_name(patterns, recipient->domains[domain]) ||
	    have_address(patterns, recipient);
}

bool
patterns_have_mail(const struct patterns *patterns, const char *address)
{
	struct recipient parsed;

	if (*address == '\0')
		return patterns_have_text(patterns, null_sender);
	recipient_parse(address, &parsed);

	return patterns_have_recipient(patterns, &parsed, 0);
}
