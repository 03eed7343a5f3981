/* SPDX-License-Identifier: ISC */
/* glance.c - what does a line claim to be, and is its hash right? */
#include "config.h"

#include "log/glance.h"

#include <string.h>

#include "base/mem.h"
#include "log/line.h"

enum {
	HEX = DIGEST_TEXT - 1,
	/* Fifteen digits: what every reader of JSON holds exactly (2^53). */
	DIGITS = 15,
	TIME = 27 /* "2026-11-24T04:00:00.123456Z" */
};

static const char begin[] = "{\"@timestamp\":\"";
static const char event[] = "\"event\":{";

/* The end of a line: PREV 64 digits HASH 64 digits END. */
#define PREV "\"prev\":\""
#define HASH "\",\"hash\":\""
#define END "\"}}"

static const struct {
	const char *action;
	enum glance_kind kind;
} kinds[] = {
	{ "sealed\"", GLANCE_SEALED },
	{ "rotated\"", GLANCE_ROTATED },
	{ "deleted\"", GLANCE_DELETED },
	{ "recovered\"", GLANCE_RECOVERED },
};

/* What follows text between at and end; NULL where it is not there. */
static const char *
behind(const char *at, const char *end, const char *text)
{
	size_t len = strlen(text);
	const char *found = memmem(at, (size_t)(end - at), text, len);

	return found == NULL ? NULL : found + len;
}

static enum glance_kind
kind_of(const char *action, const char *end)
{
	for (size_t i = 0; i < NITEMS(kinds); i++) {
		size_t len = strlen(kinds[i].action);

		if ((size_t)(end - action) >= len &&
		    memcmp(action, kinds[i].action, len) == 0)
			return kinds[i].kind;
	}

	return GLANCE_OTHER;
}

static const char *
number(const char *at, const char *end, uint64_t *value)
{
	const char *start = at;

	*value = 0;
	while (at < end && at - start < DIGITS && *at >= '0' && *at <= '9')
		*value = *value * 10 + (uint64_t)(*at++ - '0');

	return at > start && *start != '0' && at < end ? at : NULL;
}

/* The event object: all its texts are our own, so its first brace ends it. */
static bool
look_at_event(const char *line, size_t len, struct glance *glance)
{
	const char *end = line + len;
	const char *at = behind(line, end, event);
	const char *stop;

	if (at == NULL)
		return false;
	stop = memchr(at, '}', (size_t)(end - at));
	if (stop == NULL)
		return false;
	at = behind(at, stop, "\"action\":\"");
	if (at == NULL)
		return false;
	glance->kind = kind_of(at, stop);
	at = behind(at, stop, "\"sequence\":");
	if (at == NULL)
		return false;
	at = number(at, stop + 1, &glance->sequence);

	return at != NULL && (*at == ',' || at == stop);
}

static bool
is_hex(const char *at)
{
	for (size_t i = 0; i < HEX; i++)
		if (!(at[i] >= '0' && at[i] <= '9') &&
		    !(at[i] >= 'a' && at[i] <= 'f'))
			return false;

	return true;
}

/* Where it is right the digits of hash are what the digest wrote, and those of
 * prev are held against such. */
static bool
look_at_end(
    const char *line, size_t len, struct digest *digest, struct glance *glance)
{
	static const size_t most = sizeof(PREV HASH END) - 1 + (size_t)2 * HEX;
	const char *end = line + len - (sizeof(END) - 1);
	char right[DIGEST_TEXT];

	if (len < most)
		return false;
	glance->hash = end - HEX;
	glance->prev = glance->hash - (sizeof(HASH) - 1) - HEX;
	if (memcmp(end, END, sizeof(END) - 1) != 0 ||
	    memcmp(glance->prev + HEX, HASH, sizeof(HASH) - 1) != 0 ||
	    memcmp(glance->prev - (sizeof(PREV) - 1), PREV, sizeof(PREV) - 1) !=
		0)
		return false;

	digest_add(digest, line, (size_t)(glance->prev + HEX + 1 - line));
	digest_next(digest, right);
	glance->right = memcmp(glance->hash, right, HEX) == 0;

	return glance->right || (is_hex(glance->hash) && is_hex(glance->prev));
}

void
glance_at(
    const char *line, size_t len, struct digest *digest, struct glance *glance)
{
	glance->record = len > sizeof(begin) &&
	    memcmp(line, begin, sizeof(begin) - 1) == 0 &&
	    look_at_end(line, len, digest, glance) &&
	    look_at_event(line, len, glance);
	if (!glance->record)
		*glance = (struct glance){ .record = false };
}

void
glance_time(const char *line, size_t len, char time[TIME_TEXT])
{
	size_t at = sizeof(begin) - 1;
	size_t most = len > at + TIME ? TIME : 0;

	memcpy(time, line + (most > 0 ? at : 0), most);
	time[most] = '\0';
}

bool
glance_gone(const char *line, size_t len, struct glance_gone *gone)
{
	static const char between[] = ",\"hash\":\"";
	const char *end = line + len;
	const char *at = behind(line, end, "\"postern\":{");

	if (at == NULL)
		return false;
	at = behind(at, end, "\"deleted\":{\"first\":");
	if (at == NULL)
		return false;
	at = number(at, end, &gone->first);
	if (at == NULL)
		return false;
	at = behind(at, end, "\"last\":");
	if (at == NULL)
		return false;
	at = number(at, end, &gone->last);
	if (at == NULL || (size_t)(end - at) < sizeof(between) + HEX ||
	    memcmp(at, between, sizeof(between) - 1) != 0)
		return false;
	at += sizeof(between) - 1;
	memcpy(gone->hash, at, HEX);
	gone->hash[HEX] = '\0';

	return is_hex(at) && at[HEX] == '"' && gone->first <= gone->last;
}
