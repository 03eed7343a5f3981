/* SPDX-License-Identifier: ISC */
/* certificate.c - which certificate has the client shown, and does it count? */
#include "config.h"

#include "posternd/certificate.h"

#include <string.h>

#include "posternd/cn.h"
#include "posternd/macros.h"

/* One that does not decode to a name is none. */
static const char *
keep_cn(struct session *session, enum session_text which, const char *text)
{
	(void)session_keep(session, which, text);
	if (text == NULL || !cn_decode(session->texts[which]))
		return NULL;

	return session->texts[which];
}

/* Sendmail tells of any certificate; its DN may be anyone's own making. */
static void
take_sendmail(SMFICTX *ctx, struct session *session)
{
	const char *verify = macros_get(ctx, "{verify}");
	struct facts *facts = &session->facts;

	if (verify == NULL || strcmp(verify, "OK") != 0)
		return;
	facts->cert_subject = keep_cn(
	    session, TEXT_CERT_SUBJECT, macros_get(ctx, "{cn_subject}"));
	facts->cert_issuer =
	    keep_cn(session, TEXT_CERT_ISSUER, macros_get(ctx, "{cn_issuer}"));
}

/* Postfix gives the CN, and only of a chain that it trusts. */
static void
take_postfix(SMFICTX *ctx, struct session *session)
{
	struct facts *facts = &session->facts;

	facts->cert_subject = session_keep(
	    session, TEXT_CERT_SUBJECT, macros_text(ctx, "{cert_subject}"));
	facts->cert_issuer = session_keep(
	    session, TEXT_CERT_ISSUER, macros_text(ctx, "{cert_issuer}"));
}

void
certificate_take(SMFICTX *ctx, struct session *session)
{
	struct facts *facts = &session->facts;

	facts->cert_subject = NULL;
	facts->cert_issuer = NULL;
	switch (session->mta) {
	case MTA_POSTFIX:
		take_postfix(ctx, session);
		break;
	case MTA_SENDMAIL:
		take_sendmail(ctx, session);
		break;
	case MTA_OTHER:
		break;
	}
	/* Without a CN it counts as absent, with its issuer. */
	if (facts->cert_subject == NULL)
		facts->cert_issuer = NULL;
}
