/* SPDX-License-Identifier: ISC */
/* account.h - as whom does the daemon run? */
#ifndef POSTERN_POSTERND_ACCOUNT_H
#define POSTERN_POSTERND_ACCOUNT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct account {
	bool change; /* started as root: to be done */
	char name[64];
	uid_t uid; /* (uid_t)-1 where nothing is changed */
	gid_t gid;
};

/* Looks user up if we are root; false with err: there is none. */
bool account_find(const char *user, struct account *account, struct err *err);
/* The group that key names; false with err: there is none. */
bool account_find_group(
    const char *key, const char *name, gid_t *gid, struct err *err);

/* Becomes that user, for good, and makes sure of it. */
bool account_become(const struct account *account, struct err *err);

#endif
