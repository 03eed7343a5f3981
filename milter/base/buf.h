/* SPDX-License-Identifier: ISC */
/*
 * buf.h - how is text put together?
 *
 * A growing text, always terminated.  Text from outside goes in through
 * buf_add_quoted() (messages) or buf_add_json() (records), never raw.
 */
#ifndef POSTERN_BASE_BUF_H
#define POSTERN_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data; /* terminated once something was added, else NULL */
	size_t len; /* without the terminator */
	size_t room;
};

void buf_init(struct buf *buf);
void buf_done(struct buf *buf); /* frees; the buf is empty again */
void buf_clear(struct buf *buf);

void buf_add(struct buf *buf, const char *bytes, size_t len);
void buf_add_text(struct buf *buf, const char *text);
void buf_addf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "" instead of NULL where nothing was added. */
const char *buf_text(const struct buf *buf);

/*
 * Adds text between double quotes for a message to a person: printable
 * ASCII as it is, the quote and backslash escaped, all else as \xNN.  Where
 * that is more than max bytes it is cut between two of them, and "..." follows.
 */
void buf_add_quoted(struct buf *buf, const char *text, size_t max);

/*
 * Adds len bytes as a JSON string (RFC 8259) in quotes.  C0, C1, DEL,
 * U+2028, U+2029, U+FEFF and the bidi controls stand as \uXXXX; a byte that is
 * not UTF-8 becomes \ufffd.  At most max bytes stand between the quotes: what
 * does not fit is cut at a character's border.  Returns false when cut.
 */
bool buf_add_json(struct buf *buf, const char *bytes, size_t len, size_t max);
/* The same for a terminated text of our own, without a limit. */
void buf_add_json_text(struct buf *buf, const char *text);

#endif
