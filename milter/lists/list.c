/* SPDX-License-Identifier: ISC */
/* list.c - what does a list of networks come to? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "lists/build.h"
#include "lists/find.h"

uint32_t
build_set(struct build *build, const char *name)
{
	struct rules *rules = build->rules;

	rules->sets = mem_grow(rules->sets, rules->nsets, &build->sets_room,
	    sizeof(rules->sets[0]));
	rules->sets[rules->nsets] = (struct set){
		.name = name == NULL ? NULL : mem_text(name),
		.except = SET_NONE,
	};

	return (uint32_t)rules->nsets++;
}

void
build_hash(struct build *build, const char *what, const void *bytes, size_t len)
{
	struct buf head;

	if (build->digest == NULL)
		return;
	/* the length keeps two texts from reading as two others */
	buf_init(&head);
	buf_addf(&head, "%s %zu\n", what, len);
	digest_add(build->digest, head.data, head.len);
	digest_add(build->digest, bytes, len);
	buf_done(&head);
}

static void
add_part(struct list *list, struct netset *part)
{
	list->parts = mem_grow(
	    list->parts, list->nparts, &list->room, sizeof(list->parts[0]));
	list->parts[list->nparts++] = part;
	list->count += part->count;
}

/* conf/ has held it against its form and told what is wrong with it. */
static bool
read_inline(struct build *build, const struct word *word, struct netset *part)
{
	struct netset_entry entry = { .line = word->line };
	struct err err;

	if (!range_parse(word->text, &entry.range, &err)) {
		if (build->diags->errors == 0)
			diags_error(build->diags, word->file, word->line, "%s",
			    err.text);
		return false;
	}
	part->entries = mem_grow(
	    part->entries, part->count, &part->room, sizeof(part->entries[0]));
	part->entries[part->count++] = entry;

	return true;
}

static void
warn_default(struct build *build, const struct netset *netset, const char *path)
{
	char text[RANGE_TEXT];

	for (size_t i = 0; i < netset->count; i++)
		if (range_is_default(&netset->entries[i].range))
			diags_warning(build->diags, path,
			    netset->entries[i].line,
			    "%s is a default route, every address of its "
			    "family; taken as it is",
			    range_text(&netset->entries[i].range, text));
}

/* The day of a list is that of its oldest file. */
static void
count_day(struct list *list, int32_t day)
{
	if (!list->from_files || day == NETSET_NO_DAY)
		list->day = day;
	else if (list->day != NETSET_NO_DAY && day < list->day)
		list->day = day;
	list->from_files = true;
}

static bool
read_file(struct build *build, const char *place, const struct word *word,
    struct list *list)
{
	struct netset *part = NULL;
	struct buf path;

	buf_init(&path);
	if (find_netset(build->conf, word, &path))
		part = netset_load(buf_text(&path), build->diags);
	else
		diags_error(build->diags, word->file, word->line,
		    "%s: no file \"%s\"; looked for %s", place, word->text,
		    buf_text(&path));
	if (part == NULL) {
		buf_done(&path);
		return false;
	}

	warn_default(build, part, buf_text(&path));
	count_day(list, part->day);
	add_part(list, part);
	if (list->file == NULL)
		list->file = mem_text(buf_text(&path));
	buf_done(&path);

	return true;
}

void
list_read(struct build *build, const char *place, const struct words *words,
    struct list *list)
{
	struct netset *part = mem_new(1, sizeof(*part));

	*list = (struct list){ .day = NETSET_NO_DAY };
	part->day = NETSET_NO_DAY;
	for (size_t i = 0; i < words->count; i++) {
		const struct word *word = &words->items[i];

		if (word->text == NULL ||
		    !(str_ends_with(word->text, ".netset")
			    ? read_file(build, place, word, list)
			    : read_inline(build, word, part)))
			list->broken = true;
	}
	add_part(list, part);
}

void
list_replace(struct list *list, struct netset *netset, const char *file)
{
	list_done(list);
	count_day(list, netset->day);
	list->file = mem_text(file);
	add_part(list, netset);
}

void
list_add(
    struct build *build, const struct list *list, uint32_t set, bool except)
{
	for (size_t i = 0; i < list->nparts; i++) {
		const struct netset *part = list->parts[i];

		for (size_t j = 0; j < part->count; j++)
			if (except)
				table_except(
				    build->table, set, &part->entries[j].range);
			else
				table_add(
				    build->table, set, &part->entries[j].range);
		/* what stands inline is in the text of its file */
		if (part->digest[0] != '\0')
			build_hash(build, "netset", part->digest,
			    strlen(part->digest));
	}
}

void
list_done(struct list *list)
{
	for (size_t i = 0; i < list->nparts; i++)
		netset_free(list->parts[i]);
	free(list->parts);
	free(list->file);
	*list = (struct list){ .day = NETSET_NO_DAY };
}
