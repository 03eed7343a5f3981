/* SPDX-License-Identifier: ISC */
/*
 * patterns.h - is this name or mail address one of those that the admin wrote?
 *
 * Patterns are made comparable once, when the configuration is read; what a
 * client says is made comparable when it is asked.  Nothing is allocated to
 * answer.
 */
#ifndef POSTERN_POLICY_PATTERNS_H
#define POSTERN_POLICY_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct recipient;

struct patterns {
	char **items;
	size_t count;
};

void patterns_done(struct patterns *patterns);

/* Adds text as it is; compared without case by patterns_have_text(). */
void patterns_add_text(struct patterns *patterns, const char *text);

/* "host.example.com" or ".example.com"; false with err for all else. */
bool patterns_add_name(
    struct patterns *patterns, const char *pattern, struct err *err);

/*
 * As a name; or "user@example.com" (the local part without case); or "<>",
 * the null sender.  False with err for all else.
 */
bool patterns_add_mail(
    struct patterns *patterns, const char *pattern, struct err *err);

bool patterns_have_text(const struct patterns *patterns, const char *text);
/* name: any text; what is no domain name is none of them. */
bool patterns_have_name(const struct patterns *patterns, const char *name);
/* address: of an envelope, without brackets; "" is the null sender. */
bool patterns_have_mail(const struct patterns *patterns, const char *address);

/*
 * The whole address, or its domain of that number (0: behind the last "@"), so
 * that a domain which the local part hides must be listed itself; none where
 * the recipient cannot be told.
 */
bool patterns_have_recipient(const struct patterns *patterns,
    const struct recipient *recipient, size_t domain);

#endif
