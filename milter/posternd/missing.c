/* SPDX-License-Identifier: ISC */
/* missing.c - what does the MTA not tell that it must? */
#include "config.h"

#include "posternd/missing.h"

#include <stdatomic.h>
#include <stddef.h>

#include "base/buf.h"
#include "policy/decide.h"
#include "posternd/change.h"
#include "posternd/macros.h"
#include "posternd/say.h"

enum missing {
	MISSING_CLIENT_RESOLVE,
	MISSING_DAEMON_NAME,
	MISSING_DAEMON_PORT,
	MISSING_VERSION,
	MISSING_VERIFY,
	MISSING_COUNT
};

#define AT_CONNECT "milter_connect_macros", "confMILTER_MACROS_CONNECT"
#define AT_MAIL "milter_mail_macros", "confMILTER_MACROS_ENVFROM"
#define AT_RCPT "milter_rcpt_macros", "confMILTER_MACROS_ENVRCPT"
#define AT_EOH "milter_end_of_header_macros", "confMILTER_MACROS_EOH"
#define AT_EOM "milter_end_of_data_macros", "confMILTER_MACROS_EOM"

static const struct {
	const char *macro, *without, *postfix, *sendmail;
} texts[MISSING_COUNT] = {
	[MISSING_CLIENT_RESOLVE] = { "{client_resolve}",
	    "no client's name counts as looked up, so that `hosts` lets nobody "
	    "in",
	    AT_CONNECT },
	[MISSING_DAEMON_NAME] = { "{daemon_name}",
	    "a `daemon` that is given by name lets nobody in", AT_CONNECT },
	[MISSING_DAEMON_PORT] = { "{daemon_port}",
	    "a `daemon` that is given by port lets nobody in", AT_CONNECT },
	[MISSING_VERSION] = { "v",
	    "it cannot be told which MTA this is, so that no certificate "
	    "counts",
	    AT_CONNECT },
	[MISSING_VERIFY] = { "{verify}", "no certificate counts as verified",
	    AT_MAIL },
};

/* Macros as both MTAs take them in their settings: parted by commas. */
static void
add_list(const char *names, struct buf *out)
{
	for (; *names != '\0'; names++) {
		if (*names == ' ')
			buf_add_text(out, ",");
		buf_add(out, names, 1);
	}
}

static void
add_setting(const char *postfix, const char *sendmail, const char *names,
    struct buf *out)
{
	buf_addf(out, "; %s or %s: ", postfix, sendmail);
	add_list(names, out);
}

static void
say_lists(const struct needs *needs)
{
	struct buf lists;

	buf_init(&lists);
	add_setting(AT_CONNECT, MACROS_CONNECT, &lists);
	add_setting(AT_MAIL,
	    needs->login ? MACROS_MAIL MACROS_LOGIN : MACROS_MAIL, &lists);
	add_setting(AT_RCPT, MACROS_RCPT MACROS_REFUSED, &lists);
	if (needs->end_of_headers)
		add_setting(AT_EOH, MACROS_EOH, &lists);
	if (needs->quarantine || needs->mark)
		add_setting(AT_EOM, MACROS_EOM, &lists);
	say_warning("the MTA does not let filters choose macros "
		    "(SMFIF_SETSYMLIST); add them to its own lists, in main.cf "
		    "(Postfix) or sendmail.mc (Sendmail)%s",
	    buf_text(&lists));
	buf_done(&lists);
}

void
missing_lists(const struct needs *needs)
{
	static _Atomic int64_t last;

	if (say_may(&last, 3600))
		say_lists(needs);
}

void
missing_actions(const struct needs *needs, unsigned long actions)
{
	static _Atomic int64_t quarantine, mark;

	if (needs->quarantine && (actions & SMFIF_QUARANTINE) == 0 &&
	    say_may(&quarantine, 3600))
		say_warning("the MTA does not let filters quarantine "
			    "(SMFIF_QUARANTINE): what `action` = "
			    "\"quarantine\" would hold is answered as "
			    "on_error; use another `action`");
	if (needs->mark && (actions & NEEDED_TO_MARK) != NEEDED_TO_MARK &&
	    say_may(&mark, 3600))
		say_warning("the MTA does not let filters change headers "
			    "(SMFIF_ADDHDRS, SMFIF_CHGHDRS): what `action` = "
			    "\"mark\" would mark is answered as on_error; use "
			    "another `action`");
}

static void
say_once(enum missing which)
{
	static atomic_bool said[MISSING_COUNT];

	if (atomic_exchange(&said[which], true))
		return;
	say_warning("the MTA does not send the macro %s: %s; add it to %s in "
		    "main.cf (Postfix) or %s in sendmail.mc (Sendmail)",
	    texts[which].macro, texts[which].without, texts[which].postfix,
	    texts[which].sendmail);
}

static void
look(SMFICTX *ctx, bool needed, enum missing which)
{
	if (needed && macros_get(ctx, texts[which].macro) == NULL)
		say_once(which);
}

static bool
is_judged(const struct session *session)
{
	return policy_exempt(session_rules(session), &session->facts) ==
	    GROUND_JUDGED;
}

void
missing_at_connect(SMFICTX *ctx, const struct session *session)
{
	const struct needs *needs = &session_rules(session)->needs;

	if (session->free_by_address || !is_judged(session))
		return;
	look(ctx, needs->names, MISSING_CLIENT_RESOLVE);
	look(ctx, needs->daemon_name, MISSING_DAEMON_NAME);
	look(ctx, needs->daemon_port, MISSING_DAEMON_PORT);
	look(ctx, needs->certificates, MISSING_VERSION);
}

/* Postfix has no {verify}: it tells of no certificate that it distrusts. */
void
missing_at_mail(SMFICTX *ctx, const struct session *session)
{
	if (session->mta == MTA_SENDMAIL &&
	    session->facts.tls_version != NULL && is_judged(session))
		look(ctx, session_rules(session)->needs.certificates,
		    MISSING_VERIFY);
}
