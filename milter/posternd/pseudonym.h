/* SPDX-License-Identifier: ISC */
/*
 * pseudonym.h - what stands in a record in the place of a name?
 *
 * With privacy = "hmac" digits that only who has the key can connect with an
 * address.  The key is 32 random bytes, in hex in PATH.hmac (0600) beside the
 * log at PATH, made where it is not there.  Deleted, it stays in force until
 * the daemon stops; the next one has another, and the digits of old records
 * say nothing any more.
 */
#ifndef POSTERN_POSTERND_PSEUDONYM_H
#define POSTERN_POSTERND_PSEUDONYM_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "policy/privacy.h"

struct conf;

/*
 * Loads or makes the key where conf asks for one and there is none in memory;
 * owner, group: of what root makes here, (uid_t)-1: as it is.  False with err:
 * such a configuration must not come into force.  One thread at a time.
 */
bool pseudonym_load(
    const struct conf *conf, uid_t owner, gid_t group, struct err *err);
/* What records under conf write of addresses; NULL: all of them.  Threads: any,
 * once conf is in force. */
const struct privacy *pseudonym_of(const struct conf *conf);

#endif
