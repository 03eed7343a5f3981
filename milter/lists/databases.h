/* SPDX-License-Identifier: ISC */
/*
 * databases.h - which databases of networks and countries are in force?
 *
 * Those of one generation.  What they say may change while it is in force: a
 * file that is replaced is taken over (geo.h tells which thread may what).
 */
#ifndef POSTERN_LISTS_DATABASES_H
#define POSTERN_LISTS_DATABASES_H

#include "base/diag.h"
#include "base/err.h"
#include "conf/conf.h"
#include "lists/geo.h"

struct databases;

/* Those that conf names; an error for each that is not there. */
struct databases *databases_load(const struct conf *conf, struct diags *diags);
void databases_free(struct databases *databases);

void databases_find(const struct databases *databases, const struct addr *addr,
    struct geo *geo);

/* As geo_base_refresh(); one that the configuration does not name is as ever.
 */
enum geo_change databases_refresh(
    const struct databases *databases, enum geo_kind kind, struct err *err);
/* What is damaged in them answers as in those before. */
void databases_inherit(
    const struct databases *databases, const struct databases *before);

#endif
