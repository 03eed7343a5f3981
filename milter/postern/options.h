/* SPDX-License-Identifier: ISC */
/*
 * options.h - what stands behind the subcommand?
 *
 * Options and operands in any order; "--" ends the options, "-" is an
 * operand.  "--name value", "--name=value", "-c value", "-cvalue".
 */
#ifndef POSTERN_POSTERN_OPTIONS_H
#define POSTERN_POSTERN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "postern/command.h"
#include "postern/texts.h"

/*
 * Exactly one of the pointers says where it goes; none: the option is the
 * contract's, but not of this version.
 */
struct option {
	const char *name;    /* "--json", "-c" */
	bool *flag;          /* takes no value */
	const char **text;   /* takes a value, once */
	struct texts *texts; /* takes a value, as often as wanted */
};

/*
 * Fills what the options point at, and operands (at most max).  Returns false
 * where the command is done already, *status being its exit code: help was
 * asked for and given (0), or the arguments are wrong and said so (64).
 */
bool options_read(const struct command *command, const struct option *options,
    size_t count, struct texts *operands, size_t max, char **argv, int *status);

#endif
