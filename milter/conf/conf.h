/* SPDX-License-Identifier: ISC */
/*
 * conf.h - what did the admin say?
 *
 * The configuration and source files as written, checked as far as their own
 * text goes: keys, types, ranges, forms, values that belong together.  What
 * needs other files (is there such a source? what does the list hold?) is
 * lists/.  Every word remembers its place, so that a later complaint can
 * name it.
 */
#ifndef POSTERN_CONF_CONF_H
#define POSTERN_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "policy/privacy.h"
#include "policy/rules.h"

/* A text and where it stands. */
struct word {
	char *text;
	const char *file; /* owned by the conf */
	unsigned line;
};

struct words {
	struct word *items;
	size_t count;
	bool given; /* the key stands in the file */
};

struct conf_condition {
	enum condition_key key;
	const char *file;
	unsigned line;
	/* until: one day; daemon: names, ports; headers: a name and its value
	 * side by side */
	struct words values;
	bool absent_passes;
};

struct conf_entry {
	const char *file;
	unsigned line;
	bool plain; /* written as the bare name of a source */
	struct conf_condition *conditions; /* by key, at most one each */
	size_t count;
	struct word absent[CONDITION_COUNT]; /* tenant_absent and the like */
	struct word note;                    /* text NULL: none */
};

struct conf_policy {
	struct word name;
	struct words domains;
	struct conf_entry *entries;
	size_t count;
	struct words always;
	enum mode mode; /* its own; MODE_ENFORCE if not given */
	bool mode_given;
	enum measure measure;
	struct word table;       /* path; text NULL: none */
	struct reply_form reply; /* defaults filled in */
	bool reply_given;
};

/* per cent, prefix bits; the contract's defaults filled in */
struct conf_limits {
	unsigned max_shrink, max_growth, widest_v4, widest_v6;
};

struct conf_source {
	struct word name;
	const char *path; /* of its file; NULL: a member of `sources` */
	char *title;      /* NULL: none */
	bool shared;
	struct words networks; /* texts and names of .netset files */
	struct words except;
	struct words hosts; /* "host.example.com" or ".example.com" */
	size_t nfeeds;    /* held against their form; used by `update` later */
	unsigned max_age; /* days; 0: none given */
	struct conf_limits limits;
	char **files; /* its own names, if it is a file; words point into it */
	size_t nfiles;
};

enum conf_sync {
	CONF_SYNC_ALWAYS,
	CONF_SYNC_SECOND,
	CONF_SYNC_NEVER
};

struct conf_audit {
	char *path;
	enum conf_sync sync;
	enum answer on_failure;
	bool accepted; /* "all" */
	bool journald; /* syslog = "journald" */
	int facility;  /* of RFC 5424, 0 to 23; -1: none */
	enum privacy_kind privacy;
	uint64_t flood; /* records a minute; 0: no limit, as all that follow */
	uint64_t flood_total;
	uint64_t reserve; /* bytes */
	uint64_t rotate_size;
	uint32_t rotate_age_s;
	uint32_t keep_s;
	uint32_t seal_s;
};

/* Where it is if the file does not say. */
#define CONF_CONTROL POSTERN_RUNDIR "/control.sock"

struct conf {
	char *path; /* of the main file, as named */
	enum mode mode;
	char *socket; /* checked: unix:, inet:, inet6:, systemd */
	unsigned socket_mode;
	char *socket_group; /* NULL: none */
	char *user;
	char *control;       /* path; NULL: it is given and wrong */
	bool control_given;  /* it stands in the file */
	char *control_group; /* NULL: none */
	char *metrics;       /* path; NULL: none */
	struct words rules;  /* directories */
	struct word feeds;   /* directory */
	enum answer on_error;
	bool reject_near_miss;
	bool reject_at_connect;
	struct words trusted;
	struct words probes;
	bool judge_authenticated;
	struct words originating;
	bool refuse_unlisted;
	bool unlisted_given;
	struct conf_source *sources;
	size_t nsources;
	struct conf_policy *policies;
	size_t npolicies;
	struct conf_audit audit;
	struct word geo_asn;     /* path; text NULL: none */
	struct word geo_country; /* path; text NULL: none */

	char *text; /* the bytes of all its files, for rule.version */
	size_t len;
	char **files; /* their names; words point into it */
	size_t nfiles;
};

/* May a source be called so?  1 to 64 letters, digits, "-" and "_". */
bool conf_is_source_name(const char *name);

/*
 * Reads path ("-": standard input).  Errors and warnings go to diags.
 * Returns NULL where nothing could be read (diags has the error); a conf with
 * errors is not fit for use but may be looked at for further ones.  Free with
 * conf_free().
 */
struct conf *conf_load(const char *path, struct diags *diags);
void conf_free(struct conf *conf); /* NULL, half-built: allowed */

/*
 * Adds all of a configuration without errors as a file: every key with the
 * value that it has, given or not, includes joined; what has none is left
 * out.  Read again, it prints the same.
 */
void conf_print(const struct conf *conf, struct buf *out);

/*
 * Reads the source file DIRECTORY/NAME.conf.  As conf_load(); *text and *len
 * get its bytes (free with free()).
 */
struct conf_source *conf_load_source(const char *path, const char *name,
    struct diags *diags, char **text, size_t *len);
void conf_source_free(struct conf_source *source);

#endif
