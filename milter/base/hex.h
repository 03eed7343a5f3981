/* SPDX-License-Identifier: ISC */
/* hex.h - how are bytes written in digits? */
#ifndef POSTERN_BASE_HEX_H
#define POSTERN_BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Two lower-case digits a byte, and the terminator: 2 * len + 1 bytes. */
void hex_text(const uint8_t *bytes, size_t len, char *out);
/*
 * The first 2 * len characters of text, in either case.  False, out
 * untouched, where one of them is no digit; text may end before.
 */
bool hex_parse(const char *text, size_t len, uint8_t *out);

#endif
