/* SPDX-License-Identifier: ISC */
/*
 * macros.h - what does the MTA tell of a session?
 *
 * From the arguments and macros of a callback to facts.  Postfix and Sendmail
 * do not tell alike; the differences end here.
 */
#ifndef POSTERN_POSTERND_MACROS_H
#define POSTERN_POSTERND_MACROS_H

#include <stdbool.h>
#include <sys/socket.h>

#include <libmilter/mfapi.h>

#include "posternd/session.h"

/* Those that are read, for each stage, as smfi_setsymlist() takes them. */
#define MACROS_CONNECT                                                \
	"{client_addr} {client_resolve} {daemon_name} {daemon_addr} " \
	"{daemon_port} {if_addr} v"
#define MACROS_MAIL                                                       \
	"i {tls_version} {cipher} {verify} {cert_subject} {cert_issuer} " \
	"{cn_subject} {cn_issuer}"
#define MACROS_LOGIN " {auth_authen}" /* at MAIL, where it counts */
#define MACROS_RCPT "i"
#define MACROS_REFUSED " {rcpt_mailer}" /* at RCPT, with SMFIP_RCPT_REJ */
#define MACROS_EOH "i"
#define MACROS_EOM "i"

/* NULL: the MTA does not send it; as it is, "" too. */
const char *macros_get(SMFICTX *ctx, const char *name);
/* The same, but NULL for what is told to be nothing. */
const char *macros_text(SMFICTX *ctx, const char *name);

/*
 * name and peer as xxfi_connect gets them; peer NULL: no address.  Where that
 * decides all (policy_is_free()) the rest is not looked at: nothing that it
 * could say would change a verdict or stand in a record.
 */
void macros_connect(SMFICTX *ctx, struct session *session, const char *name,
    const struct sockaddr *peer);
/* sender as given, with or without brackets; NULL: the MTA gives none. */
void macros_mail(SMFICTX *ctx, struct session *session, const char *sender);
void macros_rcpt(SMFICTX *ctx, struct session *session);
void macros_eoh(SMFICTX *ctx, struct session *session);

/* Does the MTA only tell of a recipient that it has refused itself? */
bool macros_rcpt_refused(SMFICTX *ctx, const struct session *session);

#endif
