/* SPDX-License-Identifier: ISC */
/* wanted.c - what does a condition want? */
#include "config.h"

#include "conf/conf.h"
#include "policy/guid.h"
#include "postern/explain.h"

enum {
	WANTED_SHOWN = 6,  /* names or networks; of more, how many they are */
	WANTED_BYTES = 128 /* of each */
};

/*
 * The condition as the admin wrote it: rules are compiled in its order.  NULL
 * of a row of a table, which is compiled from what stands there.
 */
static const struct conf_condition *
as_written(const struct explanation *explanation, const struct entry *entry,
    const struct policy *policy, enum condition_key key)
{
	const struct conf *conf = generation_conf(explanation->generation);
	const struct rules *rules = explanation->rules;
	const struct conf_entry *written;
	size_t p = 0;

	while (p < rules->npolicies && policy != &rules->policies[p])
		p++;
	if (p == rules->npolicies || policy->table)
		return NULL;
	written = &conf->policies[p].entries[entry - policy->entries];
	for (size_t i = 0; i < written->count; i++)
		if (written->conditions[i].key == key)
			return &written->conditions[i];

	return NULL;
}

/* Adds what stands before the i-th of count; false: that is enough. */
static bool
add_comma(struct buf *out, size_t i, size_t count)
{
	if (i == WANTED_SHOWN)
		buf_addf(out, " and %zu more", count - i);
	else if (i > 0)
		buf_add_text(out, ", ");

	return i < WANTED_SHOWN;
}

static void
add_words(struct buf *out, const struct words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		if (!add_comma(out, i, words->count))
			break;
		buf_addf(out, "%.*s", WANTED_BYTES, words->items[i].text);
	}
}

/* "X-Secret: value": names and values stand side by side. */
static void
add_pairs(struct buf *out, const struct words *words)
{
	for (size_t i = 0; i + 1 < words->count; i += 2) {
		if (!add_comma(out, i / 2, words->count / 2))
			break;
		buf_addf(out, "%.*s: %.*s", WANTED_BYTES, words->items[i].text,
		    WANTED_BYTES, words->items[i + 1].text);
	}
}

static void
add_tenants(struct buf *out, const struct condition *condition)
{
	char text[GUID_TEXT];

	for (size_t i = 0; i < condition->ntenants; i++) {
		if (!add_comma(out, i, condition->ntenants))
			break;
		buf_add_text(out, guid_text(&condition->tenants[i], text));
	}
}

/* What stands before the list; "" where the list says it. */
static const char *
relation(enum condition_key key)
{
	switch (key) {
	case CONDITION_SOURCE:
	case CONDITION_NETWORKS:
	case CONDITION_CONNECTING:
		return "in ";
	case CONDITION_EXCEPT:
		return "not in ";
	case CONDITION_TLS:
		return "encryption";
	case CONDITION_UNTIL:
		return "before ";
	case CONDITION_HOSTS:
	case CONDITION_ASN:
	case CONDITION_COUNTRY:
	case CONDITION_DAEMON:
	case CONDITION_HELO:
	case CONDITION_CERTIFICATE:
	case CONDITION_ISSUER:
	case CONDITION_SENDER:
	case CONDITION_RECIPIENT:
	case CONDITION_TENANT:
	case CONDITION_ENTITY:
	case CONDITION_ORIGINATOR:
	case CONDITION_HEADERS:
	case CONDITION_COUNT:
		break;
	}

	return "";
}

void
wanted_add(const struct explanation *explanation, const struct entry *entry,
    const struct policy *policy, const struct condition *condition,
    struct buf *out)
{
	const struct conf_condition *written =
	    as_written(explanation, entry, policy, condition->key);

	buf_add_text(out, relation(condition->key));
	if (condition->key == CONDITION_TLS)
		return;
	if (condition->key == CONDITION_TENANT)
		add_tenants(out, condition);
	else if (written == NULL) /* a row's source, which names its entry */
		buf_add_text(out, entry->name);
	else if (condition->key == CONDITION_HEADERS)
		add_pairs(out, &written->values);
	else
		add_words(out, &written->values);
	if (condition->absent_passes)
		buf_add_text(out, ", or none");
}
