/* SPDX-License-Identifier: ISC */
/* texts.h - which texts were given, in their order? */
#ifndef POSTERN_POSTERN_TEXTS_H
#define POSTERN_POSTERN_TEXTS_H

#include <stddef.h>

struct texts {
	const char **items; /* borrowed texts */
	size_t count;
	size_t room;
};

void texts_init(struct texts *texts);
void texts_done(struct texts *texts);
void texts_add(struct texts *texts, const char *text);

#endif
