/* SPDX-License-Identifier: ISC */
/* negotiate.c - which steps, replies and macros does the MTA send us? */
#include "config.h"

#include "posternd/negotiate.h"

#include <stdint.h>
#include <string.h>

#include "posternd/change.h"
#include "posternd/macros.h"
#include "posternd/missing.h"
#include "posternd/say.h"
#include "posternd/session.h"

/* Neither verdict nor record looks at them. */
static const unsigned long unneeded =
    SMFIP_NOBODY | SMFIP_NODATA | SMFIP_NOUNKNOWN;

/*
 * The steps to leave out, those not to wait for (which libmilter always
 * offers: it answers itself where the MTA cannot do without), and recipients
 * that the MTA refused, for the record.
 */
static unsigned long
protocol_for(const struct session *session)
{
	const struct needs *needs = &session_rules(session)->needs;
	unsigned long protocol = unneeded | SMFIP_NR_HELO | SMFIP_RCPT_REJ;

	if (!needs->answer_at_mail)
		protocol |= SMFIP_NR_MAIL;
	protocol |= needs->headers ? SMFIP_NR_HDR : SMFIP_NOHDRS;
	if (!needs->end_of_headers)
		protocol |= SMFIP_NOEOH;
	else if (!session_judges_messages(session)) /* only recorded there */
		protocol |= SMFIP_NR_EOH;

	return protocol;
}

/* What is done to messages at their end. */
static unsigned long
actions_for(const struct needs *needs)
{
	return (needs->quarantine ? SMFIF_QUARANTINE : 0UL) |
	    (needs->mark ? NEEDED_TO_MARK : 0UL);
}

static void
ask_macros(SMFICTX *ctx, int stage, const char *names)
{
	char *plain; /* which libmilter takes, and copies (see macros_get()) */

	memcpy(&plain, &names, sizeof(plain));
	if (smfi_setsymlist(ctx, stage, plain) != MI_SUCCESS)
		say_warning(
		    "libmilter takes no list of macros for stage %d", stage);
}

/* An empty list: without it the MTA sends its own, for nothing. */
static void
ask_all_macros(SMFICTX *ctx, const struct needs *needs, unsigned long protocol)
{
	ask_macros(ctx, SMFIM_CONNECT, MACROS_CONNECT);
	ask_macros(ctx, SMFIM_HELO, "");
	ask_macros(ctx, SMFIM_ENVFROM,
	    needs->login ? MACROS_MAIL MACROS_LOGIN : MACROS_MAIL);
	ask_macros(ctx, SMFIM_ENVRCPT,
	    (protocol & SMFIP_RCPT_REJ) != 0 ? MACROS_RCPT MACROS_REFUSED
					     : MACROS_RCPT);
	/* Sendmail 8.17 minds the list for the end of message only where there
	 * is one for the end of headers. */
	ask_macros(ctx, SMFIM_EOH, needs->end_of_headers ? MACROS_EOH : "");
	ask_macros(
	    ctx, SMFIM_EOM, needs->quarantine || needs->mark ? MACROS_EOM : "");
}

sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long protocol,
    unsigned long more2, unsigned long more3, unsigned long *want_actions,
    unsigned long *want_protocol, unsigned long *want_more2,
    unsigned long *want_more3)
{
	struct session *session = session_new();
	const struct needs *needs = &session_rules(session)->needs;

	(void)more2; /* for later versions of the protocol */
	(void)more3;
	session_free(smfi_getpriv(ctx));
	session->protocol = protocol & protocol_for(session);
	session->actions = actions & actions_for(needs);
	(void)smfi_setpriv(ctx, session); /* fails only without a ctx */

	*want_actions = session->actions | (actions & SMFIF_SETSYMLIST);
	*want_protocol = session->protocol;
	*want_more2 = 0;
	*want_more3 = 0;
	missing_actions(needs, actions);
	if ((actions & SMFIF_SETSYMLIST) != 0)
		ask_all_macros(ctx, needs, session->protocol);
	else
		missing_lists(needs);

	return SMFIS_CONTINUE;
}
