/* SPDX-License-Identifier: ISC */
/* macros.c - what does the MTA tell of a session? */
#include "config.h"

#include "posternd/macros.h"

#include <netinet/in.h>
#include <string.h>

#include "base/str.h"
#include "policy/decide.h"
#include "posternd/certificate.h"

/*
 * smfi_getsymval() changes nothing, but takes a plain char *, for which ISO C
 * has no cast that a compiler lets pass.
 */
const char *
macros_get(SMFICTX *ctx, const char *name)
{
	char *plain;

	memcpy(&plain, &name, sizeof(plain));

	return smfi_getsymval(ctx, plain);
}

const char *
macros_text(SMFICTX *ctx, const char *name)
{
	const char *value = macros_get(ctx, name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static uint16_t
get_port(SMFICTX *ctx, const char *name)
{
	const char *value = macros_get(ctx, name);
	uint32_t port;

	if (value == NULL || !str_to_u32(value, 0, UINT16_MAX, &port, NULL))
		return 0;

	return (uint16_t)port;
}

static bool
is_unspecified(const struct addr *addr)
{
	return addr->high == 0 && addr->low == 0;
}

/* Sendmail writes "IPv6:" before the address, Postfix does not. */
static bool
get_addr(SMFICTX *ctx, const char *name, struct addr *addr)
{
	static const char prefix[] = "IPv6:";
	const char *value = macros_get(ctx, name);
	struct addr found;

	if (value == NULL)
		return false;
	if (strncasecmp(value, prefix, sizeof(prefix) - 1) == 0)
		value += sizeof(prefix) - 1;
	if (!addr_parse(value, &found) || is_unspecified(&found))
		return false;
	*addr = found;

	return true;
}

/* Sendmail's listener may be on 0.0.0.0; {if_addr} is what was reached. */
static void
take_server(SMFICTX *ctx, struct facts *facts)
{
	if (!get_addr(ctx, "{if_addr}", &facts->server))
		(void)get_addr(ctx, "{daemon_addr}", &facts->server);
	facts->server_port = get_port(ctx, "{daemon_port}");
}

/* Postfix gives its name and version, Sendmail a number such as 8.17.1. */
static enum mta
mta_of(const char *version)
{
	static const char postfix[] = "Postfix";

	if (version == NULL)
		return MTA_OTHER;
	if (strncmp(version, postfix, sizeof(postfix) - 1) == 0)
		return MTA_POSTFIX;

	return version[0] >= '0' && version[0] <= '9' ? MTA_SENDMAIL
						      : MTA_OTHER;
}

/* The socket's address, never the macro: that one may not be there. */
static void
take_peer(const struct sockaddr *peer, struct facts *facts)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	switch (peer->sa_family) {
	case AF_INET:
		memcpy(&in, peer, sizeof(in));
		facts->addr = addr_of_bytes(
		    FAMILY_V4, (const uint8_t *)&in.sin_addr.s_addr);
		facts->port = ntohs(in.sin_port);
		break;
	case AF_INET6:
		memcpy(&in6, peer, sizeof(in6));
		facts->addr = addr_of_bytes(FAMILY_V6, in6.sin6_addr.s6_addr);
		facts->port = ntohs(in6.sin6_port);
		break;
	case AF_UNIX:
		facts->local = true;
		break;
	default: /* families are the kernel's; others are no address */
		break;
	}
}

/* The client, as the socket shows it. */
static void
take_client(SMFICTX *ctx, struct session *session, const struct sockaddr *peer)
{
	struct facts *facts = &session->facts;
	const char *shown;

	if (peer != NULL) {
		take_peer(peer, facts);
	} else { /* sendmail -bs says 0; any other has no address */
		shown = macros_get(ctx, "{client_addr}");
		facts->local = shown != NULL && strcmp(shown, "0") == 0;
	}
	facts->sets = table_find(session_rules(session)->table, &facts->addr);
	generation_geo(session->generation, &facts->addr, &facts->geo);
}

/* TEMP, or nothing at all, leaves open whether there is a name. */
static enum name_state
name_state_of(const char *resolved)
{
	if (resolved == NULL)
		return NAME_NOT_LOOKED_UP;
	if (strcmp(resolved, "OK") == 0)
		return NAME_VERIFIED;
	if (strcmp(resolved, "FORGED") == 0 || strcmp(resolved, "FAIL") == 0)
		return NAME_NONE;

	return NAME_NOT_LOOKED_UP;
}

static void
take_name(SMFICTX *ctx, struct session *session, const char *name)
{
	struct facts *facts = &session->facts;

	facts->name_state = name_state_of(macros_get(ctx, "{client_resolve}"));
	if (facts->name_state == NAME_VERIFIED)
		facts->name = session_keep(session, TEXT_NAME, name);
	if (facts->name == NULL && facts->name_state == NAME_VERIFIED)
		facts->name_state = NAME_NOT_LOOKED_UP; /* there is none */
}

void
macros_connect(SMFICTX *ctx, struct session *session, const char *name,
    const struct sockaddr *peer)
{
	struct facts *facts = &session->facts;

	take_client(ctx, session, peer);
	/* Who is let in by the address alone is asked nothing more. */
	session->free_by_address =
	    policy_is_free(session_rules(session), facts);
	if (session->free_by_address)
		return;
	take_name(ctx, session, name);
	facts->daemon = session_keep(
	    session, TEXT_DAEMON, macros_text(ctx, "{daemon_name}"));
	take_server(ctx, facts);
	session->mta = mta_of(macros_get(ctx, "v"));
}

/* Without brackets; what is no path in brackets stays as it is. */
static void
take_sender(struct session *session, const char *sender)
{
	size_t len = sender == NULL ? 0 : strlen(sender);

	if (len >= 2 && sender[0] == '<' && sender[len - 1] == '>') {
		sender++;
		len -= 2;
	}
	session->facts.sender =
	    session_keep_len(session, TEXT_SENDER, sender, len);
}

void
macros_mail(SMFICTX *ctx, struct session *session, const char *sender)
{
	struct facts *facts = &session->facts;

	take_sender(session, sender);
	facts->login = session_keep(
	    session, TEXT_LOGIN, macros_text(ctx, "{auth_authen}"));
	facts->tls_version = session_keep(
	    session, TEXT_TLS_VERSION, macros_text(ctx, "{tls_version}"));
	facts->tls_cipher = session_keep(
	    session, TEXT_TLS_CIPHER, macros_text(ctx, "{cipher}"));
	certificate_take(ctx, session);
	facts->queue_id =
	    session_keep(session, TEXT_QUEUE_ID, macros_text(ctx, "i"));
}

void
macros_rcpt(SMFICTX *ctx, struct session *session)
{
	/* Postfix has a queue id only from the second recipient on. */
	session->facts.queue_id =
	    session_keep(session, TEXT_QUEUE_ID, macros_text(ctx, "i"));
}

void
macros_eoh(SMFICTX *ctx, struct session *session)
{
	const char *id = macros_text(ctx, "i");

	/* An MTA that does not send it here has not taken it back. */
	if (id != NULL)
		session->facts.queue_id =
		    session_keep(session, TEXT_QUEUE_ID, id);
}

bool
macros_rcpt_refused(SMFICTX *ctx, const struct session *session)
{
	const char *mailer;

	if ((session->protocol & SMFIP_RCPT_REJ) == 0)
		return false;
	mailer = macros_get(ctx, "{rcpt_mailer}");

	return mailer != NULL && strcmp(mailer, "error") == 0;
}
