/* SPDX-License-Identifier: ISC */
/* choice.c - which of "a|b|c" is it? */
#include "config.h"

#include "conf/choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum {
	CHOICES = 32 /* the longest list of keywords.def has fewer */
};

/* A list taken apart: words point into text. */
struct choices {
	char *text;
	const char *words[CHOICES];
	unsigned count;
};

static struct choices
take_apart(const char *list)
{
	struct choices choices = { mem_text(list), { NULL }, 0 };
	char *at = choices.text;

	while (*at != '\0' && choices.count < CHOICES) {
		size_t len = strcspn(at, "|");
		bool more = at[len] == '|';

		choices.words[choices.count++] = at;
		at[len] = '\0';
		at += more ? len + 1 : len;
	}

	return choices;
}

bool
choice_find(const char *list, const char *text, unsigned *place)
{
	struct choices choices = take_apart(list);
	unsigned i = 0;

	while (i < choices.count && strcmp(choices.words[i], text) != 0)
		i++;
	if (i < choices.count)
		*place = i;
	free(choices.text);

	return i < choices.count;
}

void
choice_add(const char *list, unsigned place, struct buf *out)
{
	struct choices choices = take_apart(list);

	buf_add_text(out, choices.words[place]);
	free(choices.text);
}

void
choice_list(const char *list, struct buf *out)
{
	struct choices choices = take_apart(list);

	for (unsigned i = 0; i < choices.count; i++)
		buf_addf(out, "%s\"%s\"",
		    i == 0                       ? ""
			: i + 1 == choices.count ? " or "
						 : ", ",
		    choices.words[i]);
	free(choices.text);
}

bool
choice_nearest(const char *list, const char *text, struct buf *out)
{
	struct choices choices = take_apart(list);
	const char *nearest = str_nearest(text, choices.words, choices.count);

	if (nearest != NULL)
		buf_addf(out, "\"%s\"", nearest);
	free(choices.text);

	return nearest != NULL;
}
