/* SPDX-License-Identifier: ISC */
/* got.c - what did a condition have before it, and what does it want? */
#include "config.h"

#include "base/timetext.h"
#include "conf/conf.h"
#include "postern/explain.h"

enum {
	WANTED_SHOWN = 6,   /* names or networks; of more, how many they are */
	WANTED_BYTES = 128, /* of each */
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
got_add(const struct explanation *explanation, const struct facts *facts,
    const struct condition *condition, struct buf *out)
{
	char addr[ADDR_TEXT], day[DAY_TEXT];

	switch (condition->key) {
	case CONDITION_SOURCE:
		sources_add(explanation, facts, out);
		if (has_hosts(explanation->rules, condition)) {
			buf_add_text(out, ", with ");
			add_name(facts, out);
		}
		break;
	case CONDITION_NETWORKS:
	case CONDITION_EXCEPT:
		buf_add_text(out, addr_text(&facts->addr, addr));
		break;
	case CONDITION_HOSTS:
		add_name(facts, out);
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
	case CONDITION_UNTIL:
		buf_add_text(out, day_text(facts->today, day));
		break;
	case CONDITION_COUNT:
		break;
	}
}

/* The condition as the admin wrote it: rules are compiled in its order. */
static const struct conf_condition *
as_written(const struct explanation *explanation, const struct entry *entry,
    const struct policy *policy, enum condition_key key)
{
	const struct conf *conf = generation_conf(explanation->generation);
	size_t p = (size_t)(policy - explanation->rules->policies);
	size_t e = (size_t)(entry - policy->entries);
	const struct conf_entry *written = &conf->policies[p].entries[e];

	for (size_t i = 0; i < written->count; i++)
		if (written->conditions[i].key == key)
			return &written->conditions[i];

	return NULL;
}

static void
add_words(struct buf *out, const struct words *words)
{
	const char *before = "";

	for (size_t i = 0; i < words->count; i++) {
		if (i == WANTED_SHOWN) {
			buf_addf(out, " and %zu more", words->count - i);
			break;
		}
		buf_addf(
		    out, "%s%.*s", before, WANTED_BYTES, words->items[i].text);
		before = ", ";
	}
}

void
wanted_add(const struct explanation *explanation, const struct entry *entry,
    const struct policy *policy, const struct condition *condition,
    struct buf *out)
{
	const struct conf_condition *written =
	    as_written(explanation, entry, policy, condition->key);

	switch (condition->key) {
	case CONDITION_SOURCE:
	case CONDITION_NETWORKS:
		buf_add_text(out, "in ");
		break;
	case CONDITION_EXCEPT:
		buf_add_text(out, "not in ");
		break;
	case CONDITION_TLS:
		buf_add_text(out, "encryption");
		return;
	case CONDITION_HOSTS:
	case CONDITION_DAEMON:
	case CONDITION_HELO:
	case CONDITION_CERTIFICATE:
	case CONDITION_ISSUER:
	case CONDITION_SENDER:
	case CONDITION_RECIPIENT:
		break;
	case CONDITION_UNTIL:
		buf_add_text(out, "before ");
		break;
	case CONDITION_COUNT:
		break;
	}
	if (written != NULL)
		add_words(out, &written->values);
}
