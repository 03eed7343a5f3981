/* SPDX-License-Identifier: ISC */
/* main.c - what is posternd told to do? */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "lists/generation.h"
#include "posternd/clock.h"
#include "posternd/say.h"
#include "posternd/signals.h"
#include "posternd/start.h"

#define DEFAULT_CONF POSTERN_SYSCONFDIR "/postern.conf"

struct options {
	const char *conf;
	bool check;
	bool version;
};

static int
say_usage(void)
{
	(void)fputs("usage: posternd [-c FILE] [-t]\n"
		    "       posternd -V\n",
	    stderr);

	return EX_USAGE;
}

static bool
read_options(int argc, char **argv, struct options *options)
{
	int option;

	while ((option = getopt(argc, argv, "c:tV")) != -1) {
		switch (option) {
		case 'c':
			options->conf = optarg;
			break;
		case 't':
			options->check = true;
			break;
		case 'V':
			options->version = true;
			break;
		default: /* getopt() has said what is wrong */
			return false;
		}
	}
	if (optind == argc)
		return true;
	(void)fprintf(stderr, "posternd: there is an argument too many\n");

	return false;
}

/* Of a configuration with errors: is there one at all? */
static int
conf_status(const char *path)
{
	struct stat there;

	if (strcmp(path, "-") != 0 &&
	    (stat(path, &there) != 0 || !S_ISREG(there.st_mode) ||
		access(path, R_OK) != 0))
		return EX_NOINPUT;

	return EX_CONFIG;
}

/* Says all errors and warnings, as `postern check` does. */
static struct generation *
load(const char *path, size_t *warnings)
{
	struct generation *generation;
	struct diags diags;
	struct buf text;

	diags_init(&diags);
	buf_init(&text);
	generation = generation_load(path, clock_today(), &diags);
	diags_text(&diags, &text);
	(void)fputs(buf_text(&text), stderr); /* nowhere else to say it */
	*warnings = diags.warnings;
	buf_done(&text);
	diags_done(&diags);

	return generation;
}

/* What `postern check` prints of a configuration without errors. */
static int
print_summary(struct generation *generation, size_t warnings)
{
	struct buf text;
	bool printed;

	buf_init(&text);
	generation_summary(generation, warnings, &text);
	printed = fputs(buf_text(&text), stdout) >= 0 && fflush(stdout) == 0;
	buf_done(&text);
	generation_unref(generation);

	return printed ? EX_OK : EX_IOERR;
}

int
main(int argc, char **argv)
{
	struct options options = { DEFAULT_CONF, false, false };
	struct generation *generation;
	size_t warnings;

	if (!read_options(argc, argv, &options))
		return say_usage();
	if (options.version) {
		(void)puts("posternd " PACKAGE_VERSION);
		return EX_OK;
	}

	/* A HUP that comes early must not end what is about to serve. */
	if (!options.check)
		signals_init();
	generation = load(options.conf, &warnings);
	if (generation == NULL)
		return conf_status(options.conf);
	if (options.check)
		return print_summary(generation, warnings);

	return start(generation, options.conf);
}
