/* SPDX-License-Identifier: ISC */
/*
 * facts.h - what is known of a session so far?
 *
 * All that the verdict and the record are made from.  Texts are borrowed
 * from the session and are claims of the client unless it says otherwise;
 * NULL: not there.  What a later stage brings is not looked at before.
 */
#ifndef POSTERN_POLICY_FACTS_H
#define POSTERN_POLICY_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/addr.h"
#include "net/table.h"

struct evidence;
struct recipient;

/* In the order in which a session goes through them. */
enum stage {
	STAGE_CONNECT,
	STAGE_HELO,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_HEADERS
};

/* Of the client's name, as the MTA looked it up ({client_resolve}). */
enum name_state {
	NAME_NOT_LOOKED_UP, /* a resolver's hiccup, or not told: absent */
	NAME_NONE,          /* none, or a forged one: contradicts */
	NAME_VERIFIED
};

/* "connect", "helo", "mail", "rcpt", "headers" */
const char *stage_text(enum stage stage);

enum {
	GEO_NAME = 128
};

/* What a database says of an address. */
enum geo_state {
	GEO_NONE, /* nothing, or there is no database */
	GEO_FOUND,
	GEO_UNKNOWN /* the database is damaged: it cannot be told */
};

struct geo {
	enum geo_state asn_state;
	uint32_t asn;
	char organization[GEO_NAME]; /* "": not told; cut */
	enum geo_state country_state;
	char country[3]; /* ISO 3166-1, capital letters */
};

struct facts {
	enum stage stage; /* how far the session has come */
	int32_t today;    /* days since 1970-01-01 UTC */

	/* connect */
	struct addr addr;           /* FAMILY_NONE: no address */
	const struct setlist *sets; /* that addr is in; never NULL */
	bool local;                 /* unix socket, or the MTA shows it */
	uint16_t port;              /* 0: not known */
	enum name_state name_state;
	const char *name;     /* NULL unless verified by the MTA */
	struct geo geo;       /* of addr */
	const char *daemon;   /* {daemon_name} */
	struct addr server;   /* the address that was reached */
	uint16_t server_port; /* 0: not known */

	/* HELO; comes again after STARTTLS */
	const char *helo;

	/* MAIL */
	const char *sender;      /* without brackets; "" is the null sender */
	const char *login;       /* SASL login; NULL or "": not authenticated */
	const char *tls_version; /* "TLSv1.3"; NULL: plain text */
	const char *tls_cipher;
	const char *cert_subject; /* of a certificate that the MTA verified */
	const char *cert_issuer;

	/* RCPT: the one that is judged, and the number of its domain that is;
	 * set by policy_decide() */
	const struct recipient *recipient;
	size_t domain;

	/* end of headers; NULL: not there yet */
	const struct evidence *evidence;

	/* of the message, once the MTA has one */
	const char *queue_id;

	/* break glass, at this moment: nothing is refused */
	bool open;
	const char *open_policy; /* of this policy only; NULL: of any */
};

#endif
