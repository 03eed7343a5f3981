/* SPDX-License-Identifier: ISC */
/* files.c - of which files does a log consist? */
#include "config.h"

#include "log/files.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "log/why.h"

enum {
	DIGITS_MOST = 15 /* of a sequence: line.h */
};

char *
log_files_name(const char *path, uint64_t first)
{
	struct buf name;

	buf_init(&name);
	buf_addf(&name, "%s.%0*" PRIu64, path, FILES_DIGITS, first);

	return name.data;
}

/* What stands behind "NAME.": just what log_files_name() writes, or with
 * ".gz". */
static bool
parse_end(const char *text, uint64_t *first, bool *packed)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t value = 0;

	if (digits < FILES_DIGITS || digits > DIGITS_MOST ||
	    (digits > FILES_DIGITS && text[0] == '0'))
		return false;
	for (size_t i = 0; i < digits; i++)
		value = value * 10 + (uint64_t)(text[i] - '0');
	text += digits;
	if (value == 0 || (*text != '\0' && strcmp(text, ".gz") != 0))
		return false;

	*first = value;
	*packed = *text != '\0';
	return true;
}

/* Takes path over. */
static void
add(struct log_files *files, size_t *room, char *path, uint64_t first,
    bool packed)
{
	files->items =
	    mem_grow(files->items, files->count, room, sizeof(*files->items));
	files->items[files->count++] =
	    (struct log_file){ .path = path, .first = first, .packed = packed };
}

/* One name of the directory, if it is that of a rotated file. */
static void
add_name(struct log_files *files, size_t *room, const char *path,
    const char *base, const char *name)
{
	size_t most = strlen(base);
	struct stat st;
	struct buf full;
	uint64_t first;
	bool packed;

	if (strncmp(name, base, most) != 0 || name[most] != '.' ||
	    !parse_end(name + most + 1, &first, &packed))
		return;

	buf_init(&full);
	buf_add_text(&full, path);
	buf_add_text(&full, name + most);
	if (lstat(full.data, &st) == 0 && S_ISREG(st.st_mode))
		add(files, room, full.data, first, packed);
	else
		buf_done(&full);
}

static int
compare(const void *a, const void *b)
{
	const struct log_file *one = a, *other = b;

	if (one->first != other->first)
		return one->first < other->first ? -1 : 1;

	return (int)one->packed - (int)other->packed;
}

/* They are sorted: of two with one sequence the plain one stands first. */
static void
drop_twins(struct log_files *files)
{
	size_t kept = 0;

	for (size_t i = 0; i < files->count; i++) {
		if (kept > 0 &&
		    files->items[i].first == files->items[kept - 1].first)
			free(files->items[i].path);
		else
			files->items[kept++] = files->items[i];
	}
	files->count = kept;
}

static bool
read_directory(const char *path, struct log_files *files, size_t *room)
{
	char *at = mem_text(path), *copy = mem_text(path);
	const char *base = basename(copy);
	DIR *directory = opendir(dirname(at));
	struct dirent *entry;
	int error = errno;

	if (directory != NULL) {
		/* Each call has a directory stream of its own. */
		while (errno = 0, (entry = readdir(directory)) != NULL)
			add_name(files, room, path, base, entry->d_name);
		error = errno;
		(void)closedir(directory); /* nothing was written to it */
	}
	free(copy);
	free(at);
	errno = error;

	return error == 0;
}

bool
log_files_list(const char *path, struct log_files *files, struct err *err)
{
	size_t room = 0;
	struct stat st;

	*files = (struct log_files){ .count = 0 };
	if (!read_directory(path, files, &room)) {
		log_files_done(files);
		return why_failed(err, path, "list its directory", errno);
	}
	if (files->count > 1)
		qsort(
		    files->items, files->count, sizeof(*files->items), compare);
	drop_twins(files);
	if (stat(path, &st) == 0)
		add(files, &room, mem_text(path), 0, false);

	return true;
}

void
log_files_done(struct log_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->items[i].path);
	free(files->items);
	*files = (struct log_files){ .count = 0 };
}
