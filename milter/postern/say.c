/* SPDX-License-Identifier: ISC */
/* say.c - what is the admin told? */
#include "config.h"

#include "postern/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/str.h"

void
say(const char *format, ...)
{
	va_list args;

	(void)fputs("postern: ", stderr);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
}

int
say_usage(const struct command *command, const char *format, ...)
{
	va_list args;

	(void)fprintf(stderr, "postern: %s: ", command->name);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fprintf(stderr, "; see postern %s --help\n", command->name);

	return EX_USAGE;
}

void
say_diags(const struct diags *diags)
{
	struct buf text;

	buf_init(&text);
	diags_text(diags, &text);
	(void)fputs(buf_text(&text), stderr);
	buf_done(&text);
}

void
add_unknown(
    struct buf *out, const char *word, const char *const *words, size_t count)
{
	const char *nearest = str_nearest(word, words, count);

	buf_add_quoted(out, word, SAY_SHOWN);
	if (nearest != NULL)
		buf_addf(out, "; did you mean \"%s\"?", nearest);
}

bool
print(const struct buf *out)
{
	(void)fwrite(buf_text(out), 1, out->len, stdout);

	return fflush(stdout) == 0 && ferror(stdout) == 0;
}

int
print_result(const struct buf *out, int status)
{
	if (print(out))
		return status;
	say("standard output: %s", strerror(errno));

	return EX_IOERR;
}

int
conf_status(const char *path)
{
	struct stat stat_of;

	if (strcmp(path, "-") == 0)
		return EX_CONFIG;
	if (stat(path, &stat_of) != 0 || !S_ISREG(stat_of.st_mode) ||
	    access(path, R_OK) != 0)
		return EX_NOINPUT;

	return EX_CONFIG;
}
