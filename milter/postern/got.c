/* SPDX-License-Identifier: ISC */
/* got.c - what did a condition have before it, and what does it want? */
#include "config.h"

#include "base/timetext.h"
#include "conf/conf.h"
#include "postern/explain.h"

enum {
	WANTED_SHOWN = 6,  /* names or networks; of more, how many they are */
	WANTED_BYTES = 128 /* of each */
};

void
sources_add(const struct explanation *explanation, struct buf *out)
{
	const struct rules *rules = explanation->rules;
	const struct setlist *sets = explanation->facts->sets;
	const char *before = "in ";

	for (uint32_t i = 0; i < sets->count; i++) {
		if (rules->set_names[sets->sets[i]] == NULL)
			continue;
		buf_addf(out, "%s%s", before, rules->set_names[sets->sets[i]]);
		before = ", ";
	}
	if (*before == 'i')
		buf_add_text(out, "in no source");
}

void
got_add(const struct explanation *explanation,
    const struct condition *condition, struct buf *out)
{
	const struct facts *facts = explanation->facts;
	char addr[ADDR_TEXT], day[DAY_TEXT];

	switch (condition->key) {
	case CONDITION_SOURCE:
		sources_add(explanation, out);
		break;
	case CONDITION_NETWORKS:
	case CONDITION_EXCEPT:
		buf_add_text(out, addr_text(&facts->addr, addr));
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
	case CONDITION_UNTIL:
		buf_add_text(out, "before ");
		break;
	case CONDITION_COUNT:
		break;
	}
	if (written != NULL)
		add_words(out, &written->values);
}
