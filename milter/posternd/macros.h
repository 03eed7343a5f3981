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
	"i {auth_authen} {tls_version} {cipher} {verify} {cert_subject} " \
	"{cert_issuer} {cn_subject} {cn_issuer}"
#define MACROS_RCPT "i {rcpt_mailer}"

/* name and peer as xxfi_connect gets them; peer NULL: no address. */
void macros_connect(SMFICTX *ctx, struct session *session, const char *name,
    const struct sockaddr *peer);
/* sender as given, with or without brackets. */
void macros_mail(SMFICTX *ctx, struct session *session, const char *sender);
void macros_rcpt(SMFICTX *ctx, struct session *session);

/* Does the MTA only tell of a recipient that it has refused itself? */
bool macros_rcpt_refused(SMFICTX *ctx);

#endif
