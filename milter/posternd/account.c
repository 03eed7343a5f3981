/* SPDX-License-Identifier: ISC */
/* account.c - as whom does the daemon run? */
#include "config.h"

#include "posternd/account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool
account_find(const char *user, struct account *account, struct err *err)
{
	const struct passwd *entry;

	account->change = geteuid() == 0;
	account->uid = (uid_t)-1;
	account->gid = (gid_t)-1;
	(void)snprintf(account->name, sizeof(account->name), "%s", user);
	if (!account->change)
		return true;

	entry = getpwnam(user); /* one thread only so far */
	if (entry == NULL)
		return err_set(err,
		    "user: no user \"%s\" on this system; make it (systemd-"
		    "sysusers, or adduser --system --group %s) or set `user`",
		    user, user);
	account->uid = entry->pw_uid;
	account->gid = entry->pw_gid;

	return true;
}

bool
account_find_group(
    const char *key, const char *name, gid_t *gid, struct err *err)
{
	const struct group *entry = getgrnam(name); /* one thread only */

	if (entry == NULL)
		return err_set(err,
		    "%s: no group \"%s\" on this system; set it to one that "
		    "those are in who shall reach the socket",
		    key, name);
	*gid = entry->gr_gid;

	return true;
}

bool
account_become(const struct account *account, struct err *err)
{
	if (!account->change || account->uid == 0)
		return true;
	if (initgroups(account->name, account->gid) != 0 ||
	    setresgid(account->gid, account->gid, account->gid) != 0 ||
	    setresuid(account->uid, account->uid, account->uid) != 0)
		return err_set(err, "user: cannot become \"%s\": %s",
		    account->name, strerror(errno));

	/* A way back would be a way up for whoever takes us over. */
	if (setuid(0) == 0 || seteuid(0) == 0 || geteuid() != account->uid)
		return err_set(err,
		    "user: became \"%s\" but can go back to root; start as "
		    "that user instead",
		    account->name);

	return true;
}
