/* SPDX-License-Identifier: ISC */
/* damage.c - what is it called, and what is to be done? */
#include "config.h"

#include "log/verify.h"

static const struct {
	const char *text, *cure;
} damages[] = {
	[DAMAGE_NONE] = { "whole", "" },
	[DAMAGE_FOREIGN] = { "no record",
	    "look what wrote it there, and take a copy without it" },
	[DAMAGE_CHANGED] = { "changed",
	    "hold it against a copy kept elsewhere (syslog, a backup)" },
	[DAMAGE_REMOVED] = { "removed",
	    "look for them in a copy kept elsewhere (syslog, a backup)" },
	[DAMAGE_PUT_IN] = { "put in",
	    "hold it against a copy kept elsewhere (syslog, a backup)" },
	[DAMAGE_REORDERED] = { "reordered",
	    "give the files in their order, each under its own name" },
	[DAMAGE_DOUBLED] = { "doubled",
	    "give each file once; else take a copy kept elsewhere" },
	[DAMAGE_FORKED] = { "forked",
	    "find out whether the machine was set back (a snapshot), and hold "
	    "both against a copy kept elsewhere" },
	[DAMAGE_CHAIN] = { "from another chain",
	    "give the files of one log only; else hold it against a copy kept "
	    "elsewhere" },
	[DAMAGE_CUT] = { "cut off",
	    "look for the rest in a copy kept elsewhere (syslog, a backup)" },
	[DAMAGE_SEAL] = { "seal",
	    "do not rely on what stands between the last good seal and this "
	    "one; hold it against a copy kept elsewhere" },
	[DAMAGE_KEY] = { "key",
	    "do not rely on what stands behind the last good seal, unless the "
	    "key that was given is the wrong one" },
	[DAMAGE_GAP] = { "gap",
	    "if the file was renamed, give it, too; else look for them in a "
	    "copy kept elsewhere (syslog, a backup)" },
	[DAMAGE_YOUNG] = { "deleted too young",
	    "find out who deleted it; if audit.keep was shorter then, give "
	    "that configuration (-c)" },
};

const char *
damage_text(enum damage damage)
{
	return damages[damage].text;
}

const char *
damage_cure(enum damage damage)
{
	return damages[damage].cure;
}
