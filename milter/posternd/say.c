/* SPDX-License-Identifier: ISC */
/* say.c - what does the daemon tell its admin? */
#include "config.h"

#include "posternd/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"

enum {
	LINE = ERR_TEXT + 256 /* an err with words around it */
};

/* A line stays a line, whatever a library's words hold. */
static void
flatten(char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '\n' || *text == '\r')
			*text = ' ';
}

static void say(const char *level, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void
say(const char *level, const char *format, va_list args)
{
	char line[LINE];
	size_t len;

	(void)snprintf(line, sizeof(line), "posternd: %s: ", level);
	len = strlen(line);
	(void)vsnprintf(line + len, sizeof(line) - len - 1, format, args);
	flatten(line);
	len = strlen(line);
	line[len++] = '\n';
	/* There is nowhere else to tell that this failed. */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}

void
say_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("error", format, args);
	va_end(args);
}

void
say_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("warning", format, args);
	va_end(args);
}

void
say_notice(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("notice", format, args);
	va_end(args);
}

bool
say_may(_Atomic int64_t *last, int64_t every)
{
	int64_t before = atomic_load(last);
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now); /* cannot fail */
	if (before != 0 && now.tv_sec + 1 - before < every)
		return false;

	/* Of several threads one says it. */
	return atomic_compare_exchange_strong(last, &before, now.tv_sec + 1);
}
