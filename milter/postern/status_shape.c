/* SPDX-License-Identifier: ISC */
/* status_shape.c - is this what a daemon says of itself? */
#include "config.h"

#include <jansson.h>

#include "base/mem.h"
#include "postern/status.h"

/* The types that a member may have: the sum of these. */
enum {
	TYPE_INTEGER = 1,
	TYPE_TEXT = 2,
	TYPE_NULL = 4,
	TYPE_BOOL = 8,
	TYPE_OBJECT = 16,
	TYPE_LIST = 32
};

struct member {
	const char *name;
	unsigned types;
};

static const struct member top[] = {
	{ "generation", TYPE_INTEGER },
	{ "version", TYPE_TEXT },
	{ "mode", TYPE_TEXT },
	{ "open", TYPE_OBJECT | TYPE_NULL },
	{ "sessions", TYPE_INTEGER },
	{ "sources", TYPE_LIST },
	{ "records", TYPE_OBJECT },
};

static const struct member of_open[] = {
	{ "until", TYPE_TEXT },
	{ "policy", TYPE_TEXT | TYPE_NULL },
	{ "note", TYPE_TEXT },
};

static const struct member of_source[] = {
	{ "name", TYPE_TEXT },
	{ "date", TYPE_TEXT | TYPE_NULL },
	{ "stale", TYPE_BOOL },
};

/* 0: it is not there, or of a type that none of them has */
static unsigned
type_of(const json_t *value)
{
	if (value == NULL)
		return 0;
	switch (json_typeof(value)) {
	case JSON_INTEGER:
		return TYPE_INTEGER;
	case JSON_STRING:
		return TYPE_TEXT;
	case JSON_NULL:
		return TYPE_NULL;
	case JSON_TRUE:
	case JSON_FALSE:
		return TYPE_BOOL;
	case JSON_OBJECT:
		return TYPE_OBJECT;
	case JSON_ARRAY:
		return TYPE_LIST;
	case JSON_REAL:
		break;
	}

	return 0;
}

/* More members than these do no harm. */
static bool
has(const json_t *object, const struct member *members, size_t count)
{
	if (!json_is_object(object))
		return false;
	for (size_t i = 0; i < count; i++)
		if ((type_of(json_object_get(object, members[i].name)) &
			members[i].types) == 0)
			return false;

	return true;
}

static bool
are_sources(const json_t *sources)
{
	for (size_t i = 0; i < json_array_size(sources); i++)
		if (!has(json_array_get(sources, i), of_source,
			NITEMS(of_source)))
			return false;

	return true;
}

static bool
are_records(json_t *records)
{
	const char *action;
	json_t *count;

	json_object_foreach(
	    records, action, count) if (!json_is_integer(count)) return false;

	return true;
}

static bool
is_status(const json_t *root)
{
	const json_t *open = json_object_get(root, "open");

	return has(root, top, NITEMS(top)) &&
	    (json_is_null(open) || has(open, of_open, NITEMS(of_open))) &&
	    are_sources(json_object_get(root, "sources")) &&
	    are_records(json_object_get(root, "records"));
}

json_t *
status_load(const char *json, size_t len)
{
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);

	if (is_status(root))
		return root;
	json_decref(root);

	return NULL;
}

bool
status_is_one(const char *json, size_t len)
{
	json_t *root = status_load(json, len);
	bool is = root != NULL;

	json_decref(root);

	return is;
}
