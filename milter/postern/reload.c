/* SPDX-License-Identifier: ISC */
/* reload.c - does the daemon take up what is written now? */
#include "config.h"

#include "base/mem.h"
#include "postern/ask.h"
#include "postern/command.h"
#include "postern/options.h"

int
command_reload(const struct command *command, char **argv)
{
	const struct request request = { .verb = VERB_RELOAD };
	const char *path = NULL;
	const struct option options[] = {
		{ .name = "-c", .text = &path },
	};
	struct texts operands;
	int status;

	texts_init(&operands);
	if (options_read(
		command, options, NITEMS(options), &operands, 0, argv, &status))
		status = ask_to_do(command, path, &request, "reloaded\n");
	texts_done(&operands);

	return status;
}
