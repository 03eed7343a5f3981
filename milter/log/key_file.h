/* SPDX-License-Identifier: ISC */
/*
 * key_file.h - where do the secret keys stand, and how do they go?
 *
 * PATH.key, at most two lines.  It is never written in place: what is new
 * comes as PATH.key.part under its name, and what it replaces stands as
 * PATH.key.old until its bytes are overwritten, so that a crash leaves no
 * secret without a name.
 */
#ifndef POSTERN_LOG_KEY_FILE_H
#define POSTERN_LOG_KEY_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "crypto/sign.h"

struct keys;

/* The end of a cure, behind "move the whole log away, ". */
#define KEYS_ANEW "so that another one begins, with another first key"

enum {
	KEY_FILE_SECRET = 2 * SIGN_SECRET + 1, /* in hex, terminated */
	KEY_FILE_BYTES = 256 /* two lines of a number and a secret are fewer */
};

enum key_file {
	KEY_FILE_READ,
	KEY_FILE_NONE, /* there is no such file */
	KEY_FILE_BAD   /* with err: it cannot be read, or is damaged */
};

/* Fills number, current, has_next and next. */
enum key_file key_file_read(struct keys *keys, struct err *err);

/* Overwrites and removes what a crash has left. */
bool key_file_clean(const struct keys *keys, struct err *err);

/*
 * Puts what keys holds on disk.  *saved: it is, whether or not (false with
 * err) what it replaced could be overwritten then.
 */
bool key_file_save(const struct keys *keys, bool *saved, struct err *err);

#endif
