/* SPDX-License-Identifier: ISC */
/*
 * say.h - what does the daemon tell its admin?
 *
 * One line each on standard error, "posternd: LEVEL: text", in one write().
 * Text from outside comes in through buf_add_quoted().  Threads: any.
 */
#ifndef POSTERN_POSTERND_SAY_H
#define POSTERN_POSTERND_SAY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Someone must act. */
void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* We went on. */
void say_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Start, stop. */
void say_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * For what a client or a storm can bring about: true once in `every`
 * seconds.  *last: 0 at first, kept by the caller for each message.
 */
bool say_may(_Atomic int64_t *last, int64_t every);

#endif
