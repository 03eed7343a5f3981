/* SPDX-License-Identifier: ISC */
/* show.c - which records have this reference? */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sysexits.h>

#include "base/err.h"
#include "base/str.h"
#include "base/ulid.h"
#include "log/chain.h"
#include "log/line.h"
#include "postern/command.h"
#include "postern/progress.h"
#include "postern/records.h"
#include "postern/say.h"
#include "postern/trail.h"
#include "postern/view.h"

/* What is looked for, and what came of it. */
struct search {
	const struct log_request *request;
	char id[ULID_TEXT]; /* as records have it: upper case */
	struct trail trail;
	struct progress progress;
	uint64_t done; /* bytes of the files before */
	size_t found;
};

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
is_wanted(const struct search *search, const char *line, size_t len)
{
	char found[ULID_TEXT];

	/* nearly none has it anywhere */
	return memmem(line, len, search->id, ULID_TEXT - 1) != NULL &&
	    log_line_id(line, len, found) && strcmp(found, search->id) == 0;
}

/* One that somebody wrote into the file, or changed, looks like any other. */
static void
say_changed(
    struct search *search, const char *file, const char *line, size_t len)
{
	struct chain_head head;

	if (chain_read(line, len, &head))
		return;
	progress_end(&search->progress);
	say("log: %s: the hash of this record is not that of its bytes: it "
	    "was changed or put in; run postern log verify",
	    file);
}

static int
print_found(
    struct search *search, const char *file, const char *line, size_t len)
{
	struct buf out;
	int status = EX_OK;

	buf_init(&out);
	if (search->found > 0 && !search->request->json)
		buf_add_text(&out, "\n");
	if (record_add(search->request, line, len, true, &out)) {
		search->found++;
		say_changed(search, file, line, len);
		progress_end(&search->progress);
		status = print_result(&out, EX_OK);
	}
	buf_done(&out);

	return status;
}

static int
search_file(struct search *search, const char *file, struct log_stream *stream)
{
	int status = EX_OK;

	while (status == EX_OK) {
		const char *line;
		size_t len;
		bool whole;
		struct err err;
		enum log_read got =
		    log_stream_next(stream, &line, &len, &whole, &err);

		if (got == LOG_READ_END)
			break;
		if (got == LOG_READ_FAILED) {
			progress_end(&search->progress);
			say("log: %s", err.text);
			status = EX_IOERR;
		} else if (got == LOG_READ_LINE && whole &&
		    is_wanted(search, line, len)) {
			status = print_found(search, file, line, len);
		}
		progress_at(
		    &search->progress, search->done + log_stream_read(stream));
	}
	search->done += log_stream_read(stream);

	return status;
}

/* The newest first: that is what is asked for most. */
static int
search_trail(struct search *search)
{
	int status = EX_OK;

	for (size_t i = search->trail.files.count; status == EX_OK && i > 0;
	     i--) {
		struct err err;
		struct log_stream *stream =
		    trail_open(&search->trail, i - 1, &err);

		/* Retention has deleted it since. */
		if (stream == NULL && errno == ENOENT &&
		    search->request->path != NULL)
			continue;
		if (stream != NULL) {
			status = search_file(search,
			    search->trail.files.items[i - 1].path, stream);
		} else {
			progress_end(&search->progress);
			say("log: %s", err.text);
			status = EX_NOINPUT;
		}
		log_stream_close(stream);
	}

	return status;
}

/* Several have one id where the recipients did not fit in one, or a count
 * grew. */
int
records_show(struct log_request *request)
{
	struct search search = { .request = request };
	int status;

	(void)memcpy(search.id, request->id, ULID_TEXT); /* its length: log.c */
	for (char *at = search.id; *at != '\0'; at++)
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - 'a' + 'A');
	status = request->path != NULL
	    ? trail_of_log(&search.trail, request->path)
	    : trail_of_files(&search.trail, &request->files);
	if (status == EX_OK) {
		progress_begin(&search.progress, search.trail.bytes);
		status = search_trail(&search);
		progress_end(&search.progress);
	}
	if (status == EX_OK && search.found == 0) {
		say("log: no record %s in %s", request->id,
		    request->path != NULL ? request->path
					  : request->files.items[0]);
		status = EXIT_NEGATIVE;
	}
	trail_done(&search.trail);

	return status;
}
