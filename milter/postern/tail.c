/* SPDX-License-Identifier: ISC */
/* tail.c - what is recorded now? */
#include "config.h"

#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "postern/records.h"
#include "postern/say.h"

enum {
	TAIL_LINES = 10,
	TAIL_WAIT_MS = 60000
};

/* Prints the whole lines that there are; an exit code, EX_OK at their end. */
static int
print_lines(const struct log_request *request, struct log_reader *reader)
{
	int status = EX_OK;

	while (status == EX_OK) {
		const char *line;
		size_t len;
		struct buf out;
		struct err err;
		enum log_read got = log_reader_next(reader, &line, &len, &err);

		if (got == LOG_READ_END)
			break;
		buf_init(&out);
		switch (got) {
		case LOG_READ_LINE:
			if (!record_add(request, line, len, false, &out))
				say("log: a line is no record; left out");
			status = print_result(&out, EX_OK);
			break;
		case LOG_READ_LONG:
			say("log: a line is too long for a record; left out");
			break;
		case LOG_READ_FAILED:
			say("log: %s", err.text);
			status = EX_IOERR;
			break;
		case LOG_READ_END:
			break;
		}
		buf_done(&out);
	}

	return status;
}

/* Whoever looks on has seen enough; each line was printed whole. */
static void
on_enough(int number)
{
	(void)number;
	_exit(EX_OK);
}

static void
end_quietly(void)
{
	struct sigaction action = { .sa_handler = on_enough };

	(void)sigemptyset(&action.sa_mask);     /* cannot fail */
	(void)sigaction(SIGINT, &action, NULL); /* the numbers are valid */
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGPIPE, &action, NULL);
}

int
records_tail(const struct log_request *request, struct log_reader *reader)
{
	struct err err;
	int status;

	end_quietly();
	if (!log_reader_last(reader, TAIL_LINES, &err)) {
		say("log: %s", err.text);
		return EX_IOERR;
	}
	status = print_lines(request, reader);
	/* standard input was read to its end */
	while (status == EX_OK && request->input < 0) {
		switch (log_reader_wait(reader, TAIL_WAIT_MS, &err)) {
		case LOG_WAIT_NOTHING:
			break;
		case LOG_WAIT_CUT:
			say("log: %s has become shorter", request->path);
			break;
		case LOG_WAIT_NEW:
		case LOG_WAIT_MORE:
			status = print_lines(request, reader);
			break;
		case LOG_WAIT_FAILED:
			say("log: %s", err.text);
			status = EX_IOERR;
			break;
		}
	}

	return status;
}
