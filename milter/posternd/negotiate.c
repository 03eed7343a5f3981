/* SPDX-License-Identifier: ISC */
/* negotiate.c - which steps, replies and macros does the MTA send us? */
#include "config.h"

#include "posternd/negotiate.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "posternd/macros.h"
#include "posternd/say.h"
#include "posternd/session.h"

/* After RCPT nothing can change a verdict. */
static const unsigned long unneeded =
    SMFIP_NOBODY | SMFIP_NOHDRS | SMFIP_NOEOH | SMFIP_NODATA | SMFIP_NOUNKNOWN;

/*
 * HELO and MAIL are never answered with anything but "continue".  libmilter
 * always offers these: it answers itself where the MTA cannot do without.
 */
static const unsigned long silent = SMFIP_NR_HELO | SMFIP_NR_MAIL;

static void
ask_macros(SMFICTX *ctx, int stage, const char *names)
{
	char *copy = mem_text(names); /* libmilter takes a plain char * */

	if (smfi_setsymlist(ctx, stage, copy) != MI_SUCCESS)
		say_warning(
		    "libmilter takes no list of macros for stage %d", stage);
	free(copy);
}

/* The MTA sends its default macros then, which lack what we record. */
static void
say_no_macros(void)
{
	static _Atomic int64_t last;

	if (say_may(&last, 3600))
		say_warning("the MTA does not let filters choose macros "
			    "(SMFIF_SETSYMLIST); add these to its own lists: "
			    "connect: %s; mail: %s; rcpt: %s",
		    MACROS_CONNECT, MACROS_MAIL, MACROS_RCPT);
}

sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long protocol,
    unsigned long more2, unsigned long more3, unsigned long *want_actions,
    unsigned long *want_protocol, unsigned long *want_more2,
    unsigned long *want_more3)
{
	struct session *session = session_new();

	(void)more2; /* for later versions of the protocol */
	(void)more3;
	session_free(smfi_getpriv(ctx));
	session->negotiated = true;
	session->tells_refused = (protocol & SMFIP_RCPT_REJ) != 0;
	(void)smfi_setpriv(ctx, session); /* fails only without a ctx */

	*want_actions = actions & SMFIF_SETSYMLIST;
	*want_protocol = protocol & (unneeded | silent | SMFIP_RCPT_REJ);
	*want_more2 = 0;
	*want_more3 = 0;
	if (*want_actions != 0) {
		ask_macros(ctx, SMFIM_CONNECT, MACROS_CONNECT);
		ask_macros(ctx, SMFIM_HELO, "");
		ask_macros(ctx, SMFIM_ENVFROM, MACROS_MAIL);
		ask_macros(ctx, SMFIM_ENVRCPT, MACROS_RCPT);
	} else
		say_no_macros();

	return SMFIS_CONTINUE;
}
