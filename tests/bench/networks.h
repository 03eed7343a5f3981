/* SPDX-License-Identifier: ISC */
/* networks.h - what would a table of a million networks hold? */
#ifndef POSTERN_BENCH_NETWORKS_H
#define POSTERN_BENCH_NETWORKS_H

#include <stddef.h>
#include <stdint.h>

#include "net/network.h"
#include "net/table.h"

enum networks_kind {
	NETWORKS_V4,
	NETWORKS_V6,
	NETWORKS_LONG,
	NETWORKS_MIXED,
	NETWORKS_NESTED,
	NETWORKS_NESTED_V6,
	NETWORKS_SKEWED,
	NETWORKS_KINDS
};

enum {
	NETWORKS_SETS = 50,    /* sources */
	NETWORKS_MOST_SETS = 3 /* that one network stands in */
};

extern const char *const networks_names[NETWORKS_KINDS];

struct networks {
	struct range *ranges;
	size_t count;
	uint64_t random; /* state */
};

/* The same ones each time. */
void networks_make(
    struct networks *networks, enum networks_kind kind, size_t count);
void networks_done(struct networks *networks);

/* Each network with 1 to 3 of the sets. */
struct table *networks_table(struct networks *networks);

/* An address in one of the networks, or one of the family's whole space. */
struct addr networks_inside(struct networks *networks);
struct addr networks_anywhere(struct networks *networks);

#endif
