/* SPDX-License-Identifier: ISC */
/*
 * err.h - how does a function say what went wrong?
 *
 * One message, in the caller's storage: the thing, the place and the cure.
 * Threads: as safe as the storage; nothing is shared.
 */
#ifndef POSTERN_BASE_ERR_H
#define POSTERN_BASE_ERR_H

#include <stdbool.h>

enum {
	ERR_TEXT = 1024 /* a longer message is cut */
};

struct err {
	char text[ERR_TEXT];
};

/*
 * Fills err (NULL: nobody asked) as printf does; always returns false.  What
 * stands in err->text may be an argument, so that a caller can say more.
 */
bool err_set(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
