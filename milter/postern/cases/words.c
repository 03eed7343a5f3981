/* SPDX-License-Identifier: ISC */
/* words.c - what does a line of a case say? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "postern/cases/cases.h"
#include "postern/explain.h"
#include "postern/say.h"

/* What stands behind a word is one of these, or it is said. */
static void
check_one_of(const struct case_reader *reader, const char *word,
    const char *text, const char *const *texts, size_t count)
{
	struct buf message;

	for (size_t i = 0; i < count; i++)
		if (strcmp(texts[i], text) == 0)
			return;
	buf_init(&message);
	buf_add_quoted(&message, text, SAY_SHOWN);
	buf_add_text(&message, " is not known here; write one of ");
	for (size_t i = 0; i < count; i++)
		buf_addf(&message, "%s%s", i == 0 ? "" : ", ", texts[i]);
	case_wrong(reader, word, buf_text(&message));
	buf_done(&message);
}

static void
add_wanted(const struct case_reader *reader, enum wanted_kind kind,
    const char *first, const char *second)
{
	struct test_case *item = reader->item;

	item->wanted =
	    mem_resize(item->wanted, item->count + 1, sizeof(item->wanted[0]));
	item->wanted[item->count++] =
	    (struct wanted){ kind, reader->line, first, second, NULL };
}

static const struct wanted *
find_wanted(const struct test_case *item, enum wanted_kind kind)
{
	for (size_t i = 0; i < item->count; i++)
		if (item->wanted[i].kind == kind)
			return &item->wanted[i];

	return NULL;
}

/* False, said, where the case has one already. */
static bool
is_first(
    const struct case_reader *reader, const char *word, enum wanted_kind kind)
{
	if (find_wanted(reader->item, kind) == NULL)
		return true;
	case_wrong(reader, word, "given twice in one case; leave one out");

	return false;
}

const char *
case_beside(const struct case_reader *reader, const char *path)
{
	const char *slash = strrchr(reader->file, '/');
	struct buf beside;

	buf_init(&beside);
	if (path[0] != '/' && slash != NULL)
		buf_add(
		    &beside, reader->file, (size_t)(slash - reader->file) + 1);
	buf_add_text(&beside, path);

	return cases_keep(reader->cases, beside.data);
}

static void
take_config(struct case_reader *reader, char *value)
{
	reader->conf = case_beside(reader, value);
}

static void
take_case(struct case_reader *reader, char *value)
{
	struct cases *cases = reader->cases;
	struct test_case *item;

	case_end(reader);
	cases->items =
	    mem_grow(cases->items, cases->count, &cases->room, sizeof(*item));
	item = &cases->items[cases->count++];
	memset(item, 0, sizeof(*item));
	item->file = reader->file;
	item->line = reader->line;
	item->name = value;
	item->conf = reader->conf;
	texts_init(&item->rcpts);
	/* `at` is told later, or the day of the run is */
	client_init(&item->client, 0);
	reader->item = item;
	if (*value == '\0')
		case_wrong(reader, "case", "give it a name: case NAME");
}

static void
take_rcpt(struct case_reader *reader, char *value)
{
	if (reader->item->rcpts.count > 0)
		case_wrong(
		    reader, "rcpt", "given twice; write a case for each");
	else
		texts_add(&reader->item->rcpts, value);
}

/* Cuts off the last word; NULL where there is only one. */
static char *
cut_last(char *value)
{
	char *at = value + strlen(value);

	while (at > value && at[-1] != ' ' && at[-1] != '\t')
		at--;
	if (at == value)
		return NULL;
	at[-1] = '\0';
	for (char *end = at - 1; end > value && strchr(" \t", end[-1]); end--)
		end[-1] = '\0';

	return at;
}

static void
take_want(struct case_reader *reader, char *value)
{
	static const char *const verdicts[] = { "accept", "defer", "reject" };
	static const char *const reasons[] = {
#define REASON(symbol, text) text,
#include "policy/reasons.def"
#undef REASON
		"trusted", "authenticated", "originating", "always"
	};
	const char *reason = cut_last(value);

	if (!is_first(reader, "want", WANTED_VERDICT))
		return;
	check_one_of(reader, "want", value, verdicts, NITEMS(verdicts));
	if (reason != NULL)
		check_one_of(reader, "want", reason, reasons, NITEMS(reasons));
	add_wanted(reader, WANTED_VERDICT, value, reason);
}

static void
take_policy(struct case_reader *reader, char *value)
{
	if (is_first(reader, "policy", WANTED_POLICY))
		add_wanted(reader, WANTED_POLICY, value, NULL);
}

static void
take_mode(struct case_reader *reader, char *value)
{
	static const char *const modes[] = { "enforce", "monitor" };

	if (!is_first(reader, "mode", WANTED_MODE))
		return;
	check_one_of(reader, "mode", value, modes, NITEMS(modes));
	add_wanted(reader, WANTED_MODE, value, NULL);
}

static void
take_action(struct case_reader *reader, char *value)
{
	static const char *const actions[] = { "reject", "defer", "quarantine",
		"mark", "-" };

	if (!is_first(reader, "action", WANTED_ACTION))
		return;
	check_one_of(reader, "action", value, actions, NITEMS(actions));
	add_wanted(reader, WANTED_ACTION, value, NULL);
}

static void
take_entry(struct case_reader *reader, char *value)
{
	static const char *const matches[] = { "yes", "no", "absent",
		"unknown" };
	const char *match = cut_last(value);

	if (match == NULL) {
		case_wrong(reader, "entry",
		    "write its name and what it says: entry NAME MATCH");
		return;
	}
	check_one_of(reader, "entry", match, matches, NITEMS(matches));
	add_wanted(reader, WANTED_ENTRY, value, match);
}

static const struct case_word own_words[] = {
	/* word, what takes it, before the first case, without a value */
	{ "config", take_config, true, false },
	{ "case", take_case, true, true },
	{ "rcpt", take_rcpt, false, false },
	{ "want", take_want, false, false },
	{ "policy", take_policy, false, false },
	{ "mode", take_mode, false, false },
	{ "action", take_action, false, false },
	{ "entry", take_entry, false, false },
};

const struct case_word *
case_words(size_t *count)
{
	*count = NITEMS(own_words);

	return own_words;
}

void
case_end(struct case_reader *reader)
{
	struct test_case *item = reader->item;
	unsigned line = reader->line;

	if (item == NULL)
		return;
	reader->line = item->line;
	if (!item->told[CLIENT_ADDRESS])
		case_wrong(reader, "case", "add its client: client ADDRESS");
	if (find_wanted(item, WANTED_VERDICT) == NULL)
		case_wrong(
		    reader, "case", "add what must come of it: want VERDICT");
	if (item->rcpts.count == 0 && find_wanted(item, WANTED_POLICY) == NULL)
		case_wrong(reader, "case",
		    "add its recipient, rcpt ADDRESS, or which policy is "
		    "asked: policy NAME");
	reader->line = line;
	reader->item = NULL;
}
