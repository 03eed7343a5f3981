/* SPDX-License-Identifier: ISC */
/* recipient.c - which domains does an envelope recipient reach? */
#include "config.h"

#include "policy/recipient.h"

#include <string.h>

#include "base/str.h"

enum {
	PLAIN = 1024 /* RFC 5321 allows 64: a longer one is judged by all */
};

/* A part of the argument. */
struct span {
	const char *start;
	const char *end; /* one behind the last */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Routes mail to another host. */
static bool
is_route(char c)
{
	return c == '%' || c == '@' || c == '!';
}

/* Comments, lists, groups and routes (RFC 5322). */
static bool
is_structure(char c)
{
	return c == '(' || c == ')' || c == '<' || c == '>' || c == ';' ||
	    c == ',' || c == ':';
}

static struct span
trim(struct span span)
{
	while (span.start < span.end && is_blank(*span.start))
		span.start++;
	while (span.start < span.end && is_blank(span.end[-1]))
		span.end--;

	return span;
}

static struct span
without_brackets(const char *argument)
{
	struct span span = { argument, argument + strlen(argument) };

	span = trim(span);
	if (span.start < span.end && *span.start == '<')
		span.start++;
	if (span.start < span.end && span.end[-1] == '>')
		span.end--;

	return trim(span);
}

/* "@a,@b:user@domain" (RFC 5321 appendix C): what is behind the colon. */
static struct span
without_route(struct span span)
{
	const char *colon;

	if (span.start == span.end || *span.start != '@')
		return span;
	colon = memchr(span.start, ':', (size_t)(span.end - span.start));
	if (colon != NULL)
		span.start = colon + 1;

	return span;
}

/*
 * The last "@" outside quotes, or NULL; *open tells that a quote or a
 * backslash was left open, so that readers may differ on what is quoted.
 */
static const char *
last_at(struct span span, bool *open)
{
	const char *found = NULL;
	bool quoted = false;
	bool escaped = false;

	for (const char *at = span.start; at < span.end; at++) {
		if (escaped)
			escaped = false;
		else if (*at == '\\')
			escaped = true;
		else if (*at == '"')
			quoted = !quoted;
		else if (*at == '@' && !quoted)
			found = at;
	}
	*open = quoted || escaped;

	return found;
}

/* Copies without quotes and backslashes, lower case; false if too long. */
static bool
copy_plain(struct span span, char out[PLAIN])
{
	size_t len = 0;

	for (const char *at = span.start; at < span.end; at++) {
		if (*at == '"')
			continue;
		if (*at == '\\' && at + 1 < span.end)
			at++;
		if (len + 1 == PLAIN)
			return false;
		out[len++] = str_lower(*at);
	}
	out[len] = '\0';

	return true;
}

/* A span that is a domain name; false where it is none. */
static bool
span_domain(struct span span, char out[DOMAIN_TEXT])
{
	char text[4 * DOMAIN_TEXT];
	size_t len;

	/* Sendmail takes dots before and behind a hidden name away. */
	while (span.start < span.end && *span.start == '.')
		span.start++;
	while (span.start < span.end && span.end[-1] == '.')
		span.end--;
	len = (size_t)(span.end - span.start);
	if (len >= sizeof(text))
		return false;
	memcpy(text, span.start, len);
	text[len] = '\0';

	return domain_normal(text, out, NULL);
}

static bool
is_known(const struct recipient *recipient, const char *domain)
{
	for (size_t i = 0; i < recipient->count; i++)
		if (strcmp(recipient->domains[i], domain) == 0)
			return true;

	return false;
}

static void
add_domain(struct recipient *recipient, struct span span)
{
	char domain[DOMAIN_TEXT];

	if (!span_domain(span, domain) || is_known(recipient, domain))
		return;
	if (recipient->count == RECIPIENT_DOMAINS) {
		recipient->everywhere = true;
		return;
	}
	memcpy(recipient->domains[recipient->count++], domain, sizeof(domain));
}

/* Behind or before a name that a local part hides. */
static bool
ends_name(char c)
{
	return c == '\0' || is_route(c) || is_blank(c) || c == ':' ||
	    c == ',' || c == '<' || c == '>';
}

/* Adds what a local part hides: a name behind "%" or "@", or before "!". */
static void
add_hidden(struct recipient *recipient, const char *local)
{
	struct span name = { local, local };
	char before = '\0';

	for (;; name.end++) {
		char c = *name.end;

		if (!ends_name(c))
			continue;
		if (before == '%' || before == '@' || c == '!')
			add_domain(recipient, name);
		if (c == '\0')
			break;
		if (!is_blank(c))
			before = c;
		name.start = name.end + 1;
	}
}

static void
set_local(struct recipient *recipient, struct span local)
{
	char plain[PLAIN];

	recipient->local[0] = '\0';
	if (!copy_plain(local, plain)) {
		recipient->everywhere = true;
		return;
	}
	if (strlen(plain) < RECIPIENT_LOCAL)
		memcpy(recipient->local, plain, strlen(plain) + 1);
	add_hidden(recipient, plain);
}

/*
 * May an MTA read another address out of this one than we do?  Comments,
 * lists and groups (RFC 5322) vanish or part addresses on the way, a lone "("
 * swallows the rest on Postfix (measured); blanks, controls and all of these
 * in quotes vanish, and brackets name a host, where names are routed by "%",
 * "!" or a second "@".
 */
static bool
is_odd(struct span path)
{
	bool loose = false;
	bool quoted = false;
	bool escaped = false;
	size_t routed = 0; /* the "@" of every address is one */

	for (const char *at = path.start; at < path.end; at++) {
		if (!escaped && *at == '\\') {
			escaped = true;
			continue;
		}
		if (!escaped && *at == '"')
			quoted = !quoted;
		else if (is_structure(*at) && !quoted)
			return true;
		else if (is_structure(*at) || *at == '[' || *at == ']' ||
		    *at == '\x7f' || (unsigned char)*at <= ' ')
			loose = true;
		else if (is_route(*at))
			routed++;
		escaped = false;
	}

	return loose && routed > 1;
}

static void
copy_address(struct span span, char out[RECIPIENT_TEXT])
{
	size_t len = (size_t)(span.end - span.start);

	if (len >= RECIPIENT_TEXT)
		len = RECIPIENT_TEXT - 1;
	memcpy(out, span.start, len);
	out[len] = '\0';
}

void
recipient_parse(const char *argument, struct recipient *recipient)
{
	struct span address = without_brackets(argument);
	struct span path = without_route(address);
	struct span local = path;
	const char *at;
	bool open;

	recipient->count = 0;
	copy_address(address, recipient->address);

	at = last_at(path, &open);
	if (at != NULL) {
		local.end = at;
		add_domain(recipient, (struct span){ at + 1, path.end });
	}
	recipient->everywhere = open || recipient->count == 0 || is_odd(path);
	set_local(recipient, local);
	recipient->postmaster =
	    at == NULL && !open && strcmp(recipient->local, "postmaster") == 0;
}
