/* SPDX-License-Identifier: ISC */
/*
 * keys.h - which keys sign the next seals?
 *
 * PATH.key (0600): a line "NUMBER SECRET" for the seal of that number, and
 * while that seal is under way a second for the one after it, so that a crash
 * between the seal on disk and its key's end loses neither.  What is replaced
 * is overwritten before it goes.
 *
 * PATH.seals (0640): the first line is {"postern_seals":1,"key":"HEX"} with the
 * first public key; then each seal's record, as it stands in the log, for
 * ever.
 */
#ifndef POSTERN_LOG_KEYS_H
#define POSTERN_LOG_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "log/chain.h"
#include "log/file.h"
#include "log/seal.h"

struct keys {
	char *key_path;
	char *seals_path;
	uid_t owner;
	gid_t group;
	uint64_t number; /* of the next seal, from 1; 0: not loaded */
	struct sign_key current;
	bool has_next; /* its seal may stand in the log already */
	struct sign_key next;
	int64_t last_us; /* time of the last seal, or of PATH.seals */
	uint64_t sealed; /* sequence of the last seal's record, at loading */
	uint64_t made;   /* at a start; PATH.seals must have so many */
};

/* made: seals that were made, as is known otherwise. */
void keys_init(struct keys *keys, const struct file *file, uint64_t made);
void keys_done(struct keys *keys); /* forgets them */

/*
 * Loads both files, or makes them where there is neither.  has_next: the seal
 * of that number may stand in the log, and has to be looked for there
 * (seal_find.h): where it does keys_advance() is due, else keys_drop_next().
 * False with err: a file is damaged, does not belong to the other, or is older
 * than what is known, and is left alone.
 */
bool keys_load(struct keys *keys, struct err *err);
/* The seal does not stand in the log: it is made again, with another next. */
bool keys_drop_next(struct keys *keys, struct err *err);
/* Makes the next key and puts it on disk beside the current one; what the
 * seal will need is there. */
bool keys_prepare(struct keys *keys, struct err *err);
/*
 * The seal is on disk: adds its line (with newline) to PATH.seals, erases the
 * key that made it.  False with err: to be called again if has_next still
 * stands; else only the old key could not be overwritten, which is tried again
 * with the next.
 */
bool keys_advance(
    struct keys *keys, const char *line, size_t len, struct err *err);

/* The last seal in PATH.seals of the log at path; number 0: none, no file.
 * *record is the sequence and hash of its own record.  False with err. */
bool keys_last_seal(const char *log_path, struct seal *seal,
    struct chain_head *record, struct err *err);
/* The first public key beside the log at path; false with err. */
bool keys_first(
    const char *log_path, char key[SIGN_PUBLIC_TEXT], struct err *err);

#endif
