/* SPDX-License-Identifier: ISC */
/* fresh.c - has a database that is in force been replaced? */
#include "config.h"

#include "posternd/fresh.h"

#include "lists/databases.h"
#include "lists/generation.h"
#include "posternd/force.h"
#include "posternd/say.h"

static void
look(const struct databases *databases, enum geo_kind kind,
    const struct word *path)
{
	struct err err;

	switch (databases_refresh(databases, kind, &err)) {
	case GEO_SAME:
		break;
	case GEO_TAKEN:
		say_notice("%s has changed; the new one is in use", path->text);
		break;
	case GEO_REFUSED:
		say_warning("%s", err.text);
		break;
	}
}

void
fresh_tick(void)
{
	struct generation *generation = force_generation();
	const struct conf *conf = generation_conf(generation);
	const struct databases *databases = generation_databases(generation);

	look(databases, GEO_ASN, &conf->geo_asn);
	look(databases, GEO_COUNTRY, &conf->geo_country);
	generation_unref(generation);
}
