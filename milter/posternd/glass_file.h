/* SPDX-License-Identifier: ISC */
/*
 * glass_file.h - how does a broken glass outlive a restart?
 *
 * PATH.open, beside the audit log PATH, says what is open.  What is being
 * opened or closed stands in PATH.open.part for as long as file and record
 * do not agree: where that is found at a start, the daemon ended in between.
 * Threads: one.
 */
#ifndef POSTERN_POSTERND_GLASS_FILE_H
#define POSTERN_POSTERND_GLASS_FILE_H

#include <stdbool.h>

#include "base/err.h"
#include "posternd/glass_kept.h"

struct glass_file {
	char *folder;
	char *path; /* PATH.open */
	char *part; /* PATH.open.part */
	char *bad;  /* PATH.open.bad */
};

enum glass_found {
	GLASS_FOUND_NONE,
	GLASS_FOUND,
	GLASS_FOUND_PART, /* there is a PATH.open.part */
	GLASS_FOUND_BAD   /* with err: it cannot be read, or is damaged */
};

void glass_file_init(struct glass_file *file, const char *log_path);
void glass_file_done(struct glass_file *file);

/* What was left?  Only a regular file of ours, or of root's, counts. */
enum glass_found glass_file_read(
    const struct glass_file *file, struct glass_kept *kept, struct err *err);
/* Keeps what is damaged for people to look at, as PATH.open.bad. */
bool glass_file_set_aside(const struct glass_file *file, struct err *err);

/* Each on disk once it returns true; false with err. */
/* Writes PATH.open.part. */
bool glass_file_prepare(const struct glass_file *file,
    const struct glass_kept *kept, struct err *err);
/* Makes it PATH.open. */
bool glass_file_commit(const struct glass_file *file, struct err *err);
/* Makes PATH.open PATH.open.part, if it is there. */
bool glass_file_retract(const struct glass_file *file, struct err *err);
/* Removes PATH.open.part, if it is there; all: PATH.open too. */
bool glass_file_remove(
    const struct glass_file *file, bool all, struct err *err);

#endif
