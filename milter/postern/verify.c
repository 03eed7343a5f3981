/* SPDX-License-Identifier: ISC */
/* verify.c - is the log whole? */
#include "config.h"

#include "postern/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "log/clock.h"
#include "log/lock.h"
#include "postern/progress.h"
#include "postern/say.h"
#include "postern/trail.h"

enum {
	TRIES = 5 /* a log of which files are deleted meanwhile */
};

struct job {
	struct log_request *request;
	struct verify *verify;
	struct trail trail;
	uint64_t *firsts;
	char *seals;      /* PATH.seals */
	bool have_seals;  /* it is there */
	struct note note; /* PATH.lock */
	struct progress progress;
	uint64_t done;        /* bytes of the files before */
	const char *unpacked; /* file that cannot be unpacked further */
	struct err why;
	bool vanished; /* retention deleted a file since they were listed */
	bool last;     /* then nothing is read again */
};

/* The log's own name of a file of it: "PATH.000000000042.gz" is of PATH. */
static size_t
length_of_log(const char *path)
{
	static const char *const packed[] = { ".gz", ".xz", ".zst" };
	size_t len = strlen(path);
	size_t digits = 0;

	for (size_t i = 0; i < NITEMS(packed); i++) {
		size_t end = strlen(packed[i]);

		if (len > end && strcmp(path + len - end, packed[i]) == 0) {
			len -= end;
			break;
		}
	}
	while (digits < len && path[len - 1 - digits] >= '0' &&
	    path[len - 1 - digits] <= '9')
		digits++;
	if (digits >= FILES_DIGITS && digits < len &&
	    path[len - 1 - digits] == '.')
		len -= digits + 1;

	return len;
}

static char *
seals_of(const char *path, size_t len)
{
	struct buf seals;

	buf_init(&seals);
	buf_add(&seals, path, len);
	buf_add_text(&seals, ".seals");

	return seals.data;
}

/* What PATH.seals says, if it is there; an exit code. */
static int
take_seals(struct job *job)
{
	enum log_read got = LOG_READ_LINE;
	struct log_stream *stream;
	const char *line;
	size_t len;
	bool whole, good = true;
	struct err err;

	stream = log_stream_open(job->seals, &err);
	if (stream == NULL && errno == ENOENT)
		return EX_OK;
	if (stream == NULL) {
		say("log: %s", err.text);
		return EX_NOINPUT;
	}
	while (good) {
		got = log_stream_next(stream, &line, &len, &whole, &err);
		if (got != LOG_READ_LINE && got != LOG_READ_LONG)
			break;
		job->have_seals = true; /* an empty one is none */
		good = verify_add_seal(job->verify, line, len, whole);
	}
	log_stream_close(stream);
	if (got == LOG_READ_FAILED) {
		say("log: %s", err.text);
		return EX_IOERR;
	}

	return good ? EX_OK : EXIT_NEGATIVE;
}

/* EXIT_NEGATIVE: something is wrong, and verify knows what. */
static int
take_stream(struct job *job, struct log_stream *stream, const char *path)
{
	for (;;) {
		const char *line;
		size_t len;
		bool whole;
		enum log_read got =
		    log_stream_next(stream, &line, &len, &whole, &job->why);

		switch (got) {
		case LOG_READ_LINE:
		case LOG_READ_LONG:
			if (!verify_add_line(job->verify, line, len, whole))
				return EXIT_NEGATIVE;
			break;
		case LOG_READ_END:
			return EX_OK;
		case LOG_READ_FAILED:
			if (!log_stream_is_damaged(stream))
				return EX_IOERR;
			if (verify_settle(job->verify))
				job->unpacked = path;
			return EXIT_NEGATIVE;
		}
		progress_at(
		    &job->progress, job->done + log_stream_read(stream));
	}
}

static int
take_file(struct job *job, size_t i)
{
	const struct log_file *file = &job->trail.files.items[i];
	struct log_stream *stream = trail_open(&job->trail, i, &job->why);
	int status;

	if (stream == NULL) {
		job->vanished = errno == ENOENT && job->request->path != NULL;
		progress_end(&job->progress);
		if (!job->vanished || job->last)
			say("log: %s", job->why.text);
		return EX_NOINPUT;
	}
	verify_file(job->verify, file->first);
	status = take_stream(job, stream, file->path);
	if (status == EX_IOERR) {
		progress_end(&job->progress);
		say("log: %s", job->why.text);
	}
	job->done += log_stream_read(stream);
	log_stream_close(stream);

	return status;
}

static int
take_files(struct job *job)
{
	int status = EX_OK;

	progress_begin(&job->progress, job->trail.bytes);
	for (size_t i = 0; status == EX_OK && i < job->trail.files.count; i++)
		status = take_file(job, i);
	progress_end(&job->progress);
	if (status == EX_OK && !verify_end(job->verify, clock_wall_us()))
		status = EXIT_NEGATIVE;

	return status;
}

static const char *
file_of(const struct job *job, const struct verify_place *place)
{
	if (place->file == VERIFY_SEALS)
		return job->seals;

	return place->file < job->trail.files.count
	    ? job->trail.files.items[place->file].path
	    : job->seals;
}

/* What only files can tell: one cannot be unpacked, one is not there. */
static int
judge_files(struct job *job, struct outcome *outcome, int status)
{
	struct verify_result *result = &outcome->result;

	if (job->unpacked != NULL) {
		const char *words = strstr(job->why.text, "cannot be unpacked");

		result->damage = DAMAGE_CHANGED;
		result->words = words != NULL ? words : job->why.text;
		result->cure = "";
		outcome->file = job->unpacked;
		return EXIT_NEGATIVE;
	}
	if (status != EX_OK || job->have_seals || job->request->path == NULL ||
	    (result->seals == 0 && job->request->key[0] == '\0'))
		return status;
	result->damage = DAMAGE_SEAL;
	result->words = "the file is gone, in which each seal of the log "
			"stands for ever";
	result->cure = "look for it in a backup, or name the files";
	outcome->file = job->seals;

	return EXIT_NEGATIVE;
}

static int
print_outcome(struct job *job, int status)
{
	struct outcome outcome = { .seals = job->seals };
	struct buf out;

	verify_result(job->verify, &outcome.result);
	outcome.file = file_of(job, &outcome.result.place);
	outcome.origin = job->request->key[0] != '\0' ? KEY_GIVEN
	    : job->have_seals                         ? KEY_BESIDE
						      : KEY_NONE;
	status = judge_files(job, &outcome, status);
	outcome.noted = job->note.head.sequence;
	outcome.overdue = outcome_is_overdue(&outcome.result, job->request);
	buf_init(&out);
	if (job->request->json)
		outcome_json(&outcome, &out);
	else
		outcome_text(&outcome, job->request, &out);
	status = print_result(&out, status);
	buf_done(&out);

	return status;
}

static void
name_firsts(struct job *job)
{
	const struct log_files *files = &job->trail.files;

	job->firsts = mem_new(files->count + 1, sizeof(*job->firsts));
	for (size_t i = 0; i < files->count; i++)
		job->firsts[i] = files->items[i].first;
	verify_names(job->verify, job->firsts, files->count);
}

/* Of the files that were named, the one that has it beside it; else as if the
 * first had. */
static char *
seals_of_files(const struct log_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		const char *path = files->items[i].path;
		char *seals = seals_of(path, length_of_log(path));

		if (access(seals, F_OK) == 0)
			return seals;
		free(seals);
	}

	return seals_of(
	    files->items[0].path, length_of_log(files->items[0].path));
}

/* PATH.lock and PATH.seals are read before the files are listed: so nothing
 * that they name is younger than what is read of the log. */
static int
open_all(struct job *job, const struct verify_want *want)
{
	const struct log_request *request = job->request;
	const char *name = request->path;
	int status;

	if (name == NULL) {
		status = trail_of_files(&job->trail, &request->files);
		if (status != EX_OK)
			return status;
		job->seals = seals_of_files(&job->trail.files);
	} else {
		lock_read_at(name, &job->note);
		job->seals = seals_of(name, strlen(name));
	}
	job->verify = verify_new(want);
	status = take_seals(job);
	if (status == EX_OK && request->path != NULL) {
		status = trail_of_log(&job->trail, request->path);
		if (status == EX_OK)
			name_firsts(job);
	}

	return status;
}

/* An exit code; *vanished: it is worth another try. */
static int
verify_once(struct log_request *request, bool last, bool *vanished)
{
	struct job job = { .request = request, .last = last };
	struct verify_want want = {
		.key = request->key[0] != '\0' ? request->key : NULL,
		.head_sequence = request->head.sequence,
		.head_hash = request->head.hash,
		.keep_us = request->keep_us,
		.now_us = clock_wall_us(),
	};
	int status = open_all(&job, &want);

	if (status == EX_OK)
		status = take_files(&job);
	if (status == EX_OK || status == EXIT_NEGATIVE)
		status = print_outcome(&job, status);
	*vanished = job.vanished;
	if (job.verify != NULL)
		verify_free(job.verify);
	trail_done(&job.trail);
	free(job.firsts);
	free(job.seals);

	return status;
}

int
records_verify(struct log_request *request)
{
	bool vanished = true;
	int status = EX_OK;

	for (unsigned i = 1; i <= TRIES && vanished; i++)
		status = verify_once(request, i == TRIES, &vanished);

	return status;
}
