/* SPDX-License-Identifier: ISC */
/*
 * command.h - what is a subcommand?
 *
 * A row of the table in main.c.  Exit codes everywhere: 0 yes or fine, 1 a
 * negative answer, then those of sysexits.h.
 */
#ifndef POSTERN_POSTERN_COMMAND_H
#define POSTERN_POSTERN_COMMAND_H

enum {
	EXIT_NEGATIVE = 1
};

#define DEFAULT_CONF POSTERN_SYSCONFDIR "/postern.conf"

struct command {
	const char *name;
	const char *usage;   /* its arguments, a form a line */
	const char *summary; /* one line for the list of commands */
	const char *help;    /* what it does, its options, its exit codes */
	/* argv: what stands behind the subcommand, ended by NULL; NULL: a
	 * command of the contract that this version does not have */
	int (*run)(const struct command *command, char **argv);
};

int command_check(const struct command *command, char **argv);
int command_explain(const struct command *command, char **argv);
int command_sources(const struct command *command, char **argv);
int command_log(const struct command *command, char **argv);
int command_status(const struct command *command, char **argv);
int command_reload(const struct command *command, char **argv);
int command_open(const struct command *command, char **argv);
int command_close(const struct command *command, char **argv);

/* Help on one command, to standard output.  Returns an exit code. */
int command_help(const struct command *command);

#endif
