/* SPDX-License-Identifier: ISC */
/*
 * keys.c - which keys sign the next seals?
 *
 * The steps of seal N, and what a crash after each leaves:
 *
 *	key  seals  log
 *	N    N-1    N-1	at rest
 *	N,N+1  N-1  N-1	keys_prepare(): the seal is made again, with these keys
 *	N,N+1  N-1  N	the seal's record is on disk: it is found in the log
 *	N,N+1  N    N	it stands in PATH.seals, torn or whole
 *	N+1  N      N	the old key is gone
 *
 * Each is on disk before the next begins: the secret key of N is there until
 * its seal stands in PATH.seals, and that of N+1 before the log can name it.
 * Only from the second and third line it cannot be told whether seal N is in
 * the log; seal_find() tells, and what it tells goes on disk before anything
 * else is written: keys_advance(), or keys_drop_next().  So there are no two
 * seals of one number.
 */
#include "config.h"

#include "log/keys.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/mem.h"
#include "log/key_file.h"
#include "log/seals_file.h"

static char *
beside(const char *path, const char *suffix)
{
	struct buf name;

	buf_init(&name);
	buf_addf(&name, "%s%s", path, suffix);

	return name.data;
}

void
keys_init(struct keys *keys, const struct file *file, uint64_t made)
{
	*keys = (struct keys){ .key_path = beside(file->path, ".key"),
		.seals_path = beside(file->path, ".seals"),
		.owner = file->owner,
		.group = file->group,
		.made = made };
}

static void
forget(struct keys *keys)
{
	sign_key_forget(&keys->current);
	sign_key_forget(&keys->next);
	keys->number = 0;
	keys->has_next = false;
}

void
keys_done(struct keys *keys)
{
	forget(keys);
	free(keys->key_path);
	free(keys->seals_path);
	keys->key_path = NULL;
	keys->seals_path = NULL;
}

static bool
is_public(const struct sign_key *key, const char *text)
{
	char public[SIGN_PUBLIC_TEXT];

	hex_text(key->public, SIGN_PUBLIC, public);

	return strcmp(public, text) == 0;
}

/* On disk first; after is forgotten. */
static bool
replace(struct keys *keys, struct keys *after, struct err *err)
{
	bool saved;
	bool done = key_file_save(after, &saved, err);

	if (saved)
		*keys = *after;
	forget(after);

	return done;
}

/* The next key takes the place of the current one. */
static bool
step(struct keys *keys, struct err *err)
{
	struct keys after = *keys;

	after.number++;
	after.current = after.next;
	after.has_next = false;
	sign_key_forget(&after.next);

	return replace(keys, &after, err);
}

static bool
begin(struct keys *keys, struct err *err)
{
	bool saved;

	keys->number = 1;
	sign_key_new(&keys->current);

	return key_file_save(keys, &saved, err);
}

static bool
make_seals(const struct keys *keys, struct seals *seals, struct err *err)
{
	const struct file file = { .owner = keys->owner, .group = keys->group };
	char first[SIGN_PUBLIC_TEXT];

	hex_text(keys->current.public, SIGN_PUBLIC, first);

	return seals_file_make(keys->seals_path, &file, first, err) &&
	    seals_file_read(keys->seals_path, seals, err);
}

/* An older PATH.seals, and an older key with it, would seal anew what is
 * sealed, by keys that were to be erased. */
static bool
is_older(const struct keys *keys, const struct seals *seals, struct err *err)
{
	if (seals->last.number >= keys->made)
		return false;

	(void)err_set(err,
	    "%s: it ends with seal %" PRIu64 ", and seal %" PRIu64 " was made; "
	    "bring it and %s back as they were last, or move the whole log "
	    "away, " KEYS_ANEW,
	    keys->seals_path, seals->last.number, keys->made, keys->key_path);
	return true;
}

/* Reads both, or makes what there is not yet. */
static bool
load_files(struct keys *keys, struct seals *seals, struct err *err)
{
	if (!seals_file_read(keys->seals_path, seals, err) ||
	    is_older(keys, seals, err))
		return false;
	switch (key_file_read(keys, err)) {
	case KEY_FILE_READ:
		break;
	case KEY_FILE_NONE:
		if (seals->first[0] != '\0')
			return err_set(err,
			    "%s: it is gone; bring it back as it was last, "
			    "or move the whole log away, " KEYS_ANEW,
			    keys->key_path);
		if (!begin(keys, err))
			return false;
		break;
	case KEY_FILE_BAD:
		return false;
	}
	if (seals->first[0] != '\0')
		return true;
	/* The key is made first: so it may be alone, but only the first. */
	if (keys->number > 1)
		return err_set(err,
		    "%s: it is gone; restore it from a backup, or from the "
		    "log's own records",
		    keys->seals_path);

	return make_seals(keys, seals, err);
}

/* Does the key at hand make the seal after the last one? */
static bool
is_next(const struct keys *keys, const struct seals *seals)
{
	const char *named =
	    seals->last.number > 0 ? seals->last.next : seals->first;

	return keys->number == seals->last.number + 1 &&
	    is_public(&keys->current, named);
}

/* Did it make the last one, and is still there? */
static bool
is_used(const struct keys *keys, const struct seals *seals)
{
	return keys->has_next && keys->number == seals->last.number &&
	    is_public(&keys->current, seals->last.key) &&
	    is_public(&keys->next, seals->last.next);
}

/* The number of the key tells which of the two is the older one. */
static bool
is_no_pair(const struct keys *keys, const struct seals *seals, struct err *err)
{
	if (keys->number > seals->last.number + 1)
		return err_set(err,
		    "%s: it ends with seal %" PRIu64 ", and %s makes seal "
		    "%" PRIu64 "; bring the lines that are missing back from a "
		    "backup, or from the log's own records (sealed)",
		    keys->seals_path, seals->last.number, keys->key_path,
		    keys->number);

	return err_set(err,
	    "%s: its key is not the one after the last seal in %s; bring it "
	    "back as it was last, or move the whole log away, " KEYS_ANEW,
	    keys->key_path, keys->seals_path);
}

static bool
load(struct keys *keys, struct err *err)
{
	struct seals seals;

	if (!key_file_clean(keys, err) || !load_files(keys, &seals, err))
		return false;
	if (!is_next(keys, &seals) && !is_used(keys, &seals))
		return is_no_pair(keys, &seals, err);
	if (seals.last.number == 0 ||
	    !time_parse(seals.last.time, &keys->last_us))
		keys->last_us = seals.changed_us;
	keys->sealed = seals.record.sequence;

	return seals_file_cut(keys->seals_path, err) &&
	    (!is_used(keys, &seals) || step(keys, err));
}

bool
keys_load(struct keys *keys, struct err *err)
{
	bool done;

	forget(keys);
	done = load(keys, err);
	if (!done)
		forget(keys);

	return done;
}

/* Else the seal would stand in the log, and its key could not go. */
static bool
seals_are_ready(const struct keys *keys, struct err *err)
{
	struct seals seals;

	if (!seals_file_cut(keys->seals_path, err) ||
	    !seals_file_read(keys->seals_path, &seals, err))
		return false;
	if (!is_next(keys, &seals))
		return err_set(err,
		    "%s: its last seal is not number %" PRIu64 "; restore it",
		    keys->seals_path, keys->number - 1);

	return true;
}

bool
keys_prepare(struct keys *keys, struct err *err)
{
	struct keys after = *keys;

	if (!seals_are_ready(keys, err) || !key_file_clean(keys, err))
		return false;
	if (keys->has_next)
		return true;

	after.has_next = true;
	sign_key_new(&after.next);

	return replace(keys, &after, err);
}

bool
keys_drop_next(struct keys *keys, struct err *err)
{
	struct keys after = *keys;

	after.has_next = false;
	sign_key_forget(&after.next);

	return replace(keys, &after, err);
}

bool
keys_advance(struct keys *keys, const char *line, size_t len, struct err *err)
{
	return seals_file_add(keys->seals_path, keys->number, line, len, err) &&
	    step(keys, err);
}
