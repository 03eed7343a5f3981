/* SPDX-License-Identifier: ISC */
/* tail.c - what is recorded now? */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "log/line.h"
#include "log/read.h"
#include "policy/record.h"
#include "postern/records.h"
#include "postern/say.h"
#include "postern/trail.h"

enum {
	TAIL_LINES = 10,
	TAIL_WAIT_MS = 60000
};

/* The last lines of those that were added. */
struct last {
	char *lines[TAIL_LINES]; /* a ring */
	size_t lens[TAIL_LINES];
	size_t count; /* of all that were added */
};

struct tail_job {
	const struct log_request *request;
	uint64_t sequence; /* of the last line that was printed; 0: none */
	bool new;          /* the next line is the first of another file */
};

static void
last_add(struct last *last, const char *line, size_t len)
{
	size_t i = last->count++ % TAIL_LINES;

	free(last->lines[i]);
	last->lines[i] = mem_text_len(line, len);
	last->lens[i] = len;
}

static void
last_done(struct last *last)
{
	for (size_t i = 0; i < TAIL_LINES; i++)
		free(last->lines[i]);
}

static int
print_line(struct tail_job *job, const char *line, size_t len)
{
	struct buf out;
	int status;

	buf_init(&out);
	if (!record_add(job->request, line, len, false, &out))
		say("log: a line is no record; left out");
	(void)log_line_sequence(line, len, &job->sequence); /* else as it was */
	status = print_result(&out, EX_OK);
	buf_done(&out);

	return status;
}

static int
print_last(struct tail_job *job, const struct last *last, size_t most)
{
	size_t there = last->count < TAIL_LINES ? last->count : TAIL_LINES;
	size_t i = last->count - (there < most ? there : most);
	int status = EX_OK;

	for (; status == EX_OK && i < last->count; i++)
		status = print_line(job, last->lines[i % TAIL_LINES],
		    last->lens[i % TAIL_LINES]);

	return status;
}

static int
failed(const struct err *err, int status)
{
	say("log: %s", err->text);

	return status;
}

/* The lines of a whole file; an exit code. */
static int
read_all(struct log_stream *stream, struct last *last)
{
	for (;;) {
		const char *line;
		size_t len;
		bool whole;
		struct err err;

		switch (log_stream_next(stream, &line, &len, &whole, &err)) {
		case LOG_READ_LINE:
			if (whole)
				last_add(last, line, len);
			break;
		case LOG_READ_LONG:
			say("log: a line is too long for a record; left out");
			break;
		case LOG_READ_END:
			return EX_OK;
		case LOG_READ_FAILED:
			return failed(&err, EX_IOERR);
		}
	}
}

/* Where a rotation came just before, the last ten begin in a file before. */
static int
print_before(struct tail_job *job, struct trail *trail, size_t i, size_t need)
{
	struct last last = { .count = 0 };
	struct log_stream *stream;
	struct err err;
	int status;

	if (need == 0 || i == 0)
		return EX_OK;
	stream = trail_open(trail, i - 1, &err);
	if (stream == NULL)
		return failed(&err, EX_NOINPUT);
	status = read_all(stream, &last);
	log_stream_close(stream);
	if (status == EX_OK && last.count < need)
		status = print_before(job, trail, i - 1, need - last.count);
	if (status == EX_OK)
		status = print_last(job, &last, need);
	last_done(&last);

	return status;
}

/* The records of the file behind the last one printed, and before next. */
static int
print_between(struct tail_job *job, struct log_stream *stream, uint64_t next)
{
	int status = EX_OK;

	while (status == EX_OK) {
		uint64_t sequence;
		const char *line;
		size_t len;
		bool whole;
		struct err err;
		enum log_read got =
		    log_stream_next(stream, &line, &len, &whole, &err);

		if (got == LOG_READ_END)
			break;
		if (got == LOG_READ_FAILED)
			return failed(&err, EX_IOERR);
		if (got == LOG_READ_LINE &&
		    log_line_sequence(line, len, &sequence) &&
		    sequence > job->sequence && sequence < next)
			status = print_line(job, line, len);
	}

	return status;
}

/* Records before *line, the first of another file, which several rotations
 * have carried away since the last one printed. */
static int
catch_up(struct tail_job *job, const char *line, size_t len)
{
	uint64_t next;
	struct trail trail;
	int status;

	if (job->request->path == NULL || job->sequence == 0 ||
	    !log_line_sequence(line, len, &next) || next <= job->sequence + 1)
		return EX_OK;
	status = trail_of_log(&trail, job->request->path);
	for (size_t i = 0; status == EX_OK && i + 1 < trail.files.count; i++) {
		uint64_t end = trail.files.items[i + 1].first;
		struct log_stream *stream;
		struct err err;

		/* all of it was printed; 0: it is the last rotated one */
		if (end != 0 && end <= job->sequence)
			continue;
		stream = trail_open(&trail, i, &err);
		status = stream == NULL ? failed(&err, EX_NOINPUT)
					: print_between(job, stream, next);
		log_stream_close(stream);
	}
	trail_done(&trail);

	return status;
}

/* Prints the whole lines that there are; an exit code, EX_OK at their end. */
static int
print_lines(struct tail_job *job, struct log_reader *reader)
{
	int status = EX_OK;

	while (status == EX_OK) {
		const char *line;
		size_t len;
		struct err err;

		switch (log_reader_next(reader, &line, &len, &err)) {
		case LOG_READ_LINE:
			if (job->new)
				status = catch_up(job, line, len);
			job->new = false;
			if (status == EX_OK)
				status = print_line(job, line, len);
			break;
		case LOG_READ_LONG:
			say("log: a line is too long for a record; left out");
			break;
		case LOG_READ_END:
			return EX_OK;
		case LOG_READ_FAILED:
			status = failed(&err, EX_IOERR);
			break;
		}
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

static int
follow(struct tail_job *job, struct log_reader *reader, const char *path)
{
	struct err err;
	int status = EX_OK;

	while (status == EX_OK) {
		switch (log_reader_wait(reader, TAIL_WAIT_MS, &err)) {
		case LOG_WAIT_NOTHING:
			break;
		case LOG_WAIT_CUT:
			say("log: %s has become shorter", path);
			break;
		case LOG_WAIT_NEW:
			job->new = true;
			status = print_lines(job, reader);
			break;
		case LOG_WAIT_MORE:
			status = print_lines(job, reader);
			break;
		case LOG_WAIT_FAILED:
			status = failed(&err, EX_IOERR);
			break;
		}
	}

	return status;
}

/* How many lines follow, and the sequence of the first; SIZE_MAX with err. */
static size_t
count_lines(struct log_reader *reader, uint64_t *first, struct err *err)
{
	const char *line;
	size_t len, count = 0;
	enum log_read got;

	*first = 0;
	while ((got = log_reader_next(reader, &line, &len, err)) ==
		LOG_READ_LINE ||
	    got == LOG_READ_LONG)
		if (count++ == 0 && got == LOG_READ_LINE)
			(void)log_line_sequence(line, len, first);

	return got == LOG_READ_FAILED ? SIZE_MAX : count;
}

/* How many files of the trail stand before the one that begins with first: not
 * what is written to, nor what is read here if that was rotated just now. */
static size_t
count_before(const struct trail *trail, uint64_t first)
{
	size_t count = 0;

	while (count < trail->files.count) {
		uint64_t begins = trail->files.items[count].first;

		if (begins == 0 || (first != 0 && begins >= first))
			break;
		count++;
	}

	return count;
}

/* Of the configuration's log: with those before the last rotation. */
static int
print_rotated(struct tail_job *job, struct log_reader *reader)
{
	struct trail trail;
	struct err err;
	uint64_t first;
	size_t count = count_lines(reader, &first, &err);
	int status;

	if (count == SIZE_MAX || !log_reader_last(reader, TAIL_LINES, &err))
		return failed(&err, EX_IOERR);
	if (count >= TAIL_LINES)
		return EX_OK;
	status = trail_of_log(&trail, job->request->path);
	if (status == EX_OK)
		status = print_before(job, &trail, count_before(&trail, first),
		    TAIL_LINES - count);
	trail_done(&trail);

	return status;
}

/* A log that is read to its end, once: packed, or standard input. */
static int
print_stream(struct tail_job *job, const char *path)
{
	struct last last = { .count = 0 };
	struct err err;
	struct log_stream *stream = log_stream_open(path, &err);
	int status;

	if (stream == NULL)
		return failed(&err, EX_NOINPUT);
	status = read_all(stream, &last);
	if (status == EX_OK)
		status = print_last(job, &last, TAIL_LINES);
	log_stream_close(stream);
	last_done(&last);

	return status;
}

int
records_tail(struct log_request *request)
{
	const char *path =
	    request->path != NULL ? request->path : request->files.items[0];
	struct tail_job job = { .request = request };
	struct log_reader *reader;
	struct err err;
	int status = EX_OK;

	end_quietly();
	if (strcmp(path, "-") == 0 || log_stream_is_packed(path))
		return print_stream(&job, path);
	reader = log_reader_open(path, &err);
	if (reader == NULL)
		return failed(&err, EX_NOINPUT);
	if (!log_reader_last(reader, TAIL_LINES, &err))
		status = failed(&err, EX_IOERR);
	else if (request->path != NULL)
		status = print_rotated(&job, reader);
	if (status == EX_OK)
		status = print_lines(&job, reader);
	if (status == EX_OK)
		status = follow(&job, reader, path);
	log_reader_close(reader);

	return status;
}
