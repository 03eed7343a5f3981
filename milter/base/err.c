/* SPDX-License-Identifier: ISC */
/* err.c - how does a function say what went wrong? */
#include "config.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

bool
err_set(struct err *err, const char *format, ...)
{
	va_list args;

	if (err == NULL)
		return false;

	va_start(args, format);
	(void)vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);

	return false;
}
