/* SPDX-License-Identifier: ISC */
/* keys_read.c - what do the keys leave for everyone to see? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "log/keys.h"
#include "log/seals_file.h"

static char *
seals_of(const char *log_path)
{
	struct buf name;

	buf_init(&name);
	buf_addf(&name, "%s.seals", log_path);

	return name.data;
}

bool
keys_last_seal(const char *log_path, struct seal *seal,
    struct chain_head *record, struct err *err)
{
	char *path = seals_of(log_path);
	struct seals seals;
	bool good = seals_file_read(path, &seals, err);

	free(path);
	if (!good)
		return false;
	*seal = seals.last;
	*record = seals.record;

	return true;
}

bool
keys_first(const char *log_path, char key[SIGN_PUBLIC_TEXT], struct err *err)
{
	char *path = seals_of(log_path);
	struct seals seals;
	bool good = seals_file_read(path, &seals, err);

	if (good && seals.first[0] == '\0')
		good = err_set(err,
		    "%s: there is none: this log was never sealed; set "
		    "audit.seal",
		    path);
	free(path);
	if (good)
		memcpy(key, seals.first, SIGN_PUBLIC_TEXT);

	return good;
}
