/* SPDX-License-Identifier: ISC */
/* words.c - what does this list hold: texts, networks, names of sources? */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "conf/read.h"
#include "net/network.h"

enum {
	NUMBER = 12 /* "-2147483648" */
};

void
words_add(struct words *words, struct word word)
{
	/* the count alone tells the room: lists are short or read once */
	size_t room = words->count;

	if ((room & (room - 1)) == 0)
		words->items = mem_resize(words->items,
		    room == 0 ? 1 : room * 2, sizeof(*words->items));
	words->items[words->count++] = word;
}

void
word_done(struct word *word)
{
	free(word->text);
	*word = (struct word){ NULL, NULL, 0 };
}

void
words_done(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i].text);
	free(words->items);
	*words = (struct words){ NULL, 0, false };
}

void
read_text(const config_setting_t *setting, char **text)
{
	free(*text);
	*text = mem_text(config_setting_get_string(setting));
}

/* A number becomes its digits. */
static char *
value_text(const config_setting_t *setting)
{
	const char *text = config_setting_get_string(setting);
	char digits[NUMBER];

	if (text != NULL)
		return mem_text(text);
	(void)snprintf(
	    digits, sizeof(digits), "%d", config_setting_get_int(setting));

	return mem_text(digits);
}

struct word
read_word(const struct reader *reader, const config_setting_t *setting)
{
	struct scan_line where = read_where(reader, setting);

	return (struct word){ value_text(setting), where.file, where.line };
}

static bool
is_list(const config_setting_t *setting)
{
	return config_setting_is_list(setting) ||
	    config_setting_is_array(setting);
}

/* The i-th value of a setting that is one or a list of them. */
const config_setting_t *
read_item(const config_setting_t *setting, size_t i)
{
	return is_list(setting) ? config_setting_get_elem(setting, (unsigned)i)
				: setting;
}

void
read_words(
    struct reader *reader, const config_setting_t *setting, struct words *words)
{
	size_t count =
	    is_list(setting) ? (size_t)config_setting_length(setting) : 1;

	words_done(words);
	words->given = true;
	for (size_t i = 0; i < count; i++)
		words_add(words, read_word(reader, read_item(setting, i)));
}

bool
read_check_filled(struct reader *reader, const config_setting_t *setting,
    const struct words *words)
{
	char shown[QUOTED];

	if (words->count == 0) {
		read_error(reader, setting, "is empty; fill it or remove it");
		return false;
	}
	for (size_t i = 0; i < words->count; i++)
		if (words->items[i].text[0] == '\0')
			read_error(reader, read_item(setting, i),
			    "%s in it; remove it", quoted("", shown));

	return true;
}

static void
check_network(
    struct reader *reader, const config_setting_t *setting, const char *text)
{
	char shown[QUOTED];
	struct range range;
	struct err err;

	if (str_ends_with(text, ".netset"))
		return;
	if (!range_parse(text, &range, &err))
		read_error(reader, setting, "%s%s%s",
		    err.text[0] == '"' ? "" : quoted(text, shown),
		    err.text[0] == '"' ? "" : ": ", err.text);
	else if (range_is_default(&range))
		read_warning(reader, setting,
		    "%s is every address of its family; taken as it is",
		    quoted(text, shown));
}

void
read_networks(
    struct reader *reader, const config_setting_t *setting, struct words *words)
{
	read_words(reader, setting, words);
	for (size_t i = 0; i < words->count; i++)
		check_network(
		    reader, read_item(setting, i), words->items[i].text);
}

/* It becomes the name of a file: no slash, nothing hidden. */
bool
conf_is_source_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_";
	size_t len = strlen(name);

	return len > 0 && len <= NAME_MAX_LENGTH &&
	    strchr("-_", name[0]) == NULL && strspn(name, allowed) == len;
}

bool
read_check_source_name(
    struct reader *reader, const config_setting_t *at, const char *name)
{
	char shown[QUOTED];

	if (conf_is_source_name(name))
		return true;
	read_error(reader, at,
	    "%s is no name of a source; write 1 to %d letters, digits, "
	    "\"-\" or \"_\", a letter or digit first",
	    quoted(name, shown), NAME_MAX_LENGTH);

	return false;
}

void
read_sources(
    struct reader *reader, const config_setting_t *setting, struct words *words)
{
	char shown[QUOTED];

	read_words(reader, setting, words);
	if (!read_check_filled(reader, setting, words))
		return;
	for (size_t i = 0; i < words->count; i++) {
		const config_setting_t *item = read_item(setting, i);
		const char *name = words->items[i].text;
		size_t first = 0;

		if (name[0] == '\0' ||
		    !read_check_source_name(reader, item, name))
			continue;
		while (strcmp(words->items[first].text, name) != 0)
			first++;
		if (first < i)
			read_warning(reader, item,
			    "%s stands there twice; taken once",
			    quoted(name, shown));
	}
}
