/* SPDX-License-Identifier: ISC */
/*
 * build.h - what is a generation made of while it is built?
 *
 * Inside the room only.  One thread; all complaints go to diags, and the
 * building goes on after one so that all are found at once.
 */
#ifndef POSTERN_LISTS_BUILD_H
#define POSTERN_LISTS_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/digest.h"
#include "lists/generation.h"
#include "lists/netset.h"
#include "net/table.h"

/* A source that has its set. */
struct built {
	struct source source;
	bool fed; /* a list in `feeds` would count */
	/* of the table that is read: rows that name it, and how many of them
	 * do not tell its customers apart, each with the first line */
	size_t rows, open_rows;
	unsigned row, open_row;
};

struct build {
	const struct conf *conf;
	int32_t today;
	struct diags *diags;
	struct digest *digest; /* of what is in force; NULL: no more */
	struct table_builder *table;
	struct rules *rules;
	size_t sets_room;    /* of rules->sets */
	size_t rows_room;    /* of rules->rows */
	unsigned *row_lines; /* of each row, in its table */
	size_t row_lines_room;
	struct built *sources;
	size_t count;
	size_t room;
};

/* What a list of networks comes to. */
struct list {
	struct netset **parts; /* its files, and one of what stands inline */
	size_t nparts;
	size_t room;
	size_t count;    /* entries in all */
	bool from_files; /* some of it stands in a .netset */
	int32_t day;     /* of its oldest file; NETSET_NO_DAY if one has none */
	char *file;      /* the first of its files; NULL: none */
	bool broken;     /* diags has an error of it */
};

/* A new set; name NULL: it is no source. */
uint32_t build_set(struct build *build, const char *name);
/* Counts bytes that are in force into the version. */
void build_hash(
    struct build *build, const char *what, const void *bytes, size_t len);

/*
 * Reads what words name.  place: of the key, for complaints, as in
 * "sources.office.networks".  Free with list_done().
 */
void list_read(struct build *build, const char *place,
    const struct words *words, struct list *list);
/* Puts netset, which becomes the list's, in the place of all it holds. */
void list_replace(struct list *list, struct netset *netset, const char *file);
/* Adds it to set, as networks or as exceptions, and to the version. */
void list_add(
    struct build *build, const struct list *list, uint32_t set, bool except);
void list_done(struct list *list);

/*
 * The source that word names, read the first time that it is named.  Returns
 * its place in build->sources, or SIZE_MAX where nobody defines it.
 */
size_t build_source(
    struct build *build, const struct word *word, const char *place);

/*
 * The list in `feeds` that takes the place of the source's own; NULL: there is
 * none that may.  path: where it is.  Free with netset_free().
 */
struct netset *fetched_load(const struct build *build,
    const struct conf_source *source, const struct list *own, struct buf *path);

/* The rows of the table that policy `number` names. */
void build_rows(struct build *build, uint32_t number, const struct word *table);

/* Makes the rules of the configuration, with all sources that they name. */
void build_rules(struct build *build);

/* What is to be said of an entry that uses a source, or that has expired.
 * told_apart: something in the entry tells the customers of the source apart.
 */
void warn_use(struct build *build, const struct word *word, const char *place,
    const struct built *built, bool told_apart);
/* The same of the sources that the rows of this table name; once each. */
void warn_rows(struct build *build, const char *table);
void warn_expired(
    struct build *build, const struct word *until, const char *place);

/* The conditions on header and database; what is wrong with them was told. */
void compile_asn(
    const struct conf_condition *from, struct condition *condition);
void compile_countries(
    const struct conf_condition *from, struct condition *condition);
void compile_tenants(
    const struct conf_condition *from, struct condition *condition);
void compile_entities(
    const struct conf_condition *from, struct condition *condition);
void compile_headers(struct build *build, const struct conf_condition *from,
    struct condition *condition);
/* Adds a tenant to those of a condition. */
void compile_tenant(struct condition *condition, const struct guid *guid);

/* Where an entry stands, for complaints. */
struct entry_at {
	size_t policy;
	size_t entry;
	const struct conf_entry *from;
};

/* One condition of an entry. */
void build_condition(struct build *build, const struct conf_condition *from,
    const struct entry_at *at, struct condition *condition);

#endif
