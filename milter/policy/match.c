/* SPDX-License-Identifier: ISC */
/* match.c - does a condition, an entry, a policy hold? */
#include "config.h"

#include <stdint.h>

#include "policy/decide.h"

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
	for (size_t i = 0; i < condition->nports; i++)
		if (condition->ports[i] == facts->server_port)
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
		return MATCH_UNKNOWN;

	return match_of(
	    patterns_have_recipient(patterns, facts->recipient, facts->domain));
}

enum match
condition_match(const struct rules *rules, const struct condition *condition,
    const struct facts *facts)
{
	const struct patterns *patterns = &condition->patterns;

	if (facts->stage < condition_stage(condition->key))
		return MATCH_UNKNOWN;

	switch (condition->key) {
	case CONDITION_SOURCE:
		return sources_match(rules, condition, facts);
	case CONDITION_NETWORKS:
		return match_of(is_in_any(condition, facts));
	case CONDITION_EXCEPT:
		return match_of(!is_in_any(condition, facts));
	case CONDITION_HOSTS:
		return name_match(patterns, facts);
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
	case CONDITION_UNTIL:
		return match_of(facts->today < condition->day);
	case CONDITION_COUNT:
		break;
	}

	return MATCH_UNKNOWN;
}

/* All conditions of an entry must hold; a no is a no whatever is unknown. */
enum match
entry_match(const struct rules *rules, const struct entry *entry,
    const struct facts *facts)
{
	bool absent = false;
	bool unknown = false;

	for (size_t i = 0; i < entry->count; i++) {
		switch (condition_match(rules, &entry->conditions[i], facts)) {
		case MATCH_YES:
			break;
		case MATCH_CONTRADICTED:
			return MATCH_CONTRADICTED;
		case MATCH_ABSENT:
			absent = true;
			break;
		case MATCH_UNKNOWN:
			unknown = true;
			break;
		}
	}
	if (absent)
		return MATCH_ABSENT;

	return unknown ? MATCH_UNKNOWN : MATCH_YES;
}

/* Of an anchor: does it hold, or was only its name not looked up? */
static bool
is_anchored(enum condition_key key, enum match match)
{
	if (!condition_is_anchor(key))
		return false;
	if (match == MATCH_ABSENT)
		return key == CONDITION_SOURCE || key == CONDITION_HOSTS;

	return match == MATCH_YES;
}

bool
entry_is_near_miss(const struct rules *rules, const struct entry *entry,
    const struct facts *facts)
{
	if (entry_match(rules, entry, facts) != MATCH_ABSENT)
		return false;
	for (size_t i = 0; i < entry->count; i++) {
		const struct condition *condition = &entry->conditions[i];

		if (is_anchored(condition->key,
			condition_match(rules, condition, facts)))
			return true;
	}

	return false;
}

/* One entry that holds lets the client in; all must fail to keep it out. */
enum match
policy_match(const struct rules *rules, const struct policy *policy,
    const struct facts *facts)
{
	enum match all = MATCH_CONTRADICTED;

	for (size_t i = 0; i < policy->count; i++) {
		enum match one = entry_match(rules, &policy->entries[i], facts);

		if (one == MATCH_YES)
			return MATCH_YES;
		if (one == MATCH_UNKNOWN)
			all = MATCH_UNKNOWN;
	}

	return all;
}
