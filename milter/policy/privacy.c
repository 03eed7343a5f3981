/* SPDX-License-Identifier: ISC */
/* privacy.c - what of an address is written down? */
#include "config.h"

#include "policy/privacy.h"

#include <stdbool.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/str.h"

enum {
	/* RFC 5321 4.5.3.1.3; of a longer one, or one that was cut before it
	 * got here, nobody knows where its local part ends */
	ADDRESS_MOST = 254,
	TAG_TEXT = 2 * PRIVACY_TAG + 1
};

static bool
is_full(const struct privacy *privacy)
{
	return privacy == NULL || privacy->kind == PRIVACY_FULL;
}

static bool
is_of_name(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' ||
	    (unsigned char)c >= 0x80;
}

/* A name or an address literal; what else stands behind an "@" is none. */
static bool
is_domain(const char *text, size_t len)
{
	bool literal = len > 2 && text[0] == '[' && text[len - 1] == ']';

	if (literal) {
		text++;
		len -= 2;
	}
	for (size_t i = 0; i < len; i++)
		if (!is_of_name(text[i]) && !(literal && text[i] == ':'))
			return false;

	return len > 0;
}

/* Where the "@" of its domain stands, or len: none can be told. */
static size_t
find_domain(const char *address, size_t len)
{
	size_t at = len;

	if (len > ADDRESS_MOST)
		return len;
	while (at > 0 && address[at - 1] != '@')
		at--;
	if (at == 0 || !is_domain(address + at, len - at))
		return len;

	return at - 1;
}

static void
add_tag(const struct privacy *privacy, const char *address, size_t len,
    struct buf *out)
{
	uint8_t tag[PRIVACY_TAG];
	char text[TAG_TEXT];
	struct buf lower;

	buf_init(&lower);
	buf_add(&lower, address, len);
	str_lower_all(lower.data);
	privacy->hmac(privacy->owner, lower.data, lower.len, tag);
	buf_done(&lower);
	hex_text(tag, sizeof(tag), text);
	buf_add_text(out, text);
}

/* Of an address that is not empty, without brackets. */
static void
add_masked(const struct privacy *privacy, const char *address, size_t len,
    struct buf *out)
{
	size_t domain = find_domain(address, len);

	if (privacy->kind == PRIVACY_HMAC)
		add_tag(privacy, address, len, out);
	else
		buf_add_text(out, "*");
	buf_add(out, address + domain, len - domain);
}

void
privacy_add_address(
    const struct privacy *privacy, const char *address, struct buf *out)
{
	size_t len = strlen(address);
	bool closed = len >= 2 && address[0] == '<' && address[len - 1] == '>';

	if (is_full(privacy) || len == 0 || (closed && len == 2)) {
		buf_add_text(out, address);
		return;
	}
	if (!closed) {
		add_masked(privacy, address, len, out);
		return;
	}
	buf_add_text(out, "<");
	add_masked(privacy, address + 1, len - 2, out);
	buf_add_text(out, ">");
}

/* Blanks and what stands around an address or between two. */
static bool
is_between(char c)
{
	return (unsigned char)c <= ' ' || c == ',' || c == ';' || c == '<' ||
	    c == '>';
}

/* How long is what could be one address?  Between quotes all belongs to it. */
static size_t
run_length(const char *text)
{
	bool quotes = false;
	size_t len = 0;

	for (; text[len] != '\0' && (quotes || !is_between(text[len])); len++) {
		if (text[len] == '"')
			quotes = !quotes;
		else if (text[len] == '\\' && text[len + 1] != '\0')
			len++;
	}

	return len;
}

/* "CN=" or "/CN=": what a name in a certificate says of its next part. */
static size_t
attribute_length(const char *text, size_t len)
{
	static const char *const names[] = { "C", "CN", "DC", "E", "EMAIL",
		"EMAILADDRESS", "GN", "L", "O", "OU", "SN", "ST", "UID" };
	size_t start = len > 0 && text[0] == '/' ? 1 : 0;

	for (size_t i = 0; i < NITEMS(names); i++) {
		size_t at = start;
		const char *name = names[i];

		for (; *name != '\0' && at < len; name++, at++)
			if (str_lower(text[at]) != str_lower(*name))
				break;
		if (*name == '\0' && at < len && text[at] == '=')
			return at + 1;
	}

	return 0;
}

static void
add_part(const struct privacy *privacy, const char *part, size_t len,
    struct buf *out)
{
	if (memchr(part, '@', len) != NULL)
		add_masked(privacy, part, len, out);
	else
		buf_add(out, part, len);
}

static void
add_run(
    const struct privacy *privacy, const char *run, size_t len, struct buf *out)
{
	size_t from = 0;

	while (from < len) {
		size_t name = attribute_length(run + from, len - from);
		size_t to = from + name;

		buf_add(out, run + from, name);
		while (to < len &&
		    (run[to] != '/' ||
			attribute_length(run + to, len - to) == 0 ||
			to == from))
			to++;
		add_part(privacy, run + from + name, to - from - name, out);
		from = to;
	}
}

void
privacy_add_text(
    const struct privacy *privacy, const char *text, struct buf *out)
{
	if (is_full(privacy)) {
		buf_add_text(out, text);
		return;
	}
	while (*text != '\0') {
		size_t len = run_length(text);

		add_run(privacy, text, len, out);
		text += len;
		len = 0;
		while (text[len] != '\0' && is_between(text[len]))
			len++;
		buf_add(out, text, len);
		text += len;
	}
}
