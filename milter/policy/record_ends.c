/* SPDX-License-Identifier: ISC */
/* record_ends.c - who spoke to whom, and how was it encrypted? */
#include "config.h"

#include <string.h>

#include "policy/record_parts.h"

static void
add_addr(struct buf *out, const char *key, const struct addr *addr)
{
	char text[ADDR_TEXT];

	if (addr->family != FAMILY_NONE)
		record_text(out, key, addr_text(addr, text), ADDR_TEXT);
}

static void
add_port(struct buf *out, uint16_t port)
{
	if (port == 0)
		return;
	record_key(out, "port", ":");
	buf_addf(out, "%u", (unsigned)port);
}

/* For a person who reads it: no verdict hangs on the names. */
static void
add_geo(const struct geo *geo, struct buf *out)
{
	if (geo->asn_state == GEO_FOUND) {
		record_open(out, "as");
		buf_addf(out, "\"number\":%lu", (unsigned long)geo->asn);
		if (geo->organization[0] != '\0') {
			record_open(out, "organization");
			record_text(out, "name", geo->organization, CUT_SYSTEM);
			buf_add_text(out, "}");
		}
		buf_add_text(out, "}");
	}
	if (geo->country_state == GEO_FOUND) {
		record_open(out, "geo");
		record_text(out, "country_iso_code", geo->country, CUT_ID);
		buf_add_text(out, "}");
	}
}

void
record_add_ends(const struct record *record, struct buf *out)
{
	const struct facts *facts = record->facts;
	size_t at = out->len;

	record_open(out, "source");
	add_addr(out, "ip", &facts->addr);
	add_port(out, facts->port);
	record_private(out, record->privacy, "domain", facts->name, CUT_NAME);
	add_geo(&facts->geo, out);
	record_close(out, at);

	at = out->len;
	record_open(out, "destination");
	add_addr(out, "ip", &facts->server);
	add_port(out, facts->server_port);
	record_close(out, at);
}

/* From "TLSv1.3": what follows the last letter is the version. */
static void
add_tls_version(struct buf *out, const char *text)
{
	const char *version = text + strcspn(text, "0123456789");

	if (*version == '\0')
		return;
	record_text(out, "version", version, CUT_TLS);
	record_text(out, "version_protocol",
	    text[0] == 'S' || text[0] == 's' ? "ssl" : "tls", CUT_TLS);
}

void
record_add_tls(const struct record *record, struct buf *out)
{
	const struct facts *facts = record->facts;
	size_t at = out->len;
	size_t client_at;

	if (facts->tls_version == NULL)
		return;
	record_open(out, "tls");
	add_tls_version(out, facts->tls_version);
	record_text(out, "cipher", facts->tls_cipher, CUT_TLS);
	client_at = out->len;
	record_open(out, "client");
	record_private(
	    out, record->privacy, "subject", facts->cert_subject, CUT_CERT);
	record_private(
	    out, record->privacy, "issuer", facts->cert_issuer, CUT_CERT);
	record_close(out, client_at);
	record_close(out, at);
}
