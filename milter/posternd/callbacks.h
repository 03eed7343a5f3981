/* SPDX-License-Identifier: ISC */
/*
 * callbacks.h - what does libmilter call?
 *
 * The callbacks translate and hold no rule: what the MTA says becomes facts,
 * a decision becomes what libmilter is to answer.
 */
#ifndef POSTERN_POSTERND_CALLBACKS_H
#define POSTERN_POSTERND_CALLBACKS_H

#include <stdbool.h>

/* Makes them known to libmilter; before smfi_main(). */
bool callbacks_register(void);

#endif
