/* SPDX-License-Identifier: ISC */
/* buf.c - how is text put together? */
#include "config.h"

#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
	LONGEST = 7 /* \uXXXX and the terminator */
};

void
buf_init(struct buf *buf)
{
	*buf = (struct buf){ NULL, 0, 0 };
}

void
buf_done(struct buf *buf)
{
	free(buf->data);
	buf_init(buf);
}

void
buf_clear(struct buf *buf)
{
	buf->len = 0;
	if (buf->data != NULL)
		buf->data[0] = '\0';
}

static void
make_room(struct buf *buf, size_t more)
{
	size_t need = buf->len + more + 1;
	size_t room = buf->room == 0 ? 64 : buf->room;

	if (need <= buf->room)
		return;
	while (room < need)
		room *= 2;
	buf->data = mem_resize(buf->data, room, 1);
	buf->room = room;
}

void
buf_add(struct buf *buf, const char *bytes, size_t len)
{
	make_room(buf, len);
	if (len > 0)
		memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void
buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void
buf_addf(struct buf *buf, const char *format, ...)
{
	va_list args;
	size_t room;
	int len;

	make_room(buf, 0);
	room = buf->room - buf->len;
	va_start(args, format);
	len = vsnprintf(buf->data + buf->len, room, format, args);
	va_end(args);
	if (len < 0)
		abort(); /* only a wrong format of our own can do that */

	if ((size_t)len >= room) {
		make_room(buf, (size_t)len);
		va_start(args, format);
		(void)vsnprintf(
		    buf->data + buf->len, (size_t)len + 1, format, args);
		va_end(args);
	}
	buf->len += (size_t)len;
}

const char *
buf_text(const struct buf *buf)
{
	return buf->data == NULL ? "" : buf->data;
}

/* Writes one byte as it stands in a message; returns the bytes written. */
static size_t
quoted_character(unsigned char c, char out[LONGEST])
{
	if (c == '"' || c == '\\')
		return (size_t)snprintf(out, LONGEST, "\\%c", c);
	if (c < 0x20 || c >= 0x7f)
		return (size_t)snprintf(out, LONGEST, "\\x%02x", c);
	out[0] = (char)c;

	return 1;
}

void
buf_add_quoted(struct buf *buf, const char *text, size_t max)
{
	size_t written = 0;

	buf_add_text(buf, "\"");
	for (; *text != '\0'; text++) {
		char out[LONGEST];
		size_t wrote = quoted_character((unsigned char)*text, out);

		if (wrote > max - written) {
			buf_add_text(buf, "...");
			break;
		}
		buf_add(buf, out, wrote);
		written += wrote;
	}
	buf_add_text(buf, "\"");
}

/* Characters that could split a line or turn it round on a screen. */
static bool
is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c ||
	    code == 0x200e || code == 0x200f ||
	    (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

/* Writes one character as it stands in JSON; returns the bytes written. */
static size_t
json_character(
    const unsigned char *bytes, size_t len, uint32_t code, char out[LONGEST])
{
	if (len == 0)
		return (size_t)snprintf(out, LONGEST, "\\ufffd");
	if (code == '"' || code == '\\')
		return (size_t)snprintf(out, LONGEST, "\\%c", (char)code);
	if (is_control(code))
		return (size_t)snprintf(
		    out, LONGEST, "\\u%04x", (unsigned)code);
	memcpy(out, bytes, len);

	return len;
}

/* How many of them, from the first, stand in JSON as they are? */
static size_t
plain_len(const unsigned char *bytes, size_t len)
{
	size_t plain = 0;

	while (plain < len && bytes[plain] >= 0x20 && bytes[plain] < 0x7f &&
	    bytes[plain] != '"' && bytes[plain] != '\\')
		plain++;

	return plain;
}

/* Adds the character at bytes, or nothing and false; *took: its bytes. */
static bool
add_json_character(struct buf *buf, const unsigned char *bytes, size_t len,
    size_t room, size_t *took)
{
	uint32_t code = 0;
	char out[LONGEST];
	size_t wrote;

	*took = utf8_decode(bytes, len, &code);
	wrote = json_character(bytes, *took, code, out);
	if (*took == 0)
		*took = 1;
	if (wrote > room)
		return false;
	buf_add(buf, out, wrote);

	return true;
}

bool
buf_add_json(struct buf *buf, const char *bytes, size_t len, size_t max)
{
	const unsigned char *at = (const unsigned char *)bytes;
	size_t start = buf->len + 1;
	bool whole = true;

	buf_add(buf, "\"", 1);
	while (len > 0 && whole) {
		size_t room = max - (buf->len - start);
		size_t took = plain_len(at, len < room ? len : room);

		if (took > 0)
			buf_add(buf, (const char *)at, took);
		else
			whole = add_json_character(buf, at, len, room, &took);
		at += took;
		len -= took;
	}
	buf_add(buf, "\"", 1);

	return whole;
}

void
buf_add_json_text(struct buf *buf, const char *text)
{
	(void)buf_add_json(buf, text, strlen(text), SIZE_MAX);
}
