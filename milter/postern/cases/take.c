/* SPDX-License-Identifier: ISC */
/* take.c - which word does a line of a case file begin with? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "postern/cases/cases.h"
#include "postern/say.h"

void
case_wrong(const struct case_reader *reader, const char *word, const char *what)
{
	diags_error(
	    reader->diags, reader->file, reader->line, "%s: %s", word, what);
}

/* Standard input, if anything, is a file of cases. */
static bool
check_message(const struct case_reader *reader, const char *value)
{
	if (strcmp(value, "-") != 0)
		return true;
	case_wrong(reader, "eml", "name a file, beside the file of cases");

	return false;
}

static void
take_client(
    struct case_reader *reader, enum client_word word, const char *value)
{
	const char *text = client_word_text(word);
	bool *told = &reader->item->told[word];
	struct err err;

	if (*told && !client_word_repeats(word)) {
		case_wrong(
		    reader, text, "given twice in one case; leave one out");
		return;
	}
	*told = true;
	if (word == CLIENT_EML) {
		if (!check_message(reader, value))
			return;
		value = case_beside(reader, value);
	}
	if (!client_tell(&reader->item->client, word, value, &err))
		case_wrong(reader, text, err.text);
}

static void
wrong_word(const struct case_reader *reader, const char *word)
{
	size_t count;
	const struct case_word *words = case_words(&count);
	const char **texts = mem_new(count + CLIENT_WORDS, sizeof(*texts));
	struct buf message;

	for (size_t i = 0; i < count; i++)
		texts[i] = words[i].text;
	for (enum client_word i = 0; i < CLIENT_WORDS; i++)
		texts[count + i] = client_word_text(i);
	buf_init(&message);
	add_unknown(&message, word, texts, count + CLIENT_WORDS);
	diags_error(reader->diags, reader->file, reader->line,
	    "no such word: %s", buf_text(&message));
	buf_done(&message);
	free(texts);
}

/* A value stands behind a word that wants one, and behind no other. */
static bool
check_value(const struct case_reader *reader, const char *word,
    const char *value, bool wanted)
{
	if (wanted == (*value != '\0'))
		return true;
	case_wrong(reader, word,
	    wanted ? "a value is missing behind it" : "takes no value");

	return false;
}

static bool
check_inside(const struct case_reader *reader, const char *word)
{
	if (reader->item != NULL)
		return true;
	case_wrong(reader, word,
	    "stands before the first case; begin one with: case NAME");

	return false;
}

static bool
take_own(struct case_reader *reader, const char *word, char *value)
{
	size_t count;
	const struct case_word *words = case_words(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i].text, word) != 0)
			continue;
		if ((words[i].outside || check_inside(reader, word)) &&
		    (words[i].bare || check_value(reader, word, value, true)))
			words[i].take(reader, value);
		return true;
	}

	return false;
}

void
case_take(struct case_reader *reader, const char *word, char *value)
{
	if (take_own(reader, word, value))
		return;
	for (enum client_word i = 0; i < CLIENT_WORDS; i++) {
		if (strcmp(client_word_text(i), word) != 0)
			continue;
		if (check_inside(reader, word) &&
		    check_value(reader, word, value, client_word_has_value(i)))
			take_client(reader, i, value);
		return;
	}
	wrong_word(reader, word);
}
