/* SPDX-License-Identifier: ISC */
/* request.c - what does the command ask of the daemon? */
#include "config.h"

#include "control/request.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

enum {
	SHOWN = 40 /* bytes of a word that a message shows */
};

static const char *const verbs[] = {
	[VERB_STATUS] = "status",
	[VERB_METRICS] = "metrics",
	[VERB_RELOAD] = "reload",
	[VERB_OPEN] = "open",
	[VERB_CLOSE] = "close",
};

/* the arguments of open */
enum key {
	KEY_SECONDS,
	KEY_POLICY,
	KEY_REASON
};

static const char *const keys[] = {
	[KEY_SECONDS] = "seconds",
	[KEY_POLICY] = "policy",
	[KEY_REASON] = "reason",
};

void
request_text(const struct request *request, struct buf *out)
{
	buf_addf(out, "%s\n", verbs[request->verb]);
	if (request->verb != VERB_OPEN)
		return;

	/*
	 * What must be there stands last: a request that is cut off never
	 * opens all where one policy was meant.
	 */
	buf_addf(out, "seconds %lu\n", (unsigned long)request->seconds);
	if (request->policy[0] != '\0')
		buf_addf(out, "policy %s\n", request->policy);
	buf_addf(out, "reason %s\n", request->reason);
}

/* No control character, C1 neither: a terminal would obey it. */
static bool
is_plain(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at != '\0') {
		uint32_t code = 0;
		size_t len = utf8_decode(at, strlen((const char *)at), &code);

		if (len == 0 || code < 0x20 || (code >= 0x7f && code < 0xa0))
			return false;
		at += len;
	}

	return true;
}

/* A text that fits a line, a record and a file of ours. */
static bool
set_text(char *to, size_t room, enum key key, const char *text, struct err *err)
{
	size_t len = strlen(text);

	if (text[strspn(text, " ")] == '\0')
		return err_set(err, "the %s is empty", keys[key]);
	if (len >= room)
		return err_set(err,
		    "the %s is %zu bytes long; write at most %zu", keys[key],
		    len, room - 1);
	if (!is_plain(text))
		return err_set(err,
		    "the %s has a control character or is not UTF-8; write "
		    "plain text on one line",
		    keys[key]);
	memcpy(to, text, len + 1);

	return true;
}

bool
request_set_policy(struct request *request, const char *text, struct err *err)
{
	return set_text(
	    request->policy, sizeof(request->policy), KEY_POLICY, text, err);
}

bool
request_set_reason(struct request *request, const char *text, struct err *err)
{
	return set_text(
	    request->reason, sizeof(request->reason), KEY_REASON, text, err);
}

static bool
set_seconds(struct request *request, const char *text, struct err *err)
{
	struct err why;

	return str_to_u32(text, 1, REQUEST_SECONDS, &request->seconds, &why) ||
	    err_set(err, "seconds: %s", why.text);
}

static bool
take_argument(
    struct request *request, enum key key, const char *text, struct err *err)
{
	switch (key) {
	case KEY_SECONDS:
		return set_seconds(request, text, err);
	case KEY_POLICY:
		return request_set_policy(request, text, err);
	case KEY_REASON:
		break;
	}

	return request_set_reason(request, text, err);
}

/* The next line, ended in place; NULL: what is left is cut off. */
static char *
take_line(char **rest)
{
	char *line = *rest;
	char *end = strchr(line, '\n');

	if (end == NULL)
		return NULL;
	*end = '\0';
	*rest = end + 1;

	return line;
}

/* Which of words is it?  As many as there are: none. */
static size_t
find(const char *word, const char *const *words, size_t count)
{
	size_t i = 0;

	while (i < count && strcmp(word, words[i]) != 0)
		i++;

	return i;
}

static bool
refuse(const char *what, const char *word, struct err *err)
{
	struct buf text;

	buf_init(&text);
	buf_add_quoted(&text, word, SHOWN);
	err_set(err,
	    "%s is no %s of this version; are postern and posternd of one "
	    "version?",
	    buf_text(&text), what);
	buf_done(&text);

	return false;
}

/* "key value"; *has: which of them came so far */
static bool
take_pair(struct request *request, char *line, unsigned *has, struct err *err)
{
	char *blank = strchr(line, ' ');
	size_t key;

	if (blank == NULL)
		return refuse("argument", line, err);
	*blank = '\0';
	key = find(line, keys, NITEMS(keys));
	if (key == NITEMS(keys))
		return refuse("argument", line, err);
	if (*has & 1U << key)
		return err_set(err, "%s is there twice", keys[key]);
	*has |= 1U << key;

	return take_argument(request, (enum key)key, blank + 1, err);
}

static bool
take_arguments(struct request *request, char *rest, struct err *err)
{
	const unsigned needed = 1U << KEY_SECONDS | 1U << KEY_REASON;
	unsigned has = 0;

	while (*rest != '\0') {
		char *line = take_line(&rest);

		if (line == NULL)
			return err_set(err, "the request is cut off");
		if (!take_pair(request, line, &has, err))
			return false;
	}

	return (has & needed) == needed ||
	    err_set(err, "open needs seconds and a reason");
}

/* text: ours to write in */
static bool
parse(char *text, struct request *request, struct err *err)
{
	char *verb = take_line(&text);
	size_t i;

	if (verb == NULL)
		return err_set(err, "the request is cut off");
	i = find(verb, verbs, NITEMS(verbs));
	if (i == NITEMS(verbs))
		return refuse("request", verb, err);
	request->verb = (enum verb)i;
	if (request->verb == VERB_OPEN)
		return take_arguments(request, text, err);

	return *text == '\0' || err_set(err, "%s has no arguments", verb);
}

bool
request_parse(
    const char *text, size_t len, struct request *request, struct err *err)
{
	struct request found = { .verb = VERB_STATUS };
	char copy[REQUEST_TEXT + 1];

	if (len > REQUEST_TEXT)
		return err_set(
		    err, "the request is longer than %d bytes", REQUEST_TEXT);
	if (memchr(text, '\0', len) != NULL)
		return err_set(err, "the request has a NUL in it");
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (!parse(copy, &found, err))
		return false;
	*request = found;

	return true;
}
