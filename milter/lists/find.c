/* SPDX-License-Identifier: ISC */
/* find.c - where is the source or the list that somebody names? */
#include "config.h"

#include "lists/find.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"

#define SUFFIX ".conf"

static void
names_add(struct names *names, char *name)
{
	names->items = mem_grow(
	    names->items, names->count, &names->room, sizeof(names->items[0]));
	names->items[names->count++] = name;
}

void
names_done(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	*names = (struct names){ NULL, 0, 0 };
}

bool
find_is_name(const char *text)
{
	return *text != '\0' && strpbrk(text, "/.") == NULL;
}

bool
find_is_missing(const char *path)
{
	struct stat st;

	return stat(path, &st) == -1 && (errno == ENOENT || errno == ENOTDIR);
}

const struct conf_source *
find_own(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->nsources; i++)
		if (conf->sources[i].name.text != NULL &&
		    strcmp(conf->sources[i].name.text, name) == 0)
			return &conf->sources[i];

	return NULL;
}

bool
find_source(const struct conf *conf, const char *name, struct buf *path)
{
	for (size_t i = 0; i < conf->rules.count; i++) {
		if (conf->rules.items[i].text == NULL)
			continue;
		buf_clear(path);
		buf_addf(path, "%s/%s" SUFFIX, conf->rules.items[i].text, name);
		if (!find_is_missing(buf_text(path)))
			return true;
	}

	return false;
}

/* Adds ", PATH" to what was looked at; true if it is there. */
static bool
look_at(const char *path, struct buf *looked)
{
	if (looked->len > 0)
		buf_add_text(looked, ", ");
	buf_add_text(looked, path);

	return !find_is_missing(path);
}

/* What stands before the last "/" of file, with it; "" if there is none. */
static int
folder_len(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash == NULL ? 0 : (int)(slash - file) + 1;
}

void
find_beside(const struct word *word, struct buf *path)
{
	const char *file = word->file == NULL ? "" : word->file;

	buf_addf(path, "%.*s%s", word->text[0] == '/' ? 0 : folder_len(file),
	    file, word->text);
}

bool
find_netset(const struct conf *conf, const struct word *word, struct buf *path)
{
	struct buf one, looked;
	bool found;

	buf_init(&one);
	buf_init(&looked);
	find_beside(word, &one);
	found = look_at(buf_text(&one), &looked);
	for (size_t i = 0; i < conf->rules.count && !found; i++) {
		if (word->text[0] == '/' || conf->rules.items[i].text == NULL)
			continue;
		buf_clear(&one);
		buf_addf(&one, "%s/%s", conf->rules.items[i].text, word->text);
		found = look_at(buf_text(&one), &looked);
	}
	buf_clear(path);
	buf_add_text(path, buf_text(found ? &one : &looked));
	buf_done(&one);
	buf_done(&looked);

	return found;
}

/* The names in one of `rules`; a directory that is not there has none. */
static void
names_in(const char *directory, struct names *names)
{
	DIR *dir = opendir(directory);
	struct dirent *item;

	if (dir == NULL)
		return;
	while ((item = readdir(dir)) != NULL) {
		char *name;

		if (!str_ends_with(item->d_name, SUFFIX))
			continue;
		name = mem_text_len(
		    item->d_name, strlen(item->d_name) - strlen(SUFFIX));
		if (find_is_name(name))
			names_add(names, name);
		else
			free(name);
	}
	(void)closedir(dir); /* only read from */
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
find_names(const struct conf *conf, struct names *names)
{
	size_t kept = 0;

	for (size_t i = 0; i < conf->nsources; i++)
		if (conf->sources[i].name.text != NULL)
			names_add(names, mem_text(conf->sources[i].name.text));
	for (size_t i = 0; i < conf->rules.count; i++)
		if (conf->rules.items[i].text != NULL)
			names_in(conf->rules.items[i].text, names);
	if (names->count == 0)
		return;

	qsort(names->items, names->count, sizeof(names->items[0]), compare);
	for (size_t i = 0; i < names->count; i++)
		if (kept > 0 &&
		    strcmp(names->items[kept - 1], names->items[i]) == 0)
			free(names->items[i]);
		else
			names->items[kept++] = names->items[i];
	names->count = kept;
}
