/* SPDX-License-Identifier: ISC */
/* known.h - how far had the chain come, whatever became of the file? */
#ifndef POSTERN_LOG_KNOWN_H
#define POSTERN_LOG_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "log/chain.h"

struct known {
	struct chain_head rotated; /* last record of the newest rotated file */
	struct chain_head sealed;  /* that of the last seal in PATH.seals */
};

/*
 * Both with sequence 0 where there is none.  first is the sequence of PATH's
 * first record, 0: it has none; a rotated file that begins before that is not
 * read, as PATH follows it.  False with err: what is there cannot be read.
 */
bool known_head(
    const char *path, uint64_t first, struct known *known, struct err *err);

#endif
