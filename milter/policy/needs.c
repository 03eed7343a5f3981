/* SPDX-License-Identifier: ISC */
/* needs.c - what must the MTA tell, and when, for rules to be judged by? */
#include "config.h"

#include "policy/needs.h"

#include <stddef.h>
#include <stdint.h>

#include "policy/rules.h"

/*
 * Is it known at MAIL at the latest, whoever the message is for?  `until` is
 * left out as in policy_outlook(): a day may end in the middle of a message.
 */
static bool
is_known_at_mail(const struct entry *entry)
{
	for (size_t i = 0; i < entry->count; i++) {
		enum condition_key key = entry->conditions[i].key;

		if (key == CONDITION_UNTIL || condition_stage(key) > STAGE_MAIL)
			return false;
	}

	return true;
}

/* Is it not known before the client says something? */
static bool
is_open_at_connect(const struct entry *entry)
{
	for (size_t i = 0; i < entry->count; i++)
		if (condition_stage(entry->conditions[i].key) > STAGE_CONNECT)
			return true;

	return false;
}

/* Every policy must have such an entry, one of them a late one. */
static bool
may_be_free_at_mail(const struct rules *rules)
{
	bool late = false;

	if (rules->record_accepted || rules->refuse_unlisted)
		return false;
	for (size_t i = 0; i < rules->npolicies; i++) {
		const struct policy *policy = &rules->policies[i];
		bool known = false;

		for (size_t j = 0; j < policy->count; j++) {
			if (!is_known_at_mail(&policy->entries[j]))
				continue;
			known = true;
			if (is_open_at_connect(&policy->entries[j]))
				late = true;
		}
		if (!known || policy->table)
			return false;
	}

	return late;
}

static bool
has_hosts(const struct rules *rules, const struct condition *condition)
{
	for (size_t i = 0; i < condition->nsets; i++) {
		uint32_t set = condition->sets[i];

		if (set < rules->nsets && rules->sets[set].hosts.count > 0)
			return true;
	}

	return false;
}

static void
add_condition(const struct rules *rules, const struct condition *condition,
    struct needs *needs)
{
	switch (condition->key) {
	case CONDITION_HOSTS:
		needs->names = true;
		break;
	case CONDITION_SOURCE:
		needs->names = needs->names || has_hosts(rules, condition);
		break;
	case CONDITION_DAEMON:
		if (condition->patterns.count > 0)
			needs->daemon_name = true;
		if (condition->nnumbers > 0)
			needs->daemon_port = true;
		break;
	case CONDITION_CERTIFICATE:
	case CONDITION_ISSUER:
		needs->certificates = true;
		break;
	case CONDITION_TENANT:
	case CONDITION_ENTITY:
	case CONDITION_CONNECTING:
	case CONDITION_ORIGINATOR:
	case CONDITION_HEADERS:
		needs->headers = true;
		break;
	case CONDITION_ASN:
	case CONDITION_COUNTRY:
	case CONDITION_NETWORKS:
	case CONDITION_EXCEPT:
	case CONDITION_HELO:
	case CONDITION_TLS:
	case CONDITION_SENDER:
	case CONDITION_RECIPIENT:
	case CONDITION_UNTIL:
	case CONDITION_COUNT:
		break;
	}
}

static void
add_policy(
    const struct rules *rules, const struct policy *policy, struct needs *needs)
{
	for (size_t i = 0; i < policy->count; i++)
		for (size_t j = 0; j < policy->entries[i].count; j++)
			add_condition(
			    rules, &policy->entries[i].conditions[j], needs);
	/* Other marks are to be counted before they are removed. */
	if (policy->measure == MEASURE_MARK)
		needs->headers = needs->mark = true;
	if (policy->measure == MEASURE_QUARANTINE)
		needs->end_of_headers = needs->quarantine = true;
}

struct needs
needs_of(const struct rules *rules)
{
	struct needs needs = {
		.answer_at_mail = may_be_free_at_mail(rules),
		.end_of_headers = rules->record_accepted,
		.login = !rules->judge_authenticated,
	};

	for (size_t i = 0; i < rules->npolicies; i++)
		add_policy(rules, &rules->policies[i], &needs);
	for (size_t i = 0; i < rules->nrows; i++)
		add_policy(rules, &rules->rows[i], &needs);
	needs.end_of_headers = needs.end_of_headers || needs.headers;

	return needs;
}
