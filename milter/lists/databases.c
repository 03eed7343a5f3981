/* SPDX-License-Identifier: ISC */
/* databases.c - which databases of networks and countries are in force? */
#include "config.h"

#include "lists/databases.h"

#include <stdlib.h>

#include "base/mem.h"

struct databases {
	struct geo_base *bases[GEO_KINDS]; /* NULL: there is none */
};

/* What conf/ has told of a path that is none is enough. */
static struct geo_base *
load(enum geo_kind kind, const struct word *path, struct diags *diags)
{
	const char *key = kind == GEO_ASN ? "asn" : "country";
	struct geo_base *base;
	bool damaged = false;
	struct err err;

	if (path->text == NULL || path->text[0] != '/')
		return NULL;
	base = geo_base_new(kind, path->text, &damaged, &err);
	if (base == NULL)
		diags_error(
		    diags, path->file, path->line, "geo.%s: %s", key, err.text);
	else if (damaged)
		diags_warning(diags, path->file, path->line,
		    "geo.%s: %s; until then posternd keeps the last good one, "
		    "and where it has none, what needs it is unknown (on_error)",
		    key, err.text);

	return base;
}

struct databases *
databases_load(const struct conf *conf, struct diags *diags)
{
	struct databases *databases = mem_new(1, sizeof(*databases));

	databases->bases[GEO_ASN] = load(GEO_ASN, &conf->geo_asn, diags);
	databases->bases[GEO_COUNTRY] =
	    load(GEO_COUNTRY, &conf->geo_country, diags);

	return databases;
}

void
databases_free(struct databases *databases)
{
	if (databases == NULL)
		return;
	for (size_t i = 0; i < GEO_KINDS; i++)
		geo_base_free(databases->bases[i]);
	free(databases);
}

void
databases_find(
    const struct databases *databases, const struct addr *addr, struct geo *geo)
{
	geo_find(databases->bases[GEO_ASN], databases->bases[GEO_COUNTRY], addr,
	    geo);
}

enum geo_change
databases_refresh(
    const struct databases *databases, enum geo_kind kind, struct err *err)
{
	struct geo_base *base = databases->bases[kind];

	return base == NULL ? GEO_SAME : geo_base_refresh(base, err);
}

void
databases_inherit(
    const struct databases *databases, const struct databases *before)
{
	for (size_t i = 0; i < GEO_KINDS; i++)
		if (databases->bases[i] != NULL && before->bases[i] != NULL)
			geo_base_inherit(databases->bases[i], before->bases[i]);
}
