/* SPDX-License-Identifier: ISC */
/* sort.h - in which order do borders stand? */
#ifndef POSTERN_NET_SORT_H
#define POSTERN_NET_SORT_H

#include <stddef.h>

#include "net/sweep.h"

/*
 * By place, then by set.  In place, and in a time that no order of them can
 * make longer than a few passes for each byte of an address.
 */
void borders_sort(struct border *borders, size_t count);

#endif
