/* SPDX-License-Identifier: ISC */
/* callbacks.c - what does libmilter call? */
#include "config.h"

#include "posternd/callbacks.h"

#include <libmilter/mfapi.h>
#include <string.h>

#include "posternd/abandoned.h"
#include "posternd/answer.h"
#include "posternd/clock.h"
#include "posternd/macros.h"
#include "posternd/negotiate.h"
#include "posternd/session.h"

/*
 * The session of a callback.  libmilter lets a peer begin with MAIL: that
 * session has not been connected, and is answered as on_error.
 */
static struct session *
session_get(SMFICTX *ctx)
{
	struct session *session = smfi_getpriv(ctx);

	if (session == NULL) {
		session = session_new();
		(void)smfi_setpriv(ctx, session); /* fails without a ctx */
	}

	return session;
}

/* Of a step that negotiate.c asked the MTA not to wait for. */
static sfsistat
go_on(const struct session *session)
{
	return session->negotiated ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

/* What can be answered before the client names a recipient. */
static sfsistat
answer_client(struct session *session)
{
	const struct rules *rules = session_rules(session);
	struct decision decision;

	/* A whole session is let go where nothing could change a thing. */
	if (policy_outlook(rules, &session->facts) == OUTLOOK_FREE)
		return SMFIS_ACCEPT;
	if (policy_refuses_client(rules, &session->facts, &decision))
		return answer_connect(session, &decision);

	return SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, struct sockaddr *peer)
{
	struct session *session = session_get(ctx);

	/*
	 * libmilter takes CONNECT only after a negotiation, or after a "quit,
	 * new connection follows" of a session that had one.
	 */
	session_restart(session);
	session->negotiated = true;
	session->connected = true;
	macros_connect(ctx, session, name, peer);
	session_reach(session, STAGE_CONNECT);

	return answer_client(session);
}

/* Comes again after STARTTLS; the last one counts. */
static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	struct session *session = session_get(ctx);

	session->facts.helo = session_keep(session, TEXT_HELO, name);
	session_reach(session, STAGE_HELO);

	return go_on(session);
}

/* Each message is judged anew. */
static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	struct session *session = session_get(ctx);

	session->facts.today = clock_today();
	macros_mail(ctx, session, argv[0]);
	session_reach(session, STAGE_MAIL);
	if (!session->connected && !session->negotiated)
		return reply_failed(
		    ctx, session, NULL, "the MTA sends MAIL without CONNECT");

	return go_on(session);
}

/* The first stage at which a refusal has a recipient to name. */
static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	struct session *session = session_get(ctx);
	struct recipient recipient;
	struct decision decision;

	recipient_parse(argv[0], &recipient);
	macros_rcpt(ctx, session);
	session_reach(session, STAGE_RCPT);
	session->answered = true;
	if (!session->connected)
		return reply_failed(ctx, session, &recipient,
		    "the MTA sends RCPT without CONNECT");
	if (session->tells_refused && macros_rcpt_refused(ctx)) {
		session_add_refused(session, &recipient);
		return SMFIS_CONTINUE;
	}

	policy_decide(
	    session_rules(session), &session->facts, &recipient, &decision);

	return answer(ctx, session, &recipient, &decision);
}

/* May be the only callback of a session (a bare connect). */
static sfsistat
on_close(SMFICTX *ctx)
{
	struct session *session = smfi_getpriv(ctx);

	if (session == NULL)
		return SMFIS_CONTINUE;
	abandoned_record(session);
	(void)smfi_setpriv(ctx, NULL); /* fails without a ctx */
	session_free(session);

	return SMFIS_CONTINUE;
}

bool
callbacks_register(void)
{
	static char name[] = "posternd";
	struct smfiDesc filter;

	/* No xxfi_unknown: libmilter hands it a text without an end. */
	memset(&filter, 0, sizeof(filter));
	filter.xxfi_name = name;
	filter.xxfi_version = SMFI_VERSION;
	filter.xxfi_flags = SMFIF_NONE;
	filter.xxfi_connect = on_connect;
	filter.xxfi_helo = on_helo;
	filter.xxfi_envfrom = on_mail;
	filter.xxfi_envrcpt = on_rcpt;
	filter.xxfi_close = on_close;
	filter.xxfi_negotiate = on_negotiate;

	return smfi_register(filter) == MI_SUCCESS;
}
