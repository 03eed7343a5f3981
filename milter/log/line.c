/* SPDX-License-Identifier: ISC */
/* line.c - what does a line of the log say of itself? */
#include "config.h"

#include "log/line.h"

#include <stdio.h>
#include <string.h>

#include "base/timetext.h"

static const char begin[] = "{\"@timestamp\":\"";
static const char event[] = "\"event\":{";

bool
log_line_begins(const char *line, size_t len)
{
	size_t most = sizeof(begin) - 1;

	return memcmp(line, begin, len < most ? len : most) == 0;
}

/*
 * What follows key in the event object; *left bytes until its brace.  The
 * first brace ends it: there is none in its texts, and no object in it.
 */
static const char *
event_find(const char *line, size_t len, const char *key, size_t *left)
{
	const char *end = line + len;
	const char *at, *stop;

	if (len < sizeof(begin) || !log_line_begins(line, len))
		return NULL;

	at = memmem(line, len, event, sizeof(event) - 1);
	if (at == NULL)
		return NULL;
	at += sizeof(event) - 1;
	stop = memchr(at, '}', (size_t)(end - at));
	if (stop == NULL)
		return NULL;
	at = memmem(at, (size_t)(stop - at), key, strlen(key));
	if (at == NULL)
		return NULL;

	at += strlen(key);
	*left = (size_t)(stop - at);
	return at;
}

bool
log_line_id(const char *line, size_t len, char id[ULID_TEXT])
{
	size_t left;
	const char *at = event_find(line, len, "\"id\":\"", &left);
	char found[ULID_TEXT];

	if (at == NULL || left < ULID_TEXT || at[ULID_TEXT - 1] != '"')
		return false;
	memcpy(found, at, ULID_TEXT - 1);
	found[ULID_TEXT - 1] = '\0';
	if (!ulid_is(found))
		return false;

	memcpy(id, found, ULID_TEXT);
	return true;
}

bool
log_line_is(const char *line, size_t len, const char *action)
{
	size_t most = strlen(action);
	size_t left;
	const char *at = event_find(line, len, "\"action\":\"", &left);

	return at != NULL && left > most && memcmp(at, action, most) == 0 &&
	    at[most] == '"';
}

/* What stands from at to the next quote, before end. */
static bool
take_text(const char *at, const char *end, const char **text, size_t *text_len)
{
	const char *quote = memchr(at, '"', (size_t)(end - at));

	if (quote == NULL)
		return false;
	*text = at;
	*text_len = (size_t)(quote - at);

	return true;
}

bool
log_line_text(const char *line, size_t len, const char *member,
    const char **text, size_t *text_len)
{
	char key[32]; /* of the longest member and what stands around it */
	size_t left;
	const char *at;

	(void)snprintf(key, sizeof(key), "\"%s\":\"", member);
	at = event_find(line, len, key, &left);

	return at != NULL && take_text(at, at + left, text, text_len);
}

bool
log_line_address(
    const char *line, size_t len, const char **text, size_t *text_len)
{
	/* Where there is one it follows the event object at once. */
	static const char key[] = "},\"source\":{\"ip\":\"";
	size_t left;
	const char *at = event_find(line, len, "", &left);

	if (at == NULL)
		return false;
	at += left;
	left = (size_t)(line + len - at);
	if (left < sizeof(key) - 1 || memcmp(at, key, sizeof(key) - 1) != 0)
		return false;

	return take_text(at + sizeof(key) - 1, line + len, text, text_len);
}

bool
log_line_time(const char *line, size_t len, int64_t *time_us)
{
	/* "2026-11-24T04:00:00.123456Z" */
	enum {
		TIME = 27
	};
	const size_t at = sizeof(begin) - 1;
	char text[TIME + 1];

	if (len < at + TIME || !log_line_begins(line, len))
		return false;
	memcpy(text, line + at, TIME);
	text[TIME] = '\0';

	return time_parse(text, time_us);
}

bool
log_line_sequence(const char *line, size_t len, uint64_t *sequence)
{
	/* Fifteen digits: what every reader of JSON holds exactly (2^53). */
	enum {
		MOST = 15
	};
	size_t left;
	size_t digits = 0;
	const char *at = event_find(line, len, "\"sequence\":", &left);
	uint64_t value = 0;

	if (at == NULL)
		return false;
	while (digits < left && at[digits] >= '0' && at[digits] <= '9' &&
	    digits <= MOST)
		value = value * 10 + (uint64_t)(at[digits++] - '0');
	if (digits == 0 || digits > MOST || at[0] == '0')
		return false;
	if (digits < left && at[digits] != ',')
		return false;

	*sequence = value;
	return true;
}
