/* SPDX-License-Identifier: ISC */
/* show.c - which records have this reference? */
#include "config.h"

#include <stdbool.h>
#include <sysexits.h>

#include "base/err.h"
#include "base/str.h"
#include "log/line.h"
#include "postern/command.h"
#include "postern/records.h"
#include "postern/say.h"
#include "postern/view.h"

bool
record_add(const struct log_request *request, const char *line, size_t len,
    bool full, struct buf *out)
{
	struct view *view = view_new(line, len);

	if (view == NULL)
		return false;
	if (request->json) {
		buf_add(out, line, len);
		buf_add_text(out, "\n");
	} else if (full) {
		view_full(view, request->colour, out);
	} else {
		view_line(view, request->colour, out);
	}
	view_free(view);

	return true;
}

static bool
is_wanted(const char *line, size_t len, const char *id)
{
	char found[ULID_TEXT];

	return log_line_id(line, len, found) && str_equal_nocase(found, id);
}

/* Several have one id where the recipients did not fit in one. */
int
records_show(const struct log_request *request, struct log_reader *reader)
{
	enum log_read got;
	struct buf out;
	struct err err;
	const char *line;
	size_t len;
	size_t found = 0;
	int status;

	buf_init(&out);
	while ((got = log_reader_next(reader, &line, &len, &err)) ==
		LOG_READ_LINE ||
	    got == LOG_READ_LONG) {
		if (got == LOG_READ_LONG || !is_wanted(line, len, request->id))
			continue;
		if (found > 0 && !request->json)
			buf_add_text(&out, "\n");
		if (record_add(request, line, len, true, &out))
			found++;
	}
	if (got == LOG_READ_FAILED) {
		say("log: %s", err.text);
		status = EX_IOERR;
	} else {
		if (found == 0)
			say("log: no record %s in %s", request->id,
			    request->file == NULL ? request->path
						  : request->file);
		status = found > 0 ? EX_OK : EXIT_NEGATIVE;
	}
	status = print_result(&out, status);
	buf_done(&out);

	return status;
}
