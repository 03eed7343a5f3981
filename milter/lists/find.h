/* SPDX-License-Identifier: ISC */
/* find.h - where is the source or the list that somebody names? */
#ifndef POSTERN_LISTS_FIND_H
#define POSTERN_LISTS_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "conf/conf.h"

/* Texts of our own, e.g. names of sources. */
struct names {
	char **items;
	size_t count;
	size_t room;
};

void names_done(struct names *names);

/* Could it be the name of a source: not "", without "/" and "."? */
bool find_is_name(const char *text);

/* A member of `sources`, or NULL. */
const struct conf_source *find_own(const struct conf *conf, const char *name);

/* Sets path to DIRECTORY/NAME.conf in the first of `rules` that has one. */
bool find_source(const struct conf *conf, const char *name, struct buf *path);

/* Adds the path of a word, relative to the file that it stands in. */
void find_beside(const struct word *word, struct buf *path);

/*
 * Sets path to the file of a word that ends in ".netset": absolute, else
 * beside the file that the word stands in, else in `rules`.  false: there is
 * none; path lists where it was looked for.
 */
bool find_netset(
    const struct conf *conf, const struct word *word, struct buf *path);

/* Every name of a source that the configuration could use, sorted. */
void find_names(const struct conf *conf, struct names *names);

/* Is nothing there, as opposed to something that cannot be read? */
bool find_is_missing(const char *path);

#endif
