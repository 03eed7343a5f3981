/* SPDX-License-Identifier: ISC */
/* print.c - how would the whole configuration be written? */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/duration.h"
#include "base/size.h"
#include "base/str.h"
#include "conf/choice.h"
#include "conf/keyword.h"

enum {
	INDENT = 2,
	LINE = 80,
	MODE_TEXT = 8 /* "0660" */
};

/* What is printed, and which part of it just now. */
struct printer {
	struct buf *out;
	unsigned depth;
	const struct conf *conf;
	const struct conf_source *source;
	const struct conf_policy *policy;
	const struct conf_entry *entry;
	const char *pair[2]; /* a header's name and value */
	char socket_mode[MODE_TEXT];
	char text[SIZE_TEXT]; /* of a size or duration, for its line */
};

/* The value of a key; the kind of its row says which of these it is. */
struct shown {
	bool there;
	unsigned number;
	const char *text;
	const struct words *words;
	void (*inside)(struct printer *printer);
};

#define SHOW_NOTHING ((struct shown){ .there = false })
#define SHOW_NUMBER(value) \
	((struct shown){ .there = true, .number = (unsigned)(value) })
#define SHOW_TEXT(value) \
	((struct shown){ .there = (value) != NULL, .text = (value) })
#define SHOW_SIZE(bytes) SHOW_TEXT(size_text(bytes, printer->text))
#define SHOW_DURATION(seconds) SHOW_TEXT(duration_text(seconds, printer->text))
#define SHOW_WORDS(value)                                \
	((struct shown){                                 \
	    .there = (value).given || (value).count > 0, \
	    .words = &(value),                           \
	})
#define SHOW_INSIDE(function, is_there) \
	((struct shown){ .there = (is_there), .inside = (function) })
#define SHOW_CONDITION(symbol) show_condition(entry, CONDITION_##symbol)

#define SHOW_ABSENT(symbol) \
	((struct shown){    \
	    .there = entry->absent[CONDITION_##symbol].text != NULL })

static struct shown
show_condition(const struct conf_entry *entry, enum condition_key key)
{
	for (size_t i = 0; i < entry->count; i++) {
		const struct words *words = &entry->conditions[i].values;

		if (entry->conditions[i].key == key)
			return (struct shown){
				.there = true,
				.number = 1, /* tls is true */
				.text = words->count > 0 ? words->items[0].text
							 : NULL,
				.words = words,
			};
	}

	return SHOW_NOTHING;
}

static void
print_indent(struct printer *printer)
{
	buf_addf(printer->out, "%*s", (int)(printer->depth * INDENT), "");
}

/* No control character gets as far as here: take.c refuses them. */
static void
print_text(const char *text, struct buf *out)
{
	buf_add_text(out, "\"");
	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '"' || *at == '\\')
			buf_add_text(out, "\\");
		buf_add(out, at, 1);
	}
	buf_add_text(out, "\"");
}

/* Among words and numbers: was it, or could it as well be, a number? */
static bool
is_number(enum kind kind, const char *text)
{
	uint32_t number;

	/* libconfig's numbers have 32 bits with their sign */
	return kind == KIND_MIXED && text[0] != '0' &&
	    str_to_u32(text, 1, INT32_MAX, &number, NULL);
}

static bool
has_number(enum kind kind, const struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		if (is_number(kind, words->items[i].text))
			return true;

	return false;
}

/* between: what stands before each value but for the comma */
static void
add_words(enum kind kind, const struct words *words, const char *between,
    struct buf *out)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *text = words->items[i].text;

		buf_addf(out, "%s%s", i > 0 ? "," : "", between);
		if (is_number(kind, text))
			buf_add_text(out, text);
		else
			print_text(text, out);
	}
}

/* All on the line that was begun, or else a line each. */
static void
print_words(struct printer *printer, enum kind kind, const struct words *words,
    size_t begun)
{
	const char *brackets = has_number(kind, words) ? "()" : "[]";
	char between[LINE];
	struct buf line;

	buf_init(&line);
	add_words(kind, words, " ", &line);
	buf_addf(printer->out, "%c", brackets[0]);
	if (begun + line.len + strlen("[ ];") <= LINE) {
		buf_addf(printer->out, "%s ", buf_text(&line));
	} else {
		(void)snprintf(between, sizeof(between), "\n%*s",
		    (int)((printer->depth + 1) * INDENT), "");
		add_words(kind, words, between, printer->out);
		buf_add_text(printer->out, "\n");
		print_indent(printer);
	}
	buf_addf(printer->out, "%c", brackets[1]);
	buf_done(&line);
}

/* What stands between two brackets, a line each. */
static void
print_inside(
    struct printer *printer, const char *brackets, const struct shown *shown)
{
	buf_addf(printer->out, "%c\n", brackets[0]);
	printer->depth++;
	shown->inside(printer);
	printer->depth--;
	print_indent(printer);
	buf_addf(printer->out, "%c", brackets[1]);
}

static void
print_value(struct printer *printer, enum kind kind, const char *choices,
    const struct shown *shown, size_t begun)
{
	struct buf *out = printer->out;

	switch (kind) {
	case KIND_CHOICE:
		buf_add_text(out, "\"");
		choice_add(choices, shown->number, out);
		buf_add_text(out, "\"");
		break;
	case KIND_TEXT:
		print_text(shown->text, out);
		break;
	case KIND_TEXTS:
	case KIND_MIXED:
		print_words(printer, kind, shown->words, begun);
		break;
	case KIND_NUMBER:
		buf_addf(out, "%u", shown->number);
		break;
	case KIND_BOOL:
		buf_add_text(out, shown->number == 1 ? "true" : "false");
		break;
	case KIND_GROUP:
		print_inside(printer, "{}", shown);
		break;
	case KIND_GROUPS:
	case KIND_ENTRIES:
		print_inside(printer, "()", shown);
		break;
	case KIND_LATER:
		break;
	}
}

static void
print_key(struct printer *printer, const char *key, enum kind kind,
    const char *choices, struct shown shown)
{
	size_t start = printer->out->len;

	if (!shown.there)
		return;

	print_indent(printer);
	buf_addf(printer->out, "%s%s ", key, kind == KIND_GROUP ? ":" : " =");
	print_value(printer, kind, choices, &shown, printer->out->len - start);
	buf_add_text(printer->out, ";\n");
}

static void print_sources(struct printer *printer);
static void print_policies(struct printer *printer);
static void print_allow(struct printer *printer);
static void print_headers(struct printer *printer);
static void print_reply(struct printer *printer);
static void print_geo(struct printer *printer);
static void print_audit(struct printer *printer);

/* The keys of a group, in the order of keywords.def. */
static void
print_place(struct printer *printer, enum place place)
{
	const struct conf *conf = printer->conf;
	const struct conf_source *source = printer->source;
	const struct conf_policy *policy = printer->policy;
	const struct conf_entry *entry = printer->entry;

#define PLACE(symbol, name)
#define KEYWORD(in, key, kind, values, handler, shown) \
	if (place == PLACE_##in)                       \
		print_key(printer, key, KIND_##kind, values, shown);
#define LATER(in, key)
#include "conf/keywords.def"
#undef PLACE
#undef KEYWORD
#undef LATER
}

static void
print_member(struct printer *printer)
{
	print_place(printer, PLACE_SOURCE);
}

static void
print_sources(struct printer *printer)
{
	for (size_t i = 0; i < printer->conf->nsources; i++) {
		printer->source = &printer->conf->sources[i];
		print_key(printer, printer->source->name.text, KIND_GROUP, "",
		    SHOW_INSIDE(print_member, true));
	}
}

static void
print_policy(struct printer *printer)
{
	print_place(printer, PLACE_POLICY);
}

/* Of a list: a line of its own, with a comma unless it is the last. */
static void
print_item(
    struct printer *printer, void (*inside)(struct printer *printer), bool last)
{
	struct shown shown = SHOW_INSIDE(inside, true);

	print_indent(printer);
	print_inside(printer, "{}", &shown);
	buf_add_text(printer->out, last ? "\n" : ",\n");
}

static void
print_policies(struct printer *printer)
{
	const struct conf *conf = printer->conf;

	for (size_t i = 0; i < conf->npolicies; i++) {
		printer->policy = &conf->policies[i];
		print_item(printer, print_policy, i + 1 == conf->npolicies);
	}
}

static void
print_entry(struct printer *printer)
{
	print_place(printer, PLACE_ENTRY);
}

static void
print_allow(struct printer *printer)
{
	const struct conf_policy *policy = printer->policy;

	for (size_t i = 0; i < policy->count; i++) {
		bool last = i + 1 == policy->count;

		printer->entry = &policy->entries[i];
		if (!printer->entry->plain) {
			print_item(printer, print_entry, last);
			continue;
		}
		print_indent(printer);
		print_text(printer->entry->conditions[0].values.items[0].text,
		    printer->out);
		buf_add_text(printer->out, last ? "\n" : ",\n");
	}
}

static void
print_header(struct printer *printer)
{
	print_place(printer, PLACE_HEADER);
}

static void
print_headers(struct printer *printer)
{
	const struct words *pairs =
	    show_condition(printer->entry, CONDITION_HEADERS).words;

	for (size_t i = 0; i < pairs->count; i += 2) {
		printer->pair[0] = pairs->items[i].text;
		printer->pair[1] = pairs->items[i + 1].text;
		print_item(printer, print_header, i + 2 == pairs->count);
	}
}

static void
print_geo(struct printer *printer)
{
	print_place(printer, PLACE_GEO);
}

static void
print_reply(struct printer *printer)
{
	print_place(printer, PLACE_REPLY);
}

static void
print_audit(struct printer *printer)
{
	print_place(printer, PLACE_AUDIT);
}

void
conf_print(const struct conf *conf, struct buf *out)
{
	struct printer printer = { .out = out, .conf = conf };

	(void)snprintf(printer.socket_mode, sizeof(printer.socket_mode), "%04o",
	    conf->socket_mode & 07777);
	print_place(&printer, PLACE_TOP);
}
