/* SPDX-License-Identifier: ISC */
/* close.c - is refused again what may not come in? */
#include "config.h"

#include "base/mem.h"
#include "postern/ask.h"
#include "postern/command.h"
#include "postern/options.h"

int
command_close(const struct command *command, char **argv)
{
	const struct request request = { .verb = VERB_CLOSE };
	const char *path = NULL;
	const struct option options[] = {
		{ .name = "-c", .text = &path },
	};
	struct texts operands;
	int status;

	texts_init(&operands);
	if (options_read(
		command, options, NITEMS(options), &operands, 0, argv, &status))
		status = ask_to_do(command, path, &request, "closed\n");
	texts_done(&operands);

	return status;
}
