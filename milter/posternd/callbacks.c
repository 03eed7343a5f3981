/* SPDX-License-Identifier: ISC */
/* callbacks.c - what does libmilter call? */
#include "config.h"

#include "posternd/callbacks.h"

#include <libmilter/mfapi.h>
#include <string.h>

#include "posternd/abandoned.h"
#include "posternd/answer.h"
#include "posternd/clock.h"
#include "posternd/failed.h"
#include "posternd/macros.h"
#include "posternd/message.h"
#include "posternd/missing.h"
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

/* Of a step for which silent was, or could have been, negotiated. */
static bool
is_silent(const struct session *session, unsigned long silent)
{
	return (session->protocol & silent) != 0;
}

static sfsistat
go_on(const struct session *session, unsigned long silent)
{
	return is_silent(session, silent) ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

/* A step of no recipient that lacks the one before. */
static sfsistat
fail(SMFICTX *ctx, struct session *session, unsigned long silent,
    const char *why)
{
	session_look(session);
	if (!is_silent(session, silent))
		return reply_failed(ctx, session, NULL, why);
	record_failed(session, why);

	return SMFIS_NOREPLY;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, struct sockaddr *peer)
{
	struct session *session = session_get(ctx);

	session_connect(session);
	macros_connect(ctx, session, name, peer);
	session_reach(session, STAGE_CONNECT);
	missing_at_connect(ctx, session);
	session_look(session);

	return answer_client(session);
}

/* Comes again after STARTTLS; the last one counts. */
static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	struct session *session = session_get(ctx);

	session->facts.helo = session_keep(session, TEXT_HELO, name);
	session_reach(session, STAGE_HELO);

	return go_on(session, SMFIP_NR_HELO);
}

/* Each message is judged anew. */
static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	struct session *session = session_get(ctx);
	const char *lacks;

	session_end_message(session);
	lacks = transaction_mail(&session->transaction, session->connected);
	session->facts.today = clock_today();
	macros_mail(ctx, session, argv[0]);
	session_reach(session, STAGE_MAIL);
	if (lacks != NULL)
		return fail(ctx, session, SMFIP_NR_MAIL, lacks);
	missing_at_mail(ctx, session);
	/* Behind a "quit, new connection follows" nobody knows who waits. */
	if (session->protocol == 0 || is_silent(session, SMFIP_NR_MAIL))
		return go_on(session, SMFIP_NR_MAIL);
	session_look(session);

	return answer_sender(session);
}

/* The first stage at which a refusal has a recipient to name. */
static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	struct session *session = session_get(ctx);
	const char *lacks =
	    transaction_rcpt(&session->transaction, session->connected);
	const char *argument = argv[0] == NULL ? "" : argv[0];
	struct recipient recipient;
	struct decision decision;

	recipient_parse(argument, &recipient);
	macros_rcpt(ctx, session);
	session_reach(session, STAGE_RCPT);
	session_look(session);
	session->answered = true;
	if (lacks != NULL)
		return reply_failed(ctx, session, &recipient, lacks);
	if (macros_rcpt_refused(ctx, session)) {
		session_add_refused(session, &recipient);
		return SMFIS_CONTINUE;
	}

	policy_decide(
	    session_rules(session), &session->facts, &recipient, &decision);

	return answer(ctx, session, argument, &recipient, &decision);
}

/* Of a peer that sends it unasked nothing is looked at. */
static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct session *session = session_get(ctx);
	const char *lacks = transaction_content(&session->transaction);

	session->facts.stage = STAGE_HEADERS;
	if (lacks != NULL)
		return fail(ctx, session, SMFIP_NR_HDR, lacks);
	session_reach(session, STAGE_HEADERS);
	session_add_header(session, name, value);

	return go_on(session, SMFIP_NR_HDR);
}

/* All that is known of the message when it is over, or nearly. */
static sfsistat
end_of_headers(SMFICTX *ctx, unsigned long silent, bool over)
{
	struct session *session = session_get(ctx);
	const char *lacks = transaction_content(&session->transaction);
	sfsistat answer;

	macros_eoh(ctx, session);
	/* Of a fault, too; but without MAIL the client has not come so far. */
	session->facts.stage = STAGE_HEADERS;
	if (lacks != NULL)
		return fail(ctx, session, silent, lacks);
	session_reach(session, STAGE_HEADERS);
	session_end_headers(session);
	session_look(session);
	answer = message_answer(ctx, session, over);

	return is_silent(session, silent) ? SMFIS_NOREPLY : answer;
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	return end_of_headers(ctx, SMFIP_NR_EOH, false);
}

/* Of a peer that left the end of headers out, the last chance. */
static sfsistat
on_eom(SMFICTX *ctx)
{
	sfsistat answer = end_of_headers(ctx, 0, true);

	session_end_message(session_get(ctx));

	return answer;
}

/* May come twice, or without a message. */
static sfsistat
on_abort(SMFICTX *ctx)
{
	struct session *session = smfi_getpriv(ctx);

	if (session != NULL)
		session_end_message(session);

	return SMFIS_CONTINUE;
}

/* May be the only callback of a session (a bare connect). */
static sfsistat
on_close(SMFICTX *ctx)
{
	struct session *session = smfi_getpriv(ctx);

	if (session == NULL)
		return SMFIS_CONTINUE;
	session_end_message(session);
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
	filter.xxfi_header = on_header;
	filter.xxfi_eoh = on_eoh;
	filter.xxfi_eom = on_eom;
	filter.xxfi_abort = on_abort;
	filter.xxfi_close = on_close;
	filter.xxfi_negotiate = on_negotiate;

	return smfi_register(filter) == MI_SUCCESS;
}
