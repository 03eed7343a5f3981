/* SPDX-License-Identifier: ISC */
/*
 * places.c - does each thing that the daemon makes have a path of its own?
 *
 * One would silently be put in the place of the other.
 */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "conf/read.h"

struct made {
	const char *key;
	const char *path;           /* NULL: makes none */
	const config_setting_t *at; /* NULL: the default */
	bool is_log;
};

static const char *
unix_path(const char *socket)
{
	static const char start[] = "unix:";
	size_t len = strlen(start);

	return strncmp(socket, start, len) == 0 ? socket + len : NULL;
}

/* What lies beside the log begins with its name (contract, section 1). */
static bool
is_beside(const char *path, const char *log)
{
	static const char *const ends[] = { ".lock", ".open", ".key", ".seals",
		".hmac" };
	size_t len = strlen(log);

	for (size_t i = 0; i < NITEMS(ends); i++)
		if (strncmp(path, log, len) == 0 &&
		    strcmp(path + len, ends[i]) == 0)
			return true;

	return false;
}

static bool
is_taken(const struct made *earlier, const struct made *later)
{
	if (earlier->path == NULL || later->path == NULL)
		return false;

	return strcmp(earlier->path, later->path) == 0 ||
	    (earlier->is_log && is_beside(later->path, earlier->path));
}

/* At a key that stands in the file: later's, or else earlier's. */
static void
report(struct reader *reader, const config_setting_t *root,
    const struct made *earlier, const struct made *later)
{
	const struct made *told = later->at != NULL ? later : earlier;
	const struct made *other = told == later ? earlier : later;
	char shown[QUOTED];

	if (strcmp(earlier->path, later->path) == 0)
		read_error(reader, told->at != NULL ? told->at : root,
		    "%s is the path of %s too; give each its own",
		    quoted(told->path, shown), other->key);
	else
		read_error(reader, told->at != NULL ? told->at : root,
		    "%s, of %s, is kept for what belongs to %s; give it "
		    "another path",
		    quoted(later->path, shown), later->key, earlier->key);
}

static const config_setting_t *
find_audit_path(const config_setting_t *root)
{
	const config_setting_t *audit =
	    config_setting_get_member(root, "audit");

	return audit == NULL ? NULL : config_setting_get_member(audit, "path");
}

void
read_check_places(struct reader *reader, const config_setting_t *root)
{
	const struct conf *conf = reader->conf;
	const struct made made[] = {
		{ "audit.path", conf->audit.path, find_audit_path(root), true },
		{ "socket", unix_path(conf->socket),
		    config_setting_get_member(root, "socket"), false },
		{ "control", conf->control,
		    config_setting_get_member(root, "control"), false },
		{ "metrics", conf->metrics,
		    config_setting_get_member(root, "metrics"), false },
	};

	for (size_t i = 1; i < NITEMS(made); i++)
		for (size_t j = 0; j < i; j++)
			if (is_taken(&made[j], &made[i])) {
				report(reader, root, &made[j], &made[i]);
				break;
			}
}
