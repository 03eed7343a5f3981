/* SPDX-License-Identifier: ISC */
/* choice.h - which of "a|b|c" is it? */
#ifndef POSTERN_CONF_CHOICE_H
#define POSTERN_CONF_CHOICE_H

#include <stdbool.h>

#include "base/buf.h"

/* Its place among the choices, from 0; false, untouched, if it is none. */
bool choice_find(const char *choices, const char *text, unsigned *place);
/* The one at this place, which there is. */
void choice_add(const char *choices, unsigned place, struct buf *out);
/* All of them for a message: "a", "b" or "c" */
void choice_list(const char *choices, struct buf *out);
/* Adds the one that may have been meant in quotes; false: none is near. */
bool choice_nearest(const char *choices, const char *text, struct buf *out);

#endif
