/* SPDX-License-Identifier: ISC */
/* condition.c - does a condition hold? */
#include "config.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "policy/decide.h"
#include "policy/header.h"

static enum match
match_of(bool holds)
{
	return holds ? MATCH_YES : MATCH_CONTRADICTED;
}

/* No address is in no set. */
static bool
is_in_any(const struct condition *condition, const struct facts *facts)
{
	for (size_t i = 0; i < condition->nsets; i++)
		if (setlist_has(facts->sets, condition->sets[i]))
			return true;

	return false;
}

static enum match
name_match(const struct patterns *hosts, const struct facts *facts)
{
	switch (facts->name_state) {
	case NAME_NOT_LOOKED_UP:
		return MATCH_ABSENT;
	case NAME_NONE:
		return MATCH_CONTRADICTED;
	case NAME_VERIFIED:
		break;
	}

	return match_of(patterns_have_name(hosts, facts->name));
}

enum match
source_match(const struct rules *rules, uint32_t set, const struct facts *facts)
{
	const struct set *source = &rules->sets[set];

	if (setlist_has(facts->sets, set))
		return MATCH_YES;
	if (source->hosts.count == 0 ||
	    setlist_has(facts->sets, source->except))
		return MATCH_CONTRADICTED;

	return name_match(&source->hosts, facts);
}

/* One source is enough; a name not looked up leaves it open. */
static enum match
sources_match(const struct rules *rules, const struct condition *condition,
    const struct facts *facts)
{
	enum match all = MATCH_CONTRADICTED;

	for (size_t i = 0; i < condition->nsets; i++) {
		enum match one = source_match(rules, condition->sets[i], facts);

		if (one == MATCH_YES)
			return MATCH_YES;
		if (one == MATCH_ABSENT)
			all = MATCH_ABSENT;
	}

	return all;
}

static bool
is_listener(const struct condition *condition, const struct facts *facts)
{
	if (facts->daemon != NULL &&
	    patterns_have_text(&condition->patterns, facts->daemon))
		return true;
	for (size_t i = 0; i < condition->nnumbers; i++)
		if (condition->numbers[i] == facts->server_port)
			return true;

	return false;
}

/* A certificate that the MTA did not verify is not there. */
static enum match
certificate_match(const struct patterns *patterns, const char *name)
{
	if (name == NULL)
		return MATCH_ABSENT;

	return match_of(patterns_have_text(patterns, name));
}

static enum match
recipient_match(const struct patterns *patterns, const struct facts *facts)
{
	if (facts->recipient == NULL)
		return MATCH_OPEN;

	return match_of(
	    patterns_have_recipient(patterns, facts->recipient, facts->domain));
}

static bool
is_asn(const struct condition *condition, uint32_t asn)
{
	for (size_t i = 0; i < condition->nnumbers; i++)
		if (condition->numbers[i] == asn)
			return true;

	return false;
}

static bool
is_country(const struct condition *condition, const char *country)
{
	for (const char *at = condition->countries; *at != '\0'; at += 2)
		if (memcmp(at, country, 2) == 0)
			return true;

	return false;
}

/* No record is a no; of a damaged database nobody can tell. */
static enum match
geo_match(enum geo_state state, bool is_listed)
{
	switch (state) {
	case GEO_NONE:
		return MATCH_CONTRADICTED;
	case GEO_FOUND:
		break;
	case GEO_UNKNOWN:
		return MATCH_UNKNOWN;
	}

	return match_of(is_listed);
}

enum match
condition_match(const struct rules *rules, const struct condition *condition,
    const struct facts *facts)
{
	const struct patterns *patterns = &condition->patterns;

	if (facts->stage < condition_stage(condition->key))
		return MATCH_OPEN;

	switch (condition->key) {
	case CONDITION_SOURCE:
		return sources_match(rules, condition, facts);
	case CONDITION_NETWORKS:
		return match_of(is_in_any(condition, facts));
	case CONDITION_EXCEPT:
		return match_of(!is_in_any(condition, facts));
	case CONDITION_HOSTS:
		return name_match(patterns, facts);
	case CONDITION_ASN:
		return geo_match(
		    facts->geo.asn_state, is_asn(condition, facts->geo.asn));
	case CONDITION_COUNTRY:
		return geo_match(facts->geo.country_state,
		    is_country(condition, facts->geo.country));
	case CONDITION_DAEMON:
		return match_of(is_listener(condition, facts));
	case CONDITION_HELO:
		return match_of(facts->helo != NULL &&
		    patterns_have_name(patterns, facts->helo));
	case CONDITION_TLS:
		return facts->tls_version != NULL ? MATCH_YES : MATCH_ABSENT;
	case CONDITION_CERTIFICATE:
		return certificate_match(patterns, facts->cert_subject);
	case CONDITION_ISSUER:
		/* One without a name is not there, nor is its issuer. */
		return certificate_match(patterns,
		    facts->cert_subject == NULL ? NULL : facts->cert_issuer);
	case CONDITION_SENDER:
		return match_of(facts->sender != NULL &&
		    patterns_have_mail(patterns, facts->sender));
	case CONDITION_RECIPIENT:
		return recipient_match(patterns, facts);
	case CONDITION_TENANT:
	case CONDITION_ENTITY:
	case CONDITION_CONNECTING:
	case CONDITION_ORIGINATOR:
	case CONDITION_HEADERS:
		/* A message without header has an empty one. */
		assert(facts->evidence != NULL);
		return header_match(rules, condition, facts->evidence);
	case CONDITION_UNTIL:
		return match_of(facts->today < condition->day);
	case CONDITION_COUNT:
		break;
	}

	return MATCH_UNKNOWN;
}
