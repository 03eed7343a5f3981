/* SPDX-License-Identifier: ISC */
/* utf8.h - is this a character? */
#ifndef POSTERN_BASE_UTF8_H
#define POSTERN_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * One UTF-8 character (RFC 3629: no overlong form, no surrogate, at most
 * U+10FFFF) at the first of len > 0 bytes.  Returns its length, or 0 where
 * there is none.
 */
size_t utf8_decode(const unsigned char *bytes, size_t len, uint32_t *code);

#endif
