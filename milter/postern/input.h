/* SPDX-License-Identifier: ISC */
/* input.h - what does standard input hold? */
#ifndef POSTERN_POSTERN_INPUT_H
#define POSTERN_POSTERN_INPUT_H

#include "base/err.h"

/*
 * Copies standard input, to its end, into a file without a name.  Returns
 * its descriptor (the caller's to close) with *path naming it (free with
 * free()), or -1 with err.
 */
int input_keep(char **path, struct err *err);

#endif
