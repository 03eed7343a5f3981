/* SPDX-License-Identifier: ISC */
/* got.c - what did a condition have before it? */
#include "config.h"

#include "base/timetext.h"
#include "postern/explain.h"

enum {
	GOT_BYTES = 512
};

void
sources_add(const struct explanation *explanation, const struct facts *facts,
    struct buf *out)
{
	const struct rules *rules = explanation->rules;
	const char *before = "in ";

	for (uint32_t i = 0; i < rules->nsets; i++) {
		if (rules->sets[i].name == NULL ||
		    source_match(rules, i, facts) != MATCH_YES)
			continue;
		buf_addf(out, "%s%s", before, rules->sets[i].name);
		before = ", ";
	}
	if (*before == 'i')
		buf_add_text(out, "in no source");
}

/* Is one of the sources known by name too? */
static bool
has_hosts(const struct rules *rules, const struct condition *condition)
{
	for (size_t i = 0; i < condition->nsets; i++)
		if (rules->sets[condition->sets[i]].hosts.count > 0)
			return true;

	return false;
}

/* What was said, or words for its absence. */
static void
add_claim(const char *claim, const char *absent, struct buf *out)
{
	if (claim == NULL || *claim == '\0')
		buf_add_text(out, absent);
	else
		buf_addf(out, "%.*s", GOT_BYTES, claim);
}

static void
add_name(const struct facts *facts, struct buf *out)
{
	switch (facts->name_state) {
	case NAME_VERIFIED:
		add_claim(facts->name, "no name", out);
		break;
	case NAME_NONE:
		buf_add_text(out, "no verified name");
		break;
	case NAME_NOT_LOOKED_UP:
		buf_add_text(out, "a name that was not looked up");
		break;
	}
}

/* Where a source is known by name too, with that. */
static void
add_sources(const struct explanation *explanation, const struct facts *facts,
    const struct condition *condition, struct buf *out)
{
	sources_add(explanation, facts, out);
	if (has_hosts(explanation->rules, condition)) {
		buf_add_text(out, ", with ");
		add_name(facts, out);
	}
}

static void
add_listener(const struct facts *facts, struct buf *out)
{
	if (facts->daemon != NULL || facts->server_port == 0)
		add_claim(facts->daemon, "no listener", out);
	if (facts->server_port != 0)
		buf_addf(out, "%sport %u", facts->daemon == NULL ? "" : ", ",
		    (unsigned)facts->server_port);
}

void
asn_add(const struct geo *geo, struct buf *out)
{
	switch (geo->asn_state) {
	case GEO_NONE:
		buf_add_text(out, "no record of its network");
		break;
	case GEO_FOUND:
		buf_addf(out, "AS%u", (unsigned)geo->asn);
		if (geo->organization[0] != '\0')
			buf_addf(out, " (%s)", geo->organization);
		break;
	case GEO_UNKNOWN:
		buf_add_text(out, "a damaged database");
		break;
	}
}

void
country_add(const struct geo *geo, struct buf *out)
{
	switch (geo->country_state) {
	case GEO_NONE:
		buf_add_text(out, "no record of its country");
		break;
	case GEO_FOUND:
		buf_add_text(out, geo->country);
		break;
	case GEO_UNKNOWN:
		buf_add_text(out, "a damaged database");
		break;
	}
}

/* "contoso.example, fabrikam.example" or "no X-OriginatorOrg" */
static void
add_copies(const struct seen *seen, const char *name, struct buf *out)
{
	const struct copies *copies = seen_get(seen, name);

	if (copies->count == 0)
		buf_addf(out, "no %s", copies->name);
	for (size_t i = 0; i < copies->kept; i++)
		buf_addf(out, "%s%s", i == 0 ? "" : ", ", copies->values[i]);
	if (copies->count > copies->kept)
		buf_addf(out, " and %zu more", copies->count - copies->kept);
}

/* The connecting address names a tenant too. */
static void
add_tenant(const struct seen *seen, struct buf *out)
{
	add_copies(seen, HEADER_TENANT, out);
	if (seen_get(seen, HEADER_CONNECTING)->count > 0) {
		buf_add_text(out, "; ");
		add_copies(seen, HEADER_CONNECTING, out);
	}
}

static void
add_wanted_headers(const struct explanation *explanation,
    const struct condition *condition, struct buf *out)
{
	for (size_t i = 0; i < condition->nwanted; i++) {
		const struct wanted_header *wanted =
		    &explanation->rules->wanted[condition->wanted[i]];

		buf_add_text(out, i == 0 ? "" : "; ");
		if (seen_get(explanation->seen, wanted->name)->count > 0)
			buf_addf(out, "%s: ", wanted->name);
		add_copies(explanation->seen, wanted->name, out);
	}
}

static void
add_evidence(const struct explanation *explanation,
    const struct condition *condition, struct buf *out)
{
	const struct seen *seen = explanation->seen;

	if (condition->key == CONDITION_TENANT)
		add_tenant(seen, out);
	else if (condition->key == CONDITION_ENTITY)
		add_copies(seen, HEADER_ENTITY, out);
	else if (condition->key == CONDITION_CONNECTING)
		add_copies(seen, HEADER_CONNECTING, out);
	else if (condition->key == CONDITION_ORIGINATOR)
		add_copies(seen, HEADER_ORIGINATOR, out);
	else
		add_wanted_headers(explanation, condition, out);
}

void
got_add(const struct explanation *explanation, const struct facts *facts,
    const struct condition *condition, struct buf *out)
{
	char addr[ADDR_TEXT], day[DAY_TEXT];

	switch (condition->key) {
	case CONDITION_SOURCE:
		add_sources(explanation, facts, condition, out);
		break;
	case CONDITION_NETWORKS:
	case CONDITION_EXCEPT:
		buf_add_text(out, addr_text(&facts->addr, addr));
		break;
	case CONDITION_HOSTS:
		add_name(facts, out);
		break;
	case CONDITION_ASN:
		asn_add(&facts->geo, out);
		break;
	case CONDITION_COUNTRY:
		country_add(&facts->geo, out);
		break;
	case CONDITION_DAEMON:
		add_listener(facts, out);
		break;
	case CONDITION_HELO:
		add_claim(facts->helo, "no HELO", out);
		break;
	case CONDITION_TLS:
		add_claim(facts->tls_version, "plain text", out);
		break;
	case CONDITION_CERTIFICATE:
		add_claim(facts->cert_subject, "no verified certificate", out);
		break;
	case CONDITION_ISSUER:
		add_claim(facts->cert_issuer, "no verified certificate", out);
		break;
	case CONDITION_SENDER:
		add_claim(facts->sender != NULL && facts->sender[0] == '\0'
			? "<>"
			: facts->sender,
		    "no sender", out);
		break;
	case CONDITION_RECIPIENT:
		add_claim(
		    facts->recipient == NULL ? NULL : facts->recipient->address,
		    "no recipient", out);
		break;
	case CONDITION_TENANT:
	case CONDITION_ENTITY:
	case CONDITION_CONNECTING:
	case CONDITION_ORIGINATOR:
	case CONDITION_HEADERS:
		add_evidence(explanation, condition, out);
		break;
	case CONDITION_UNTIL:
		buf_add_text(out, day_text(facts->today, day));
		break;
	case CONDITION_COUNT:
		break;
	}
}
