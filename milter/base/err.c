/* SPDX-License-Identifier: ISC */
/* err.c - how does a function say what went wrong? */
#include "config.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
err_set(struct err *err, const char *format, ...)
{
	char text[ERR_TEXT]; /* err->text itself may be an argument */
	va_list args;

	if (err == NULL)
		return false;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	memcpy(err->text, text, strlen(text) + 1);

	return false;
}
