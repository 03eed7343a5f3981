/* SPDX-License-Identifier: ISC */
/* keyword.h - what may stand where?  The rows of keywords.def. */
#ifndef POSTERN_CONF_KEYWORD_H
#define POSTERN_CONF_KEYWORD_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

#include "conf/read.h"

enum kind {
	KIND_CHOICE, /* one of some texts */
	KIND_TEXT,   /* any text */
	KIND_TEXTS,  /* a text or a list of them */
	KIND_MIXED,  /* the same, with whole numbers among them */
	KIND_NUMBER, /* a whole number in a range */
	KIND_BOOL,
	KIND_GROUP,
	KIND_GROUPS,  /* a list of groups */
	KIND_ENTRIES, /* a text, or a list of texts and groups */
	KIND_LATER    /* a key that this version has not */
};

struct keyword {
	enum place place;
	enum kind kind;
	const char *key;
	const char *values;
	void (*handler)(struct reader *reader, const config_setting_t *setting,
	    unsigned value);
};

/* NULL: no such key there. */
const struct keyword *keyword_find(enum place place, const char *key);
/* The key of this version that may have been meant, or NULL. */
const char *keyword_nearest(enum place place, const char *key);

/*
 * The setting held against its row (take.c), then through its handler.
 * False: not as it should be, said to diags; of a list of groups those that
 * are groups went through the handler all the same.
 */
bool keyword_take(const struct keyword *keyword, struct reader *reader,
    const config_setting_t *setting);

#endif
