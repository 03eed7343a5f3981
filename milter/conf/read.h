/* SPDX-License-Identifier: ISC */
/*
 * read.h - how is a parsed file walked through?  (inside conf/)
 *
 * read.c goes through the settings of a group, holds each against
 * keywords.def and calls the handler of its row; the handlers stand in
 * options.c, policy.c, entry.c, source.c and feed.c.  What they fill is the
 * reader's current thing.
 */
#ifndef POSTERN_CONF_READ_H
#define POSTERN_CONF_READ_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "conf/conf.h"
#include "conf/scan.h"

struct domains;

enum place {
#define PLACE(symbol, name) PLACE_##symbol,
#define KEYWORD(place, key, kind, values, handler, shown)
#define LATER(place, key)
#include "conf/keywords.def"
#undef PLACE
#undef KEYWORD
#undef LATER
	PLACE_COUNT
};

enum {
	QUOTED_SHOWN = 96, /* bytes of a value that a message shows */
	QUOTED = QUOTED_SHOWN + 8,
	READ_ERRORS = 1000, /* in one file; more help nobody */
	NAME_MAX_LENGTH = 64
};

/* What a feed says, as far as it is held against its form. */
struct feed {
	unsigned kind; /* its place among the choices */
	bool has_kind;
	const config_setting_t *url; /* NULL: not said */
	const config_setting_t *file;
	const config_setting_t *page;
	bool domain, tags, insecure;
};

struct reader {
	const struct scan *scan;
	struct diags *diags;
	size_t errors, warnings;
	struct conf *conf;       /* NULL: a source file is read */
	struct domains *domains; /* of all policies */
	struct conf_source *source;
	struct feed *feed;
	struct conf_policy *policy;
	bool allow_given; /* in this policy */
	struct conf_entry *entry;
};

/* An error or warning at a setting: "policies[0].allow: ..." */
void read_error(struct reader *reader, const config_setting_t *at,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
void read_warning(struct reader *reader, const config_setting_t *at,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* text between quotes, cut, for a message; returns out */
const char *quoted(const char *text, char out[QUOTED]);

/*
 * Every member of group through its row.  False if one was not taken: not
 * known, of the wrong type or range (said to diags).
 */
bool read_group(
    struct reader *reader, const config_setting_t *group, enum place place);
struct scan_line read_where(
    const struct reader *reader, const config_setting_t *setting);

/* The setting's text in place of *text. */
void read_text(const config_setting_t *setting, char **text);
struct word read_word(
    const struct reader *reader, const config_setting_t *setting);
/* A list, or one text or number, in place of words. */
void read_words(struct reader *reader, const config_setting_t *setting,
    struct words *words);
/* The i-th text of such a setting. */
const config_setting_t *read_item(const config_setting_t *setting, size_t i);
/* The same for networks, each held against its form. */
void read_networks(struct reader *reader, const config_setting_t *setting,
    struct words *words);
/* The same for names of hosts, "host.example.com" or ".example.com". */
void read_names(struct reader *reader, const config_setting_t *setting,
    struct words *words);
/* Sources, each held against what a name may be. */
void read_sources(struct reader *reader, const config_setting_t *setting,
    struct words *words);
bool read_check_source_name(
    struct reader *reader, const config_setting_t *at, const char *name);
/* Has it a text?  Empty texts in it are told; false where it has none. */
bool read_check_filled(struct reader *reader, const config_setting_t *setting,
    const struct words *words);

void words_add(struct words *words, struct word word);
void words_done(struct words *words);
void word_done(struct word *word);

void conf_defaults(struct conf *conf, const char *file);
void audit_defaults(struct conf_audit *audit);
void conf_source_init(struct conf_source *source);
void conf_source_done(struct conf_source *source);
void conf_policy_done(struct conf_policy *policy);
/* A condition of the current entry; its values are still to be read. */
struct conf_condition *conf_entry_add(struct reader *reader,
    const config_setting_t *setting, enum condition_key key);
/* The same with its values, of which there must be one: else NULL. */
struct words *read_filled_condition(struct reader *reader,
    const config_setting_t *setting, enum condition_key key);
/* The same of names of hosts or domains, each held against its form. */
void read_name_condition(struct reader *reader, const config_setting_t *setting,
    enum condition_key key);
void conf_entry_done(struct conf_entry *entry);

/* The group (or the root) of a source, with what must be in it. */
void read_source(
    struct reader *reader, const config_setting_t *setting, enum place place);

/* The reply of the current policy: defaults, and what its action wants. */
void read_reply(struct reader *reader, const config_setting_t *policy);
/* Does each thing that the daemon makes have a path of its own? */
void read_check_places(struct reader *reader, const config_setting_t *root);
/* What the keys of a whole configuration must say together. */
void read_check_together(struct reader *reader, const config_setting_t *root);

/* Which choice of "syslog" says this? */
unsigned audit_syslog_choice(const struct conf_audit *audit);

/* For a key that says nothing to this version. */
void read_nothing(
    struct reader *reader, const config_setting_t *setting, unsigned value);

#define PLACE(symbol, name)
#define KEYWORD(place, key, kind, values, handler, shown)                    \
	void handler(struct reader *reader, const config_setting_t *setting, \
	    unsigned value);
#define LATER(place, key)
#include "conf/keywords.def"
#undef PLACE
#undef KEYWORD
#undef LATER

#endif
