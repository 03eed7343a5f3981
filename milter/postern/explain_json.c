/* SPDX-License-Identifier: ISC */
/* explain_json.c - how does a program read a verdict? */
#include "config.h"

#include "postern/explain.h"

/* A text, or null for NULL and "". */
static void
add_text_or_null(struct buf *out, const char *key, const char *text)
{
	buf_addf(out, "\"%s\":", key);
	if (text == NULL || *text == '\0')
		buf_add_text(out, "null");
	else
		buf_add_json_text(out, text);
}

static void
add_condition(const struct explanation *explanation, const struct facts *facts,
    const struct condition *condition, struct buf *out)
{
	struct buf got;

	buf_init(&got);
	got_add(explanation, facts, condition, &got);
	buf_addf(out, "{\"condition\":\"%s\",\"match\":\"%s\",\"got\":",
	    condition_text(condition->key),
	    match_text(condition_match(explanation->rules, condition, facts)));
	buf_add_json_text(out, buf_text(&got));
	buf_add_text(out, "}");
	buf_done(&got);
}

static void
add_entry(const struct explanation *explanation, const struct facts *facts,
    const struct entry *entry, struct buf *out)
{
	buf_add_text(out, "{\"entry\":");
	buf_add_json_text(out, entry->name);
	buf_addf(out, ",\"match\":\"%s\",\"conditions\":[",
	    match_text(entry_match(explanation->rules, entry, facts)));
	for (size_t i = 0; i < entry->count; i++) {
		buf_add_text(out, i == 0 ? "" : ",");
		add_condition(explanation, facts, &entry->conditions[i], out);
	}
	buf_add_text(out, "]}");
}

static void
add_item(const struct explanation *explanation, const struct explained *item,
    struct buf *out)
{
	const struct decision *decision = &item->decision;

	buf_add_text(out, "{\"address\":");
	/* an empty address is one, and not null */
	if (item->has_address)
		buf_add_json_text(out, item->recipient.address);
	else
		buf_add_text(out, "null");
	buf_add_text(out, ",");
	add_text_or_null(
	    out, "policy", item->policy == NULL ? NULL : item->policy->name);
	buf_addf(out, ",\"verdict\":\"%s\",", verdict_text(decision->verdict));
	add_text_or_null(out, "action", explained_action(item));
	buf_addf(out, ",\"mode\":\"%s\",",
	    mode_text(decision->monitor ? MODE_MONITOR : MODE_ENFORCE));
	add_text_or_null(out, "reason", explained_reason(item));
	buf_add_text(out, ",");
	add_text_or_null(out, "reply", item->reply);
	buf_add_text(out, ",\"entries\":[");
	for (size_t i = 0; explained_is_judged(item) && i < item->policy->count;
	     i++) {
		buf_add_text(out, i == 0 ? "" : ",");
		add_entry(
		    explanation, &item->facts, &item->policy->entries[i], out);
	}
	buf_add_text(out, "]}");
}

void
explain_json(const struct explanation *explanation, struct buf *out)
{
	buf_addf(out, "{\"verdict\":\"%s\",\"recipients\":[",
	    verdict_text(explanation->verdict));
	for (size_t i = 0; i < explanation->count; i++) {
		buf_add_text(out, i == 0 ? "" : ",");
		add_item(explanation, &explanation->items[i], out);
	}
	buf_add_text(out, "]}\n");
}
