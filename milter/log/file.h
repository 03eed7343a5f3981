/* SPDX-License-Identifier: ISC */
/*
 * file.h - how do bytes get to the end of the file, whole or not at all?
 *
 * Symbolic links are not followed, nothing but regular files is opened, and
 * owners are given by descriptor: root works here in a directory that
 * belongs to another.
 */
#ifndef POSTERN_LOG_FILE_H
#define POSTERN_LOG_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct file {
	char *path;
	int fd; /* -1: to be opened again */
	dev_t device;
	ino_t inode;
	int64_t size; /* where the last whole record ends */
	bool cut_due; /* bytes of ours past that could not be cut off */
	uid_t owner;  /* of what root makes here; (uid_t)-1: as it is */
	gid_t group;
};

void file_init(struct file *file, const char *path, uid_t owner, gid_t group);
void file_done(struct file *file);

/*
 * Opens path, or makes it (0640, file's owner and group; *made); new: it
 * must not be there yet.  Returns a descriptor to read and append, or -1
 * with err.
 */
int file_open_at(const char *path, const struct file *file, bool new,
    bool *made, struct err *err);

/*
 * A file that was made or renamed is there after a crash only once the
 * directory that holds path is on disk.  False with errno.
 */
bool file_sync_directory(const char *path);

/* Puts fd in the place of file's own, which is closed; size bytes count.
 * False with err: fd is closed. */
bool file_take(struct file *file, int fd, int64_t size, struct err *err);

/* False with errno; a part may have been written then. */
bool file_write_all(int fd, const char *bytes, size_t len);

/*
 * Appends all bytes, or none: what was written of them is cut off again.
 * They are part of the file once file_keep() has said so.
 */
bool file_append(
    struct file *file, const char *bytes, size_t len, struct err *err);
bool file_sync(struct file *file, struct err *err);
void file_keep(struct file *file, size_t len);

/* Cuts off what is past size; remembers in cut_due that it could not. */
bool file_cut(struct file *file, struct err *err);

#endif
