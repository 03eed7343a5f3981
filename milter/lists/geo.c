/* SPDX-License-Identifier: ISC */
/* geo.c - which network and which country does an address belong to? */
#include "config.h"

#include "lists/geo.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lists/geo_parts.h"

enum {
	IDLE = 30 /* each try may take seconds */
};

/* A database that was found sound; whoever looks it up holds a reference. */
struct sound {
	atomic_size_t references;
	MMDB_s mmdb;
};

struct geo_base {
	enum geo_kind kind;
	char *path;
	pthread_mutex_t lock; /* guards sound; held for a reference only */
	struct sound *sound;  /* NULL: damaged, and none came before */

	/* of the one thread that refreshes */
	struct geo_stamp seen;    /* at the last look */
	struct geo_stamp judged;  /* of the file whose bytes were judged */
	char digest[DIGEST_TEXT]; /* of these bytes; "": none yet */
	struct err said;          /* of what could not be judged */
	unsigned idle;            /* looks until that is tried again */
};

static struct sound *
sound_get(struct geo_base *base)
{
	struct sound *sound;

	pthread_mutex_lock(&base->lock);
	sound = base->sound;
	if (sound != NULL)
		(void)atomic_fetch_add(&sound->references, 1);
	pthread_mutex_unlock(&base->lock);

	return sound;
}

static void
sound_unref(struct sound *sound)
{
	if (sound == NULL || atomic_fetch_sub(&sound->references, 1) > 1)
		return;
	MMDB_close(&sound->mmdb);
	free(sound);
}

/* Takes over the reference. */
static void
sound_put(struct geo_base *base, struct sound *sound)
{
	struct sound *before;

	pthread_mutex_lock(&base->lock);
	before = base->sound;
	base->sound = sound;
	pthread_mutex_unlock(&base->lock);
	sound_unref(before);
}

/* What a child has just opened opens; if not, it is for lack of something. */
static bool
use(struct geo_base *base, const struct geo_copy *copy, struct err *err)
{
	struct sound *sound = mem_new(1, sizeof(*sound));
	int status = geo_copy_open(copy, &sound->mmdb);

	if (status != MMDB_SUCCESS) {
		free(sound);
		return err_set(err, "cannot use %s: %s; free some memory",
		    base->path, MMDB_strerror(status));
	}
	atomic_init(&sound->references, 1);
	sound_put(base, sound);

	return true;
}

/* Are these bytes in use from here on?  false: err says why not. */
static bool
take(struct geo_base *base, const struct geo_copy *copy, struct err *err)
{
	struct err why;

	switch (geo_check(copy, base->kind, &why)) {
	case GEO_SOUND:
		if (!use(base, copy, err))
			return false;
		memcpy(base->digest, copy->digest, sizeof(base->digest));
		return true;
	case GEO_DAMAGED:
		memcpy(base->digest, copy->digest, sizeof(base->digest));
		return err_set(err, "%s is damaged: %s; put a good one there",
		    base->path, why.text);
	case GEO_UNCHECKED:
		break;
	}

	return err_set(
	    err, "%s cannot be checked yet: %s", base->path, why.text);
}

struct geo_base *
geo_base_new(
    enum geo_kind kind, const char *path, bool *damaged, struct err *err)
{
	struct geo_copy copy = { .fd = -1 };
	enum geo_copied copied = geo_copy_make(path, &copy, err);
	struct geo_base *base;

	if (copied == GEO_UNREADABLE)
		return NULL;
	base = mem_new(1, sizeof(*base));
	base->kind = kind;
	base->path = mem_text(path);
	(void)pthread_mutex_init(&base->lock, NULL); /* cannot fail on Linux */
	/* judged stays that of no file: what was read at its first look may
	 * have been written to in the same moment, which the next ones see. */
	*damaged = copied == GEO_MOVING || !take(base, &copy, err);
	geo_copy_done(&copy);

	return base;
}

void
geo_base_free(struct geo_base *base)
{
	if (base == NULL)
		return;
	sound_unref(base->sound);
	(void)pthread_mutex_destroy(&base->lock); /* nobody holds it */
	free(base->path);
	free(base);
}

/* What cannot be judged is tried again in a while, and told once. */
static enum geo_change
tell_once(struct geo_base *base, const struct err *err)
{
	base->idle = IDLE;
	if (strcmp(base->said.text, err->text) == 0)
		return GEO_SAME;
	base->said = *err;

	return GEO_REFUSED;
}

static enum geo_change
refuse(struct geo_base *base, bool judged, struct err *err)
{
	(void)err_set(err, "%s; %s", err->text,
	    base->sound == NULL ? "what needs it stays unknown"
				: "keeping the one in use");

	return judged ? GEO_REFUSED : tell_once(base, err);
}

static enum geo_change
take_over(struct geo_base *base, const struct geo_copy *copy, struct err *err)
{
	bool taken;

	if (strcmp(copy->digest, base->digest) == 0) {
		base->judged = copy->stamp;
		return GEO_SAME;
	}
	taken = take(base, copy, err);
	if (strcmp(copy->digest, base->digest) != 0)
		return refuse(base, false, err);
	base->judged = copy->stamp;
	base->said.text[0] = '\0';

	return taken ? GEO_TAKEN : refuse(base, true, err);
}

enum geo_change
geo_base_refresh(struct geo_base *base, struct err *err)
{
	struct geo_copy copy = { .fd = -1 };
	enum geo_change change = GEO_SAME;
	struct geo_stamp now;

	if (!geo_stamp_take(base->path, &now) ||
	    geo_stamp_equal(&now, &base->judged))
		return GEO_SAME;
	if (!geo_stamp_equal(&now, &base->seen)) {
		base->seen = now;
		base->idle = 0;
		return GEO_SAME;
	}
	if (base->idle > 0) {
		base->idle--;
		return GEO_SAME;
	}
	switch (geo_copy_make(base->path, &copy, err)) {
	case GEO_COPIED:
		change = take_over(base, &copy, err);
		break;
	case GEO_UNREADABLE:
		change = refuse(base, false, err);
		break;
	case GEO_MOVING:
		break;
	}
	geo_copy_done(&copy);

	return change;
}

void
geo_base_inherit(struct geo_base *base, struct geo_base *good)
{
	if (base->sound == NULL && base->kind == good->kind &&
	    strcmp(base->path, good->path) == 0)
		sound_put(base, sound_get(good));
}

static enum geo_state
find(struct geo_base *base, const struct addr *addr, struct geo *geo)
{
	struct sound *sound;
	enum geo_state state;

	if (base == NULL)
		return GEO_NONE;
	sound = sound_get(base);
	if (sound == NULL)
		return GEO_UNKNOWN;
	state = geo_look(&sound->mmdb, base->kind, addr, geo);
	sound_unref(sound);

	return state;
}

void
geo_find(struct geo_base *asn, struct geo_base *country,
    const struct addr *addr, struct geo *geo)
{
	memset(geo, 0, sizeof(*geo));
	if (addr->family == FAMILY_NONE)
		return;
	geo->asn_state = find(asn, addr, geo);
	geo->country_state = find(country, addr, geo);
}
