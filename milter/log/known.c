/* SPDX-License-Identifier: ISC */
/* known.c - how far had the chain come, whatever became of the file? */
#include "config.h"

#include "log/known.h"

#include "log/ends.h"
#include "log/files.h"
#include "log/keys.h"

static bool
read_last(const char *path, struct chain_head *head, struct err *err)
{
	if (!ends_last_at(path, head, err))
		return false;
	if (head->sequence == 0)
		return err_set(err,
		    "%s: no record is left in this rotated file; bring it back "
		    "from a copy, or move it away",
		    path);

	return true;
}

/* Of the rotated files, all that stand before PATH itself. */
static bool
read_newest(const struct log_files *files, uint64_t first,
    struct chain_head *head, struct err *err)
{
	for (size_t i = files->count; i > 0; i--) {
		const struct log_file *file = &files->items[i - 1];

		if (file->first != 0)
			return file->first < first ||
			    read_last(file->path, head, err);
	}

	return true;
}

bool
known_head(
    const char *path, uint64_t first, struct known *known, struct err *err)
{
	struct log_files files;
	struct seal seal;
	bool read;

	chain_start(&known->rotated);
	chain_start(&known->sealed);
	if (!log_files_list(path, &files, err))
		return false;
	read = read_newest(&files, first, &known->rotated, err);
	log_files_done(&files);

	return read && keys_last_seal(path, &seal, &known->sealed, err);
}
