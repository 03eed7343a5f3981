/* SPDX-License-Identifier: ISC */
/* options.c - what stands behind the subcommand? */
#include "config.h"

#include "postern/options.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/mem.h"
#include "postern/say.h"

struct reader {
	const struct command *command;
	const struct option *options;
	size_t count;
	char **argv;
};

/* How much of argument is the option's name: up to "=", or "-c". */
static size_t
name_length(const char *argument)
{
	return argument[1] == '-' ? strcspn(argument, "=") : 2;
}

static const struct option *
find(const struct reader *reader, const char *argument)
{
	size_t len = name_length(argument);

	for (size_t i = 0; i < reader->count; i++) {
		const char *name = reader->options[i].name;

		if (strlen(name) == len && strncmp(name, argument, len) == 0)
			return &reader->options[i];
	}

	return NULL;
}

static int
say_unknown(const struct reader *reader, const char *argument)
{
	char *name = mem_text_len(argument, name_length(argument));
	const char **names = mem_new(reader->count, sizeof(*names));
	struct buf text;
	int status;

	for (size_t i = 0; i < reader->count; i++)
		names[i] = reader->options[i].name;
	buf_init(&text);
	add_unknown(&text, name, names, reader->count);
	status =
	    say_usage(reader->command, "unknown option %s", buf_text(&text));
	buf_done(&text);
	free(names);
	free(name);

	return status;
}

/* The value behind the name in argument or, taken from argv, after it. */
static const char *
value_of(struct reader *reader, const char *argument)
{
	const char *rest = argument + name_length(argument);

	if (*rest != '\0')
		return *rest == '=' ? rest + 1 : rest;

	return *reader->argv == NULL ? NULL : *reader->argv++;
}

static int
take_value(
    struct reader *reader, const struct option *option, const char *argument)
{
	const char *value = value_of(reader, argument);

	if (value == NULL)
		return say_usage(
		    reader->command, "%s: a value is missing", option->name);
	if (option->texts != NULL) {
		texts_add(option->texts, value);
		return EX_OK;
	}
	if (*option->text != NULL)
		return say_usage(
		    reader->command, "%s: given twice", option->name);
	*option->text = value;

	return EX_OK;
}

static int
take_option(struct reader *reader, const char *argument)
{
	const struct option *option = find(reader, argument);

	if (option == NULL)
		return say_unknown(reader, argument);
	if (option->text != NULL || option->texts != NULL)
		return take_value(reader, option, argument);
	if (option->flag == NULL) {
		say("%s: not in this version", option->name);
		return EX_USAGE;
	}
	if (argument[name_length(argument)] != '\0')
		return say_usage(
		    reader->command, "%s takes no value", option->name);
	*option->flag = true;

	return EX_OK;
}

static int
take_operand(struct reader *reader, struct texts *operands, size_t max,
    const char *argument)
{
	struct buf text;

	if (operands->count < max) {
		texts_add(operands, argument);
		return EX_OK;
	}

	buf_init(&text);
	buf_add_quoted(&text, argument, SAY_SHOWN);
	(void)say_usage(
	    reader->command, "%s is one argument too many", buf_text(&text));
	buf_done(&text);

	return EX_USAGE;
}

static bool
is_help(const char *argument)
{
	return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

bool
options_read(const struct command *command, const struct option *options,
    size_t count, struct texts *operands, size_t max, char **argv, int *status)
{
	struct reader reader = { command, options, count, argv };
	bool ended = false;

	*status = EX_OK;
	while (*status == EX_OK && *reader.argv != NULL) {
		const char *argument = *reader.argv++;

		if (ended || argument[0] != '-' || argument[1] == '\0')
			*status =
			    take_operand(&reader, operands, max, argument);
		else if (strcmp(argument, "--") == 0)
			ended = true;
		else if (is_help(argument)) {
			*status = command_help(command);
			return false;
		} else
			*status = take_option(&reader, argument);
	}

	return *status == EX_OK;
}
