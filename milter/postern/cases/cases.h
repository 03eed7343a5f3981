/* SPDX-License-Identifier: ISC */
/*
 * cases.h - do these clients get the verdicts that the admin wants?
 *
 * A case file is text, a word and its value a line (postern(1)): what is
 * told of a client, and what must come of it.  read.c and take.c read
 * it, words.c takes its words, run.c judges, print.c tells.
 */
#ifndef POSTERN_POSTERN_CASES_CASES_H
#define POSTERN_POSTERN_CASES_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "postern/client.h"
#include "postern/texts.h"

enum wanted_kind {
	WANTED_VERDICT, /* first: verdict, second: reason or NULL */
	WANTED_POLICY,  /* first: its name, "-": none */
	WANTED_MODE,
	WANTED_ACTION,
	WANTED_ENTRY /* first: its name, second: its match */
};

/* What must hold and, where it does not, what there is instead. */
struct wanted {
	enum wanted_kind kind;
	unsigned line;
	const char *first;
	const char *second;
	char *got; /* NULL: it holds, or was not judged yet */
};

struct test_case {
	const char *file;
	unsigned line;
	const char *name;
	const char *conf; /* NULL: none named */
	struct client client;
	bool told[CLIENT_WORDS];
	struct texts rcpts; /* at most one; none: `policy` is asked */
	struct wanted *wanted;
	size_t count;
	bool failed;
};

struct cases {
	struct test_case *items;
	size_t count;
	size_t room;
	char **kept; /* texts of files, paths: words are borrowed from them */
	size_t nkept;
	size_t kept_room;
};

void cases_init(struct cases *cases);
void cases_done(struct cases *cases);

/*
 * Reads a file ("-": standard input); every error goes to diags.  Returns an
 * exit code: 0, 65 or 66.
 */
int cases_read(struct cases *cases, const char *path, struct diags *diags);

/*
 * Judges every case by the configuration that it names, else by conf, which
 * is read (where always is true, even if no case needs it) with its errors
 * and warnings to diags.  Returns an exit code: 0, 1 (a case failed), 66 (a
 * configuration or a message cannot be read), 78.
 */
int cases_run(
    struct cases *cases, const char *conf, bool always, struct diags *diags);

/* Each difference a line, and how many passed and failed. */
void cases_text(const struct cases *cases, bool colour, struct buf *out);
/* "cases":[...],"passed":N,"failed":N */
void cases_json(const struct cases *cases, struct buf *out);
/* "reject tls-missing", "entry head-office no" */
void wanted_text(const struct wanted *wanted, struct buf *out);

/* Between read.c, take.c and words.c: where reading is. */
struct case_reader {
	struct cases *cases;
	struct diags *diags;
	const char *file;
	unsigned line;
	struct test_case *item; /* that is read; NULL: none yet */
	const char *conf;       /* of the cases that follow */
};

struct case_word {
	const char *text;
	void (*take)(struct case_reader *reader, char *value);
	bool outside; /* may stand before the first case */
	bool bare;    /* may have no value */
};

/* Those that tell nothing of a client: "case", "want", ... */
const struct case_word *case_words(size_t *count);

/* "FILE:LINE: WORD: WHAT" */
void case_wrong(
    const struct case_reader *reader, const char *word, const char *what);
/* A line: its word and what stands behind, without blanks around. */
void case_take(struct case_reader *reader, const char *word, char *value);
/* At the end of a case: is everything there that it needs? */
void case_end(struct case_reader *reader);
/* A path that stands in a case file, which is beside that. */
const char *case_beside(const struct case_reader *reader, const char *path);
/* Keeps a text of the heap until cases_done(). */
char *cases_keep(struct cases *cases, char *text);

#endif
