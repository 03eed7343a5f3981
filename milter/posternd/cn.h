/* SPDX-License-Identifier: ISC */
/* cn.h - which name does Sendmail say a certificate bears? */
#ifndef POSTERN_POSTERND_CN_H
#define POSTERN_POSTERND_CN_H

#include <stdbool.h>

/*
 * Undoes Sendmail's escapes (+XX, two hexadecimal digits) in place.  Returns
 * false where it is no name: none, "BadCertificateUnknown" and its like, or
 * one that hides a NUL.
 */
bool cn_decode(char *text);

#endif
