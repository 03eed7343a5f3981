/* SPDX-License-Identifier: ISC */
/* glass_words.h - how are people told of a broken glass? */
#ifndef POSTERN_POSTERND_GLASS_WORDS_H
#define POSTERN_POSTERND_GLASS_WORDS_H

#include <stdbool.h>

#include "base/err.h"
#include "posternd/glass.h"

/* What is not refused now, until when and why. */
void glass_say_open(const struct glass *glass);

/* Both return false. */
bool glass_no_policy(const char *name, struct err *err);
/* but: what has become of it all the same */
bool glass_no_record(const char *action, const char *but, struct err *err);

#endif
