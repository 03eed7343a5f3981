/* SPDX-License-Identifier: ISC */
/* main.c - what does the admin ask? */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/mem.h"
#include "postern/command.h"
#include "postern/help.h"
#include "postern/say.h"
#include "postern/term.h"

static const struct command commands[] = {
	{ "check", CHECK_USAGE, "is a configuration right?", CHECK_HELP,
	    command_check },
	{ "explain", EXPLAIN_USAGE, "would this client be let in, and why?",
	    EXPLAIN_HELP, command_explain },
	{ "sources", SOURCES_USAGE, "which addresses stand behind which name?",
	    SOURCES_HELP, command_sources },
	{ "log", LOG_USAGE, "what do the records say?", LOG_HELP, command_log },
	{ "status", STATUS_USAGE, "how is the running daemon?", STATUS_HELP,
	    command_status },
	{ "reload", RELOAD_USAGE, "let the daemon take up what is written now",
	    RELOAD_HELP, command_reload },
	{ "open", OPEN_USAGE, "break glass: refuse nothing, for a time",
	    OPEN_HELP, command_open },
	{ "close", CLOSE_USAGE, "refuse again", CLOSE_HELP, command_close },
	{ "doctor", NULL, NULL, NULL, NULL },
	{ "update", NULL, NULL, NULL, NULL },
	{ "export", NULL, NULL, NULL, NULL },
	{ "probe", NULL, NULL, NULL, NULL },
	{ "replay", NULL, NULL, NULL, NULL },
	{ "report", NULL, NULL, NULL, NULL },
};

static const struct command *
find(const char *name)
{
	for (size_t i = 0; i < NITEMS(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];

	return NULL;
}

static int
say_unknown(const char *name)
{
	const char *names[NITEMS(commands)];
	struct buf text;

	for (size_t i = 0; i < NITEMS(commands); i++)
		names[i] = commands[i].name;
	buf_init(&text);
	buf_add_text(
	    &text, name[0] == '-' ? "unknown option " : "unknown command ");
	add_unknown(&text, name, names, NITEMS(commands));
	say("%s; see postern --help", buf_text(&text));
	buf_done(&text);

	return EX_USAGE;
}

/* "usage: postern check ...", a form a line; one that is longer goes on
 * behind a blank. */
static void
add_usage(struct buf *out, const struct command *command)
{
	const char *before = "usage:";
	const char *form = command->usage;

	while (*form != '\0') {
		size_t len = strcspn(form, "\n");

		if (*form == ' ')
			buf_addf(out, "       %.*s\n", (int)len, form);
		else
			buf_addf(out, "%s postern %s %.*s\n", before,
			    command->name, (int)len, form);
		form += len + (form[len] == '\n');
		before = "      ";
	}
}

int
command_help(const struct command *command)
{
	struct buf out;
	int status;

	buf_init(&out);
	add_usage(&out, command);
	buf_addf(&out, "\n%s", command->help);
	status = print_result(&out, EX_OK);
	buf_done(&out);

	return status;
}

static void
add_overview(struct buf *out)
{
	struct grid grid;

	grid_init(&grid, 2);
	for (size_t i = 0; i < NITEMS(commands); i++) {
		if (commands[i].run == NULL)
			continue;
		grid_add(&grid, INK_NONE, commands[i].name);
		grid_add(&grid, INK_NONE, commands[i].summary);
	}
	buf_add_text(
	    out, "usage: postern COMMAND [OPTION]... [OPERAND]...\n\n");
	grid_text(&grid, false, "  ", out);
	buf_add_text(out, OVERVIEW_HELP);
	grid_done(&grid);
}

/* postern help, postern --help, postern help COMMAND */
static int
help(const char *name)
{
	const struct command *command;
	struct buf out;
	int status;

	if (name != NULL) {
		command = find(name);
		if (command == NULL)
			return say_unknown(name);
		if (command->run == NULL) {
			say("%s: not in this version", name);
			return EX_USAGE;
		}
		return command_help(command);
	}

	buf_init(&out);
	add_overview(&out);
	status = print_result(&out, EX_OK);
	buf_done(&out);

	return status;
}

static int
version(void)
{
	return printf("postern %s\n", PACKAGE_VERSION) > 0 &&
		fflush(stdout) == 0
	    ? EX_OK
	    : EX_IOERR;
}

int
main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		say("which command?  see postern --help");
		return EX_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0)
		return help(argv[2]);
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		return version();

	command = find(argv[1]);
	if (command == NULL)
		return say_unknown(argv[1]);
	if (command->run == NULL) {
		say("%s: not in this version", command->name);
		return EX_USAGE;
	}

	return command->run(command, argv + 2);
}
