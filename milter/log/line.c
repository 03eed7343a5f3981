/* SPDX-License-Identifier: ISC */
/* line.c - what does a line of the log say of itself? */
#include "config.h"

#include "log/line.h"

#include <string.h>

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
